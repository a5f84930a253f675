//! Which browser origins may read our answers (matrix GEN-22, GEN-23; RFC 9700 §2.6).
//!
//! Keys and metadata are for everyone. The token endpoint answers the origins of registered redirect
//! URIs and those of `cors.allowed_origins`. Cookies are never part of it.

use actix_cors::Cors;
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName};

use crate::directory::Directory;

/// For public documents: any origin, no credentials.
pub(super) fn for_everyone() -> Cors {
    Cors::default()
        .allow_any_origin()
        .send_wildcard()
        .allowed_methods(["GET", "HEAD"])
        .allow_any_header()
        .expose_headers(["ETag"])
        .max_age(3600)
}

/// For endpoints that clients in browsers call.
pub(super) fn for_clients(directory: Directory) -> Cors {
    Cors::default()
        .allowed_origin_fn(move |origin, _| {
            origin
                .to_str()
                .is_ok_and(|origin| directory.allows_origin(origin))
        })
        .allowed_methods(["POST"])
        .allowed_headers([
            AUTHORIZATION,
            CONTENT_TYPE,
            HeaderName::from_static("dpop"),
            HeaderName::from_static("x-requested-with"),
        ])
        .expose_headers(["WWW-Authenticate", "DPoP-Nonce", "Retry-After"])
        .max_age(600)
}
