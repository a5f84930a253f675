//! The body of a refusal: a problem document (RFC 9457) that says nothing of the token.

use serde::Serialize;

use super::{Denial, Needs, ResourceMetadata, challenge::challenge};

/// How long to stay away when no token can be judged: the longest pause between two attempts to
/// get the first keys.
const RETRY_AFTER_SECONDS: u16 = 5;

/// Everything that goes on the wire when a caller is refused.
#[derive(Debug)]
pub(crate) struct Problem {
    denial: Denial,
    challenge: Option<String>,
}

#[derive(Serialize)]
struct Body {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: &'static str,
}

impl Problem {
    /// Media type of the body.
    pub(crate) const MEDIA_TYPE: &'static str = "application/problem+json";

    /// The answer to a denial, for an operation that needs this.
    pub(crate) fn new(denial: Denial, needs: &Needs, resource: Option<&ResourceMetadata>) -> Self {
        let challenge = resource.and_then(|resource| challenge(denial, needs, resource));
        Self { denial, challenge }
    }

    /// Why.
    pub(crate) fn denial(&self) -> Denial {
        self.denial
    }

    /// Value of `WWW-Authenticate`.
    pub(crate) fn challenge(&self) -> Option<&str> {
        self.challenge.as_deref()
    }

    /// Value of `Retry-After`, in seconds.
    pub(crate) fn retry_after(&self) -> Option<u16> {
        (self.denial == Denial::Unavailable).then_some(RETRY_AFTER_SECONDS)
    }

    /// The body.
    pub(crate) fn body(&self) -> impl Serialize + use<> {
        Body {
            // The status says it all (RFC 9457 §4.2.1).
            r#type: "about:blank",
            title: title(self.denial.status()),
            status: self.denial.status(),
            detail: self.denial.detail(),
        }
    }
}

const fn title(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    }
}
