//! Headers of every answer: security defaults, and CORS for the configured origins.
//!
//! Credentials mode is never allowed: tokens travel in `Authorization`, not in cookies.

use actix_cors::Cors;
use actix_web::http::header::{
    self, AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName,
    IF_MATCH, IF_NONE_MATCH, LINK, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE,
};
use actix_web::middleware::{Condition, DefaultHeaders};

use crate::settings::Settings;

/// How long a browser may remember a preflight answer, in seconds.
const PREFLIGHT_AGE: usize = 600;

/// Headers that an answer gets unless it has them already.
pub(super) fn security(settings: &Settings) -> DefaultHeaders {
    let headers = DefaultHeaders::new()
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((header::REFERRER_POLICY, "no-referrer"))
        .add((header::X_FRAME_OPTIONS, "DENY"))
        .add((
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        ))
        .add((CACHE_CONTROL, "no-store"));
    if settings.public_url.starts_with("https:") {
        headers.add((header::STRICT_TRANSPORT_SECURITY, "max-age=63072000"))
    } else {
        headers
    }
}

/// CORS, when any origin is configured.
pub(super) fn cors(settings: &Settings) -> Condition<Cors> {
    let replayed = HeaderName::from_static("idempotency-replayed");
    let request_id = HeaderName::from_static("x-request-id");
    let cors = settings
        .allowed_origins
        .iter()
        .fold(Cors::default(), |cors, origin| cors.allowed_origin(origin));
    let cors = cors
        .allowed_methods(["GET", "HEAD", "POST", "PATCH", "DELETE"])
        .allowed_headers([AUTHORIZATION, CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH])
        .allowed_header("idempotency-key")
        .expose_headers([
            WWW_AUTHENTICATE,
            ETAG,
            LINK,
            LOCATION,
            RETRY_AFTER,
            replayed,
            request_id,
        ])
        .max_age(PREFLIGHT_AGE);
    Condition::new(!settings.allowed_origins.is_empty(), cors)
}
