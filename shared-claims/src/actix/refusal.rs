//! A refused caller as an actix error: the whole answer, ready to be sent.

use std::fmt;

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
};

use crate::access::{Denial, Needs, Problem, ResourceMetadata};

/// The answer to a caller who is not let in (RFC 6750 §3, RFC 9457). It has been logged already,
/// when it was made.
#[derive(Debug)]
pub struct Refusal(Problem);

impl Refusal {
    pub(super) fn new(denial: Denial, needs: &Needs, resource: Option<&ResourceMetadata>) -> Self {
        Self(Problem::new(denial, needs, resource))
    }

    /// Why, in the terms of RFC 6750.
    #[must_use]
    pub fn denial(&self) -> Denial {
        self.0.denial()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.denial().as_str())
    }
}

impl std::error::Error for Refusal {}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.denial().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        response
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::CONTENT_TYPE, Problem::MEDIA_TYPE));
        if let Some(Ok(challenge)) = self.0.challenge().map(HeaderValue::from_str) {
            response.insert_header((header::WWW_AUTHENTICATE, challenge));
        }
        if let Some(seconds) = self.0.retry_after() {
            response.insert_header((header::RETRY_AFTER, HeaderValue::from(seconds)));
        }
        response.json(self.0.body())
    }
}
