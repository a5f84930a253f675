//! What every test needs: an issuer, the service, callers, and readable requests.

mod api;
mod caller;
mod issuer;
mod reply;

pub(crate) use api::{Api, NOW, Request, start_alone};
pub(crate) use caller::Caller;
pub(crate) use issuer::{Issuer, KID, Reserved, encode};
pub(crate) use reply::Reply;

/// A job as a recruiter writes it.
pub(crate) fn a_job() -> serde_json::Value {
    serde_json::json!({"title": "Rust engineer", "description": "Builds things.", "location": "Berlin"})
}

/// An application as a candidate writes it.
pub(crate) fn an_application() -> serde_json::Value {
    serde_json::json!({"cover_letter": "Here I am.", "resume_url": "https://example.com/cv.pdf"})
}
