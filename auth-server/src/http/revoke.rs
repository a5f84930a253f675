//! `POST /oauth2/revoke`: a client gives a token back (RFC 7009 §2; matrix REV-01 to REV-11).

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::{form, peer, respond};
use crate::context::{AppState, RequestContext};
use crate::error::TokenError;
use crate::secret::Secret;
use crate::{client_auth, lifecycle};

/// Revokes a token.
///
/// A refresh token ends its whole grant, an access token the access tokens of its grant. A token that
/// is unknown, expired or revoked already is no error.
#[utoipa::path(
    post,
    path = "/oauth2/revoke",
    tag = "OAuth 2",
    operation_id = "revoke",
    security((), ("client" = [])),
    request_body(
        content = TokenToRevoke,
        content_type = "application/x-www-form-urlencoded",
    ),
    responses(
        (status = 200, description = "The token is not good any more"),
        (status = 400, description = "The request is refused, or the token is another client's", body = respond::ErrorBody<'_>),
        (status = 401, description = "Client authentication failed", body = respond::ErrorBody<'_>),
        (status = 405, description = "Only POST"),
        (status = 413, description = "The body is too large", body = respond::ErrorBody<'_>),
        (status = 429, description = "Too many attempts", body = respond::ErrorBody<'_>),
        (status = 503, description = "Try again later", body = respond::ErrorBody<'_>),
    ),
)]
pub(super) async fn revoke(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
) -> HttpResponse {
    let ctx = peer::context(&request, &state);
    let result = answer(&ctx, &request, payload).await;
    let result = lifecycle::settle(&ctx, result).await;
    respond::done(&ctx, result)
}

/// Form of a revocation (RFC 7009 §2.1).
// Documentation only; `protocol::form` reads.
#[derive(serde::Deserialize, utoipa::ToSchema)]
#[expect(dead_code, reason = "the schema of a form that is parsed by hand")]
pub(super) struct TokenToRevoke {
    /// An access token or a refresh token of this client.
    #[schema(format = Password)]
    token: String,
    /// `access_token` or `refresh_token`; not needed.
    token_type_hint: Option<String>,
    /// The client, unless it authenticates by HTTP Basic.
    client_id: Option<String>,
    /// The client's secret, unless it authenticates by HTTP Basic.
    #[schema(format = Password)]
    client_secret: Option<String>,
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`, with `client_assertion`.
    client_assertion_type: Option<String>,
    /// A JWT that the client signed, in the place of a secret.
    #[schema(format = Password)]
    client_assertion: Option<String>,
}

async fn answer(
    ctx: &RequestContext,
    request: &HttpRequest,
    payload: Payload,
) -> Result<(), TokenError> {
    let form = form::read(request, payload, &ctx.settings().http).await?;
    let presented = client_auth::identify(&peer::authorization_headers(request), &form, None)?;
    let client = client_auth::authenticate(ctx, presented).await?;
    let token = form.require("token").map(Secret::new)?;
    lifecycle::revoke(ctx, &client, &token)
        .await
        .map_err(|error| error.from_client(&client.id))
}
