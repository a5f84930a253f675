//! Access tokens at resources of our own: where they are looked for, and how a refusal looks
//! (RFC 6750 §2, §3; matrix RS-01 to RS-10). A token in the query or a cookie is not seen at all.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::WWW_AUTHENTICATE;
use serde_json::json;

use super::respond;
use crate::context::RequestContext;
use crate::error::{Code, Reason, Refusal, TokenError};
use crate::secret::Secret;

const SCHEME: &[u8] = b"bearer";

/// The token of the header (RFC 6750 §2.1). `headers` are all values of `Authorization`. Another scheme
/// is no token; what follows the right one is handed on as it is.
///
/// # Errors
/// [`Reason::MalformedBearer`] for two headers, or the scheme alone.
pub(super) fn find(headers: &[&[u8]]) -> Result<Option<Secret>, Reason> {
    let value = match headers {
        [] => return Ok(None),
        [one] => one.trim_ascii(),
        _ => return Err(Reason::MalformedBearer),
    };
    let end = value.iter().position(|byte| *byte == b' ');
    let (scheme, token) = value.split_at(end.unwrap_or(value.len()));
    if !scheme.eq_ignore_ascii_case(SCHEME) {
        return Ok(None);
    }
    match str::from_utf8(token.trim_ascii()) {
        Ok("") => Err(Reason::MalformedBearer),
        Ok(token) => Ok(Some(Secret::new(token))),
        Err(_) => Err(Reason::BadAccessToken),
    }
}

/// The answer to a request without the access token it needs. `scope` is what it needs.
pub(super) fn refuse(ctx: &RequestContext, error: &TokenError, scope: &str) -> HttpResponse {
    match error {
        TokenError::Fault(fault) => respond::failed(ctx, fault),
        TokenError::Refused(refusal) => challenge(ctx, refusal, scope),
    }
}

fn challenge(ctx: &RequestContext, refusal: &Refusal, scope: &str) -> HttpResponse {
    let reason = refusal.reason;
    tracing::info!(reason = reason.as_str(), "request refused");
    metrics::counter!("auth_refusals_total", "reason" => reason.as_str()).increment(1);
    let code = reason.code();
    let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let description = refusal.hint.unwrap_or_else(|| code.description());
    let realm = ctx.settings().issuer.as_str();
    let mut text = format!("Bearer realm=\"{realm}\"");
    // RFC 6750 §3.1: who has not tried to authenticate is told how, not what went wrong.
    if reason != Reason::NoAccessToken {
        let error = code.as_str();
        text = format!("{text}, error=\"{error}\", error_description=\"{description}\"");
    }
    if matches!(code, Code::InvalidToken | Code::InsufficientScope) {
        text = format!("{text}, scope=\"{scope}\"");
    }
    respond::uncached(status)
        .insert_header((WWW_AUTHENTICATE, text))
        .content_type("application/problem+json")
        .json(json!({
            "type": "about:blank",
            "title": status.canonical_reason(),
            "status": status.as_u16(),
            "detail": description,
            "error": code.as_str(),
            "error_description": description,
        }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(headers: &[&[u8]]) -> Result<Option<String>, Reason> {
        find(headers).map(|token| token.map(|token| token.expose().to_owned()))
    }

    /// RS-01, RS-10
    #[test]
    fn rs_10_the_scheme_is_compared_without_case() {
        for header in ["Bearer a.b.c", "bearer a.b.c", "BEARER   a.b.c "] {
            assert_eq!(found(&[header.as_bytes()]), Ok(Some("a.b.c".to_owned())));
        }
    }

    /// RS-02
    #[test]
    fn rs_02_no_header_and_other_schemes_are_no_token() {
        assert_eq!(found(&[]), Ok(None));
        for header in [
            "",
            "Basic YTpi",
            "Digest x",
            "Bearerx a",
            "Bearer,a",
            "a.b.c",
        ] {
            assert_eq!(found(&[header.as_bytes()]), Ok(None), "{header}");
        }
    }

    /// RS-06
    #[test]
    fn rs_06_the_scheme_alone_and_two_headers_are_malformed() {
        for headers in [
            &[&b"Bearer"[..]][..],
            &[b"bearer  "],
            &[b"Bearer a", b"Bearer a"],
            &[b"Basic YTpi", b"Bearer a"],
        ] {
            assert_eq!(found(headers), Err(Reason::MalformedBearer), "{headers:?}");
        }
        assert_eq!(found(&[b"Bearer a.\xff"]), Err(Reason::BadAccessToken));
    }
}
