//! `GET /.well-known/jwks.json` (RFC 7517 §5; matrix JWK-01, JWK-09). Bytes and `ETag` are prebuilt.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::context::AppState;

/// How long verifiers may keep the set. The announcement of a new key outlasts it (design §5).
const CACHE: &str = "public, max-age=300, stale-if-error=86400";

/// The public keys that verify our tokens.
#[utoipa::path(
    get,
    path = "/.well-known/jwks.json",
    tag = "Discovery",
    operation_id = "jwks",
    responses(
        (status = 200, description = "JSON Web Key Set", content_type = "application/json"),
        (status = 304, description = "Not modified since the ETag sent"),
    ),
)]
pub(super) async fn jwks(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    let set = state.keys.jwks();
    let is_known = is_match(request.headers().get_all(header::IF_NONE_MATCH), &set.etag);
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CACHE_CONTROL, CACHE))
        .insert_header((header::ETAG, set.etag.as_str()))
        .insert_header((header::VARY, "Accept"));
    if is_known {
        return response.status(StatusCode::NOT_MODIFIED).finish();
    }
    response
        .content_type(media_type(&request))
        .body(set.body.clone())
}

/// Plain JSON unless the caller asks for the registered type (RFC 7517 §8.5).
fn media_type(request: &HttpRequest) -> &'static str {
    let accept = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    match accept {
        Some(text) if text.contains("application/jwk-set+json") => "application/jwk-set+json",
        _ => "application/json",
    }
}

/// `If-None-Match` by weak comparison (RFC 9110 §13.1.2).
pub(super) fn is_match<'a>(sent: impl Iterator<Item = &'a HeaderValue>, etag: &str) -> bool {
    sent.filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|tag| tag.trim().trim_start_matches("W/"))
        .any(|tag| tag == "*" || tag == etag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_etag_matches_alone_in_a_list_weak_and_as_a_star() {
        for sent in ["\"a\"", "\"b\", \"a\"", "W/\"a\"", "*"] {
            assert!(
                is_match([&HeaderValue::from_static(sent)].into_iter(), "\"a\""),
                "{sent}"
            );
        }
        assert!(!is_match(
            [&HeaderValue::from_static("\"b\"")].into_iter(),
            "\"a\""
        ));
    }
}
