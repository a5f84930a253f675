//! Refusals and faults as `application/problem+json` (RFC 9457).
//!
//! A refusal has a [`Reason`]: one word for machines, one status, one sentence. A fault (the database
//! failed) keeps its cause for the log and tells the caller nothing. 401 and 403 come from
//! `shared-claims`, in the same form.

use actix_web::http::header::{ALLOW, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::store::StoreError;

mod causes;
mod reason;

pub(crate) use causes::causes;
pub use reason::Reason;

/// Media type of every refusal (RFC 9457 §3).
pub const PROBLEM_JSON: &str = "application/problem+json";

/// An answer that says no.
#[derive(Debug)]
pub struct Problem {
    reason: Reason,
    /// In a box, for it travels through every `Result` of the service.
    more: Box<More>,
}

#[derive(Debug, Default)]
struct More {
    detail: Option<String>,
    errors: Vec<FieldError>,
    headers: Vec<(HeaderName, HeaderValue)>,
    cause: Option<StoreError>,
}

/// What is wrong with one field of a body or one parameter of a query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Name of the field or parameter.
    #[schema(example = "title")]
    pub field: String,
    /// What is expected.
    #[schema(example = "must have 1 to 200 characters")]
    pub detail: String,
}

/// The JSON form of a refusal.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody<'a> {
    /// Always `about:blank`: the status says what kind of problem it is (RFC 9457 §4.2.1).
    #[serde(rename = "type")]
    #[schema(example = "about:blank")]
    kind: &'static str,
    /// The status in words.
    #[schema(example = "Conflict")]
    title: &'a str,
    /// The status code.
    #[schema(example = 409)]
    status: u16,
    /// The reason as one stable word for programs. Absent where the verifier of tokens refuses: 401, 403
    /// but for the subject, and 400 and 503 about the token.
    #[schema(required = false, example = "already_applied")]
    code: &'static str,
    /// The reason in words for people.
    #[schema(example = "You have applied to this job already.")]
    detail: &'a str,
    /// One entry for every wrong field or parameter, when there are any.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(required = false)]
    errors: &'a [FieldError],
}

impl Problem {
    /// The wrong fields or parameters, if the reason has any.
    pub fn errors(&self) -> &[FieldError] {
        &self.more.errors
    }

    /// Why this answer says no.
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// Several fields of a body are wrong (422).
    pub fn fields(errors: Vec<FieldError>) -> Self {
        Self {
            reason: Reason::InvalidFields,
            more: Box::new(More {
                errors,
                ..More::default()
            }),
        }
    }

    /// One parameter of the query or one header is wrong (400).
    pub fn parameter(name: &str, detail: impl Into<String>) -> Self {
        let errors = vec![FieldError {
            field: name.to_owned(),
            detail: detail.into(),
        }];
        let reason = Reason::InvalidParameter;
        Self {
            reason,
            more: Box::new(More {
                errors,
                ..More::default()
            }),
        }
    }

    /// The same reason with a sentence of its own.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.more.detail = Some(detail.into());
        self
    }

    /// The same refusal with one more header.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.more.headers.push((name, value));
        self
    }

    /// 405 with the methods that the resource knows (RFC 9110 §15.5.6).
    pub fn method_not_allowed(allow: &str) -> Self {
        let value = HeaderValue::from_str(allow).unwrap_or(HeaderValue::from_static(""));
        Self::from(Reason::MethodNotAllowed).with_header(ALLOW, value)
    }
}

impl From<Reason> for Problem {
    fn from(reason: Reason) -> Self {
        Self {
            reason,
            more: Box::default(),
        }
    }
}

/// A fault: 503 when it may pass, 500 otherwise.
impl From<StoreError> for Problem {
    fn from(cause: StoreError) -> Self {
        let mut problem = if cause.is_temporary() {
            Self::from(Reason::Unavailable).with_header(RETRY_AFTER, HeaderValue::from_static("1"))
        } else {
            Self::from(Reason::Internal)
        };
        problem.more.cause = Some(cause);
        problem
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.reason.code())
    }
}

impl std::error::Error for Problem {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.more.cause.as_ref().map(|cause| cause as _)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.reason.status()
    }

    fn error_response(&self) -> HttpResponse {
        let status = self.reason.status();
        let mut response = HttpResponse::build(status);
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        for (name, value) in &self.more.headers {
            response.insert_header((name.clone(), value.clone()));
        }
        response
            .insert_header((CONTENT_TYPE, PROBLEM_JSON))
            .json(ProblemBody {
                kind: "about:blank",
                title: status.canonical_reason().unwrap_or("Error"),
                status: status.as_u16(),
                code: self.reason.code(),
                detail: self
                    .more
                    .detail
                    .as_deref()
                    .unwrap_or_else(|| self.reason.sentence()),
                errors: &self.more.errors,
            })
    }
}
