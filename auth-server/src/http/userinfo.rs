//! `GET|POST /oauth2/userinfo`: who the user is, as of now (OpenID Connect Core 1.0 §5.3; matrix UI-01
//! to UI-09, attack IR-06).
//!
//! The scope `openid` is what makes a token good here, whatever resource it was made for as well
//! (docs/decisions/0012).

use actix_web::http::{Method, StatusCode};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{bearer, form, peer, respond};
use crate::context::{AppState, RequestContext};
use crate::error::{Reason, TokenError};
use crate::issue::{claims, subject};
use crate::protocol::form::OAuthForm;
use crate::protocol::scope::OPENID;
use crate::revocation;
use crate::secret::Secret;

/// `typ` of a signed answer. Without `exp` it passes for no other kind of token (matrix JB-13).
const TYP: &str = "JWT";

/// Claims about the user of the access token.
#[utoipa::path(
    get,
    path = "/oauth2/userinfo",
    tag = "Users",
    operation_id = "userinfo",
    security(("login" = ["openid"]), ("bearer" = [])),
    responses(
        (status = 200, description = "The claims of the scope, and those asked for by name",
            content((UserClaims = "application/json"), (String = "application/jwt"))),
        (status = 400, description = "Several tokens, or a broken form"),
        (status = 401, description = "No token, or not a good one"),
        (status = 403, description = "The token lacks the scope openid"),
        (status = 503, description = "Try again later"),
    ),
)]
pub(super) async fn by_get(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
) -> HttpResponse {
    userinfo(request, payload, state).await
}

/// The same, with the access token in the form or in the header.
#[utoipa::path(
    post,
    path = "/oauth2/userinfo",
    tag = "Users",
    operation_id = "userinfoByPost",
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    security((), ("login" = ["openid"]), ("bearer" = [])),
    responses(
        (status = 200, description = "The claims of the scope, and those asked for by name",
            content((UserClaims = "application/json"), (String = "application/jwt"))),
        (status = 400, description = "Several tokens, or a broken form"),
        (status = 401, description = "No token, or not a good one"),
        (status = 403, description = "The token lacks the scope openid"),
        (status = 413, description = "The body is too large"),
        (status = 503, description = "Try again later"),
    ),
)]
pub(super) async fn by_post(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
) -> HttpResponse {
    userinfo(request, payload, state).await
}

async fn userinfo(request: HttpRequest, payload: Payload, state: Data<AppState>) -> HttpResponse {
    let ctx = peer::context(&request, &state);
    let answer = async {
        let token = token(&ctx, &request, payload).await?;
        answer(&ctx, &token.ok_or(Reason::NoAccessToken)?).await
    };
    match answer.await {
        Ok(response) => response,
        Err(error) => bearer::refuse(&ctx, &error, OPENID),
    }
}

/// From the header, or from the form of a POST (RFC 6750 §2.2), never from both.
async fn token(
    ctx: &RequestContext,
    request: &HttpRequest,
    payload: Payload,
) -> Result<Option<Secret>, TokenError> {
    let in_header = bearer::find(&peer::authorization_headers(request))?;
    if request.method() != Method::POST || !form::is_form(request) {
        return Ok(in_header);
    }
    let form = form::read_as(request, payload, &ctx.settings().http, OAuthForm::parse).await?;
    match (in_header, form.find_secret("access_token")) {
        (Some(_), Some(_)) => Err(Reason::MalformedBearer.into()),
        (in_header, in_form) => Ok(in_header.or(in_form)),
    }
}

async fn answer(ctx: &RequestContext, token: &Secret) -> Result<HttpResponse, TokenError> {
    let live = revocation::check_access_token(ctx, token.expose()).await?;
    if !live.claims.scope.contains(OPENID) {
        return Err(Reason::TokenWithoutOpenid.into());
    }
    let user = live.user.ok_or(Reason::OrphanedAccessToken)?;
    let client = &live.client;
    let by_name = live.family.map(|family| family.claims).unwrap_or_default();
    let keys = &ctx.state.keys;
    let sub = subject::of(keys.pairwise_key(), client, &user.id)?;
    let mut said = Map::from_iter([("sub".to_owned(), Value::from(sub))]);
    said.extend(claims::for_userinfo(
        &user,
        client,
        &live.claims.scope,
        &by_name,
    ));
    let mut response = respond::uncached(StatusCode::OK);
    let Some(algorithm) = client.metadata.userinfo_alg else {
        return Ok(response.json(said));
    };
    // Core §5.3.2: whose answer it is, and for whom.
    said.insert("iss".to_owned(), ctx.settings().issuer.as_str().into());
    said.insert("aud".to_owned(), client.id.as_str().into());
    let signed = keys.signer(Some(algorithm))?.sign(TYP, &said)?;
    Ok(response.content_type("application/jwt").body(signed))
}

/// Form of `POST /oauth2/userinfo`.
// Documentation only; `protocol::form` reads.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "the schema of a form that is parsed by hand")]
pub(super) struct TokenForm {
    /// The access token, unless it is in the header.
    #[schema(format = Password)]
    access_token: Option<String>,
}

/// What is known about the user (OpenID Connect Core §5.1).
// Documentation only; `issue::claims` writes.
#[derive(Deserialize, ToSchema)]
#[expect(
    dead_code,
    reason = "the schema of an object that is made claim by claim"
)]
pub(super) struct UserClaims {
    /// The user, as the client knows the user; the same as in ID tokens.
    sub: String,
    /// With the scope `profile`.
    name: Option<String>,
    /// With the scope `profile`.
    given_name: Option<String>,
    /// With the scope `profile`.
    family_name: Option<String>,
    /// With the scope `profile`, in seconds.
    updated_at: Option<i64>,
    /// With the scope `email`.
    email: Option<String>,
    /// With the scope `email`.
    email_verified: Option<bool>,
    /// With the scope `phone`.
    phone_number: Option<String>,
    /// With the scope `phone`.
    phone_number_verified: Option<bool>,
    /// With the scope `address`.
    address: Option<Map<String, Value>>,
}
