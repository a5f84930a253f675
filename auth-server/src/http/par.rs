//! `POST /oauth2/par`: authorization requests ahead of the browser (RFC 9126 §2; matrix PAR-01, PAR-02).

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::{form, peer, respond};
use crate::authorize::{self, Pushed};
use crate::client_auth;
use crate::context::{AppState, RequestContext};
use crate::error::TokenError;
use crate::lifecycle;

/// Takes an authorization request from an authenticated client, or a public one that names itself.
#[utoipa::path(
    post,
    path = "/oauth2/par",
    tag = "OAuth 2",
    operation_id = "pushAuthorizationRequest",
    security((), ("client" = [])),
    request_body(
        content = super::openapi::AuthorizationParameters,
        content_type = "application/x-www-form-urlencoded",
    ),
    responses(
        (status = 201, description = "The request waits for its browser", body = respond::PushedBody<'_>),
        (status = 400, description = "The request is refused", body = respond::ErrorBody<'_>),
        (status = 401, description = "Client authentication failed", body = respond::ErrorBody<'_>),
        (status = 405, description = "Only POST"),
        (status = 413, description = "The body is too large", body = respond::ErrorBody<'_>),
        (status = 429, description = "Too many open requests", body = respond::ErrorBody<'_>),
        (status = 503, description = "Try again later", body = respond::ErrorBody<'_>),
    ),
)]
pub(super) async fn par(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
) -> HttpResponse {
    let ctx = peer::context(&request, &state);
    let result = answer(&ctx, &request, payload).await;
    let result = lifecycle::settle(&ctx, result).await;
    respond::pushed(&ctx, result)
}

async fn answer(
    ctx: &RequestContext,
    request: &HttpRequest,
    payload: Payload,
) -> Result<Pushed, TokenError> {
    let form = form::read(request, payload, &ctx.settings().http).await?;
    let headers = peer::authorization_headers(request);
    let presented = client_auth::identify(&headers, &form, None)?;
    let client = client_auth::authenticate(ctx, presented).await?;
    authorize::push(ctx, &client, form)
        .await
        .map_err(|error| error.from_client(&client.id))
}
