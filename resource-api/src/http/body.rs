//! Request bodies: JSON objects within bounds of size, time, depth and media type.
//!
//! A wrong media type is 415, too many bytes 413, a body that does not arrive 408, what is not JSON or
//! nested too deeply 400 (serde_json stops at 128 levels), and what is not an object 422. The body is
//! read when the handler asks for it: a stranger's body is never even buffered.

use std::future::{Ready, ready};
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue,
};
use actix_web::web::{self, Bytes};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use serde_json::{Map, Value};

use crate::problem::{FieldError, Problem, Reason};

/// Time within which a whole body must arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

const JSON: &str = "application/json";
/// RFC 7396 §3.
const MERGE_PATCH: &str = "application/merge-patch+json";

/// Upper limit of a body in bytes, as application data.
#[derive(Debug, Clone, Copy)]
pub struct BodyLimit(pub usize);

/// A body that has not been read yet.
pub struct Body {
    request: HttpRequest,
    payload: Payload,
}

impl FromRequest for Body {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(Ok(Self {
            request: request.clone(),
            payload: payload.take(),
        }))
    }
}

impl Body {
    /// Reads a JSON object.
    ///
    /// # Errors
    /// 400, 408, 413, 415 or 422, as described for this module.
    pub async fn object(self) -> Result<Map<String, Value>, Problem> {
        self.require_media_type(&[JSON], "accept-post")?;
        self.read().await
    }

    /// Reads a JSON merge patch, sent as such or as plain JSON.
    ///
    /// # Errors
    /// As [`Body::object`].
    pub async fn merge_patch(self) -> Result<Map<String, Value>, Problem> {
        self.require_media_type(&[MERGE_PATCH, JSON], "accept-patch")?;
        self.read().await
    }

    async fn read(self) -> Result<Map<String, Value>, Problem> {
        let bytes = tokio::time::timeout(BODY_TIMEOUT, self.collect())
            .await
            .map_err(|_| Problem::from(Reason::BodyTimeout))??;
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(members)) => Ok(members),
            Ok(_) => Err(Problem::fields(vec![FieldError {
                field: String::new(),
                detail: "the body must be a JSON object".to_owned(),
            }])),
            Err(_) => Err(Reason::MalformedJson.into()),
        }
    }

    /// Stops as soon as the body is known to be too large: before the first byte when
    /// `Content-Length` says so.
    async fn collect(mut self) -> Result<Bytes, Problem> {
        let limit = self
            .request
            .app_data::<web::Data<BodyLimit>>()
            .map_or(65_536, |limit| limit.0);
        let announced = self
            .request
            .headers()
            .get(CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if announced.is_some_and(|length| length > limit) {
            return Err(Reason::BodyTooLarge.into());
        }
        web::Payload::from_request(&self.request, &mut self.payload)
            .await
            .map_err(|_| Problem::from(Reason::MalformedJson))?
            .to_bytes_limited(limit)
            .await
            .map_err(|_| Problem::from(Reason::BodyTooLarge))?
            .map_err(|_| Reason::MalformedJson.into())
    }

    /// Parameters such as `charset` do not matter for JSON. An encoded body is refused too:
    /// decompression would lift the size limit.
    fn require_media_type(
        &self,
        accepted: &[&str],
        answer_header: &'static str,
    ) -> Result<(), Problem> {
        let content_type = self.request.content_type();
        let known = accepted
            .iter()
            .any(|known| content_type.eq_ignore_ascii_case(known));
        let encoded = self.request.headers().contains_key(CONTENT_ENCODING);
        let single = self.request.headers().get_all(CONTENT_TYPE).count() == 1;
        if known && single && !encoded {
            return Ok(());
        }
        let problem = Problem::from(Reason::UnsupportedMediaType);
        Err(match HeaderValue::from_str(&accepted.join(", ")) {
            Ok(value) => problem.with_header(HeaderName::from_static(answer_header), value),
            Err(_) => problem,
        })
    }
}
