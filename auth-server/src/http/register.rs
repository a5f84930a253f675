//! `POST /oauth2/register` and `GET·PUT·DELETE /oauth2/register/{client_id}`: clients register and
//! manage themselves (RFC 7591 §3, RFC 7592 §2). The routes exist while the setting
//! `registration.mode` is not `off`.

mod schema;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use actix_web::web::{Bytes, Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

pub(super) use schema::Document;

use super::{bearer, form, peer, respond};
use crate::context::{AppState, RequestContext};
use crate::error::{Code, Reason, Refusal};
use crate::model::ClientId;
use crate::registration::{self, Registered, RegistrationError};
use crate::secret::Secret;

/// Registers a client, with an initial access token or, in the mode `open`, without.
#[utoipa::path(
    post,
    path = "/oauth2/register",
    tag = "Client registration",
    operation_id = "registerClient",
    security((), ("registration" = [])),
    request_body(content = schema::ClientMetadata, content_type = "application/json"),
    responses(
        (status = 201, description = "The client, its secret and its registration access token", content_type = "application/json"),
        (status = 400, description = "The metadata is refused", body = respond::ErrorBody<'_>),
        (status = 401, description = "No initial access token, or not a good one", body = respond::ErrorBody<'_>),
        (status = 405, description = "Only POST"),
        (status = 413, description = "The body is too large", body = respond::ErrorBody<'_>),
        (status = 429, description = "Too many registrations", body = respond::ErrorBody<'_>),
        (status = 503, description = "Try again later", body = respond::ErrorBody<'_>),
    ),
)]
pub(super) async fn register(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
) -> HttpResponse {
    let ctx = peer::context(&request, &state);
    let result = async {
        let (token, body) = (find_token(&request)?, read(&ctx, &request, payload).await?);
        registration::register(&ctx, token.as_ref(), &body).await
    };
    answer(&ctx, StatusCode::CREATED, result.await)
}

/// Reads what a client has registered.
#[utoipa::path(
    get,
    path = "/oauth2/register/{client_id}",
    tag = "Client registration",
    operation_id = "readClient",
    params(("client_id" = String, Path)),
    security(("registration" = [])),
    responses(
        (status = 200, description = "The client", content_type = "application/json"),
        (status = 401, description = "Not the token of this client", body = respond::ErrorBody<'_>),
        (status = 403, description = "The client is switched off", body = respond::ErrorBody<'_>),
    ),
)]
pub(super) async fn show(
    request: HttpRequest,
    id: Path<String>,
    state: Data<AppState>,
) -> HttpResponse {
    let ctx = peer::context(&request, &state);
    let result = async {
        let token = find_token(&request)?;
        registration::read(&ctx, &ClientId::new(id.into_inner()), token.as_ref()).await
    };
    answer(&ctx, StatusCode::OK, result.await)
}

/// Replaces what a client has registered.
#[utoipa::path(
    put,
    path = "/oauth2/register/{client_id}",
    tag = "Client registration",
    operation_id = "replaceClient",
    params(("client_id" = String, Path)),
    security(("registration" = [])),
    request_body(content = schema::ClientMetadata, content_type = "application/json"),
    responses(
        (status = 200, description = "The client as it is now", content_type = "application/json"),
        (status = 400, description = "The metadata is refused", body = respond::ErrorBody<'_>),
        (status = 401, description = "Not the token of this client", body = respond::ErrorBody<'_>),
        (status = 403, description = "The client is switched off", body = respond::ErrorBody<'_>),
        (status = 413, description = "The body is too large", body = respond::ErrorBody<'_>),
    ),
)]
pub(super) async fn replace(
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
    state: Data<AppState>,
) -> HttpResponse {
    let ctx = peer::context(&request, &state);
    let result = async {
        let (token, body) = (find_token(&request)?, read(&ctx, &request, payload).await?);
        let id = ClientId::new(id.into_inner());
        registration::replace(&ctx, &id, token.as_ref(), &body).await
    };
    answer(&ctx, StatusCode::OK, result.await)
}

/// Removes a client with everything it holds.
#[utoipa::path(
    delete,
    path = "/oauth2/register/{client_id}",
    tag = "Client registration",
    operation_id = "removeClient",
    params(("client_id" = String, Path)),
    security(("registration" = [])),
    responses(
        (status = 204, description = "The client is gone, and its tokens are revoked"),
        (status = 401, description = "Not the token of this client", body = respond::ErrorBody<'_>),
        (status = 403, description = "The client is switched off", body = respond::ErrorBody<'_>),
    ),
)]
pub(super) async fn remove(
    request: HttpRequest,
    id: Path<String>,
    state: Data<AppState>,
) -> HttpResponse {
    let ctx = peer::context(&request, &state);
    let result = async {
        let token = find_token(&request)?;
        registration::remove(&ctx, &ClientId::new(id.into_inner()), token.as_ref()).await
    };
    match result.await {
        Ok(()) => respond::uncached(StatusCode::NO_CONTENT).finish(),
        Err(error) => refuse(&ctx, &error),
    }
}

/// Of the header only (RFC 6750 §2.1): a token in the body or the query is not seen.
fn find_token(request: &HttpRequest) -> Result<Option<Secret>, RegistrationError> {
    bearer::find(&peer::authorization_headers(request))
        .map_err(|_| Reason::BadRegistrationToken.into())
}

/// The body of a registration, which is JSON (RFC 7591 §3.1).
async fn read(
    ctx: &RequestContext,
    request: &HttpRequest,
    payload: Payload,
) -> Result<Bytes, RegistrationError> {
    let essence = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next());
    if !essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json")) {
        let refusal = Refusal::from(Reason::WrongMediaType);
        return Err(refusal
            .with_hint("Send the metadata as application/json.")
            .into());
    }
    let limits = &ctx.settings().http;
    let body = form::collect(request, payload, limits);
    let body = tokio::time::timeout(limits.request_timeout, body)
        .await
        .map_err(|_| Reason::IncompleteBody)??;
    Ok(body.freeze())
}

fn answer(
    ctx: &RequestContext,
    status: StatusCode,
    result: Result<Registered, RegistrationError>,
) -> HttpResponse {
    match result {
        Ok(registered) => {
            let mut body = registered.metadata;
            if let Some(secret) = &registered.secret {
                body.insert("client_secret".to_owned(), secret.expose().into());
            }
            let token = registered.token.expose();
            body.insert("registration_access_token".to_owned(), token.into());
            respond::uncached(status).json(body)
        }
        Err(error) => refuse(ctx, &error),
    }
}

fn refuse(ctx: &RequestContext, error: &RegistrationError) -> HttpResponse {
    match error {
        RegistrationError::Fault(fault) => respond::failed(ctx, fault),
        RegistrationError::Refused(refusal) if refusal.reason.code() == Code::InvalidToken => tell(
            Reason::BadRegistrationToken,
            refusal.reason.code().description(),
        ),
        RegistrationError::Refused(refusal) => respond::refused(ctx, refusal),
        RegistrationError::Unfit(rule) => {
            let reason = error.reason().unwrap_or(Reason::UnfitMetadata);
            // RFC 6749 §5.2 leaves no room for quotation marks in a description.
            tell(reason, &format!("{} {}.", rule.member, rule.what))
        }
    }
}

fn tell(reason: Reason, description: &str) -> HttpResponse {
    tracing::info!(reason = reason.as_str(), "request refused");
    metrics::counter!("auth_refusals_total", "reason" => reason.as_str()).increment(1);
    let code = reason.code();
    let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = respond::uncached(status);
    if code == Code::InvalidToken {
        response.insert_header((WWW_AUTHENTICATE, "Bearer error=\"invalid_token\""));
    }
    response.json(json!({"error": code.as_str(), "error_description": description}))
}
