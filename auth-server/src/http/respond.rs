//! Results to bytes: the only place that knows statuses, JSON keys and challenges of OAuth answers
//! (RFC 6749 §5.1, §5.2; matrix GEN-03, GEN-04, GEN-24, TOK-01, DEC-04).

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, PRAGMA, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::Serialize;
use utoipa::ToSchema;

use crate::authorize::Pushed;
use crate::context::RequestContext;
use crate::error::{Code, Fault, FaultKind, Refusal, TokenError};
use crate::issue::Tokens;

/// Seconds until another try makes sense when something we need is away.
pub(super) const RETRY_SECONDS: u64 = 2;

/// A successful token response (RFC 6749 §5.1).
#[derive(Serialize, ToSchema)]
#[schema(as = TokenResponse)]
pub(super) struct TokenBody<'a> {
    /// A signed JWT (RFC 9068).
    access_token: &'a str,
    /// Always `Bearer`.
    token_type: &'static str,
    /// Seconds until the access token ends.
    expires_in: u64,
    /// For clients that have the refresh grant.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    /// A signed JWT about the user (OpenID Connect Core §2), where the scope holds `openid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<&'a str>,
    /// What was granted.
    scope: String,
}

/// A pushed request (RFC 9126 §2.2).
#[derive(Serialize, ToSchema)]
#[schema(as = PushedAuthorizationResponse)]
pub(super) struct PushedBody<'a> {
    /// Names the request at the authorization endpoint, once.
    request_uri: &'a str,
    /// Seconds until it is gone.
    expires_in: u64,
}

/// An error response (RFC 6749 §5.2).
#[derive(Serialize, ToSchema)]
#[schema(as = ErrorResponse)]
pub(super) struct ErrorBody<'a> {
    /// One of the codes of the specification.
    error: &'a str,
    /// A sentence for the developer of the client.
    error_description: &'a str,
    /// Names this request in our log; for failures that are ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
}

/// The answer of the token endpoint. Logs a failure once, here at the door.
pub(super) fn tokens(ctx: &RequestContext, result: Result<Tokens, TokenError>) -> HttpResponse {
    match result {
        Ok(tokens) => uncached(StatusCode::OK).json(TokenBody {
            access_token: tokens.access_token.expose(),
            token_type: "Bearer",
            expires_in: tokens.expires_in.as_secs(),
            refresh_token: tokens
                .refresh_token
                .as_ref()
                .map(crate::secret::Secret::expose),
            id_token: tokens.id_token.as_ref().map(crate::secret::Secret::expose),
            scope: tokens.scope.to_string(),
        }),
        Err(TokenError::Refused(refusal)) => refused(ctx, &refusal),
        Err(TokenError::Fault(fault)) => failed(ctx, &fault),
    }
}

/// The answer of the pushed authorization request endpoint (RFC 9126 §2.2, §2.3).
pub(super) fn pushed(ctx: &RequestContext, result: Result<Pushed, TokenError>) -> HttpResponse {
    match result {
        Ok(pushed) => uncached(StatusCode::CREATED).json(PushedBody {
            request_uri: pushed.request_uri.expose(),
            expires_in: pushed.expires_in.as_secs(),
        }),
        Err(TokenError::Refused(refusal)) => refused(ctx, &refusal),
        Err(TokenError::Fault(fault)) => failed(ctx, &fault),
    }
}

/// An answer about a token.
pub(super) enum Introspected {
    /// JSON (RFC 7662 §2.2).
    Plain(serde_json::Value),
    /// A signed JWT (RFC 9701 §5).
    Signed(String),
}

/// The answer of the introspection endpoint.
pub(super) fn introspected(
    ctx: &RequestContext,
    result: Result<Introspected, TokenError>,
) -> HttpResponse {
    match result {
        Ok(Introspected::Plain(answer)) => uncached(StatusCode::OK).json(answer),
        Ok(Introspected::Signed(token)) => uncached(StatusCode::OK)
            .content_type("application/token-introspection+jwt")
            .body(token),
        Err(TokenError::Refused(refusal)) => refused(ctx, &refusal),
        Err(TokenError::Fault(fault)) => failed(ctx, &fault),
    }
}

/// The answer of the revocation endpoint: 200 without a word (RFC 7009 §2.2).
pub(super) fn done(ctx: &RequestContext, result: Result<(), TokenError>) -> HttpResponse {
    match result {
        Ok(()) => uncached(StatusCode::OK).finish(),
        Err(TokenError::Refused(refusal)) => refused(ctx, &refusal),
        Err(TokenError::Fault(fault)) => failed(ctx, &fault),
    }
}

/// The caller is wrong: our reason to the log, the specification's code to the wire.
pub(super) fn refused(ctx: &RequestContext, refusal: &Refusal) -> HttpResponse {
    let reason = refusal.reason;
    tracing::info!(reason = reason.as_str(), "request refused");
    metrics::counter!("auth_refusals_total", "reason" => reason.as_str()).increment(1);
    let code = reason.code();
    let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = uncached(status);
    if code == Code::InvalidClient {
        let challenge = format!("Basic realm=\"{}\"", ctx.settings().issuer.as_str());
        response.insert_header((WWW_AUTHENTICATE, challenge));
    }
    if let Some(after) = refusal.retry_after {
        // Rounded up: a client that waits exactly this long is not early.
        response.insert_header((
            RETRY_AFTER,
            after.as_millis().div_ceil(1000).max(1).to_string(),
        ));
    }
    response.json(ErrorBody {
        error: code.as_str(),
        error_description: refusal.hint.unwrap_or_else(|| code.description()),
        request_id: None,
    })
}

/// We are wrong, or something we need is away: the chain to the log, nothing of it to the wire.
pub(super) fn failed(ctx: &RequestContext, fault: &Fault) -> HttpResponse {
    tracing::error!(cause = fault.chain(), kind = ?fault.kind, "request failed");
    metrics::counter!("auth_faults_total", "doing" => fault.doing).increment(1);
    let (status, error, description) = match fault.kind {
        FaultKind::Broken => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "server_error",
            "An internal error occurred.",
        ),
        FaultKind::Unavailable | FaultKind::Overloaded => (
            StatusCode::SERVICE_UNAVAILABLE,
            "temporarily_unavailable",
            "The server cannot answer at the moment. Try again later.",
        ),
    };
    let mut response = uncached(status);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.insert_header((RETRY_AFTER, RETRY_SECONDS.to_string()));
    }
    response.json(ErrorBody {
        error,
        error_description: description,
        request_id: Some(&ctx.request_id),
    })
}

/// Token answers and errors are never cached (RFC 6749 §5.1; `Pragma` for its sake).
pub(super) fn uncached(status: StatusCode) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((PRAGMA, "no-cache"));
    response
}
