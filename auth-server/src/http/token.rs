//! `POST /oauth2/token`: all grants (RFC 6749 §3.2). The rooms of design §1, in order.

use std::sync::Arc;

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::{form, peer, respond};
use crate::context::{AppState, RequestContext};
use crate::error::TokenError;
use crate::issue::Tokens;
use crate::model::Client;
use crate::protocol::form::OAuthForm;
use crate::{client_auth, grants, issue, lifecycle};

/// Issues tokens.
///
/// Grants: `authorization_code`, `client_credentials` for confidential clients, `password` where
/// switched on, and `refresh_token`. Clients authenticate by HTTP Basic, by `client_secret` in the
/// body, by an assertion that they sign, or, being public, by `client_id` alone.
#[utoipa::path(
    post,
    path = "/oauth2/token",
    tag = "OAuth 2",
    operation_id = "token",
    security((), ("client" = [])),
    request_body(
        content = super::openapi::TokenRequest,
        content_type = "application/x-www-form-urlencoded",
    ),
    responses(
        (status = 200, description = "Tokens", body = respond::TokenBody<'_>),
        (status = 400, description = "The request or the grant is refused", body = respond::ErrorBody<'_>),
        (status = 401, description = "Client authentication failed", body = respond::ErrorBody<'_>),
        (status = 405, description = "Only POST"),
        (status = 413, description = "The body is too large", body = respond::ErrorBody<'_>),
        (status = 429, description = "Too many attempts", body = respond::ErrorBody<'_>),
        (status = 503, description = "Try again later", body = respond::ErrorBody<'_>),
    ),
)]
pub(super) async fn token(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
) -> HttpResponse {
    let ctx = peer::context(&request, &state);
    let result = answer(&ctx, &request, payload).await;
    let result = lifecycle::settle(&ctx, result).await;
    respond::tokens(&ctx, result)
}

async fn answer(
    ctx: &RequestContext,
    request: &HttpRequest,
    payload: Payload,
) -> Result<Tokens, TokenError> {
    let form = form::read(request, payload, &ctx.settings().http).await?;
    let headers = peer::authorization_headers(request);
    if form.is_empty() && headers.is_empty() {
        // Nobody asks for nothing: this is no client that fails to prove itself (attack TE-02).
        form.require("grant_type")?;
    }
    let presented = client_auth::identify(
        &headers,
        &form,
        ctx.settings().docs_ui.default_client_id.as_deref(),
    )?;
    let client = client_auth::authenticate(ctx, presented).await?;
    serve(ctx, &client, &form)
        .await
        .map_err(|error| error.from_client(&client.id))
}

async fn serve(
    ctx: &RequestContext,
    client: &Arc<Client>,
    form: &OAuthForm,
) -> Result<Tokens, TokenError> {
    let grant = grants::find(ctx.settings(), client, form)?;
    let approval = grant.examine(ctx, client, form).await?;
    issue::issue(ctx, approval).await
}
