//! `POST /auth/login`: the login that applications built like the FastAPI article already call.
//!
//! The password grant for the one first-party client of `password_grant.login_client`; its answers
//! are those of the token endpoint.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::{form, peer, respond};
use crate::context::{AppState, RequestContext};
use crate::error::{Reason, TokenError};
use crate::grants::Grant as _;
use crate::grants::password::Password;
use crate::issue::Tokens;
use crate::model::{ClientId, GrantType};
use crate::{issue, lifecycle};

/// Logs a user in with name and password.
#[utoipa::path(
    post,
    path = "/auth/login",
    tag = "Login",
    operation_id = "login",
    request_body(
        content = super::openapi::LoginRequest,
        content_type = "application/x-www-form-urlencoded",
    ),
    responses(
        (status = 200, description = "Tokens", body = respond::TokenBody<'_>),
        (status = 400, description = "The login is refused", body = respond::ErrorBody<'_>),
        (status = 405, description = "Only POST"),
        (status = 413, description = "The body is too large", body = respond::ErrorBody<'_>),
        (status = 429, description = "Too many attempts", body = respond::ErrorBody<'_>),
        (status = 503, description = "Try again later", body = respond::ErrorBody<'_>),
    ),
)]
pub(super) async fn login(
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
    let settings = ctx.settings();
    let form = form::read(request, payload, &settings.http).await?;
    let configured = settings.password_grant.login_client.as_deref();
    let id = configured
        .filter(|_| Password.is_offered(settings))
        .ok_or(Reason::UnknownGrant)?;
    let client = ctx
        .directory()
        .find_client(&ClientId::new(id))
        .await?
        .filter(|client| client.disabled_at.is_none() && client.may_use(GrantType::Password))
        .ok_or(Reason::GrantNotAllowed)?;
    let tokens = async {
        let approval = Password.examine(ctx, &client, &form).await?;
        issue::issue(ctx, approval).await
    };
    tokens
        .await
        .map_err(|error: TokenError| error.from_client(&client.id))
}
