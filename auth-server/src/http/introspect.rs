//! `POST /oauth2/introspect`: what a token is worth at this moment, as JSON or signed (RFC 7662 §2,
//! RFC 9701 §4, §5; matrix INT-01 to INT-11, JWI-01 to JWI-04).

use actix_web::http::header::ACCEPT;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::respond::{self, Introspected};
use super::{bearer, form, peer};
use crate::client_auth;
use crate::context::{AppState, RequestContext};
use crate::error::{Reason, TokenError};
use crate::lifecycle::{self, Caller, INTROSPECT};
use crate::protocol::form::OAuthForm;
use crate::revocation::check_access_token;
use crate::secret::Secret;

/// The media type of a signed answer (RFC 9701 §4).
const SIGNED: &str = "application/token-introspection+jwt";

/// Tells whether a token is active, and what it says.
///
/// For confidential clients, about their own tokens and, with the right to introspect, those meant for
/// their resources; or with an access token of the scope `introspect`. Everybody else is told that the
/// token is not active.
#[utoipa::path(
    post,
    path = "/oauth2/introspect",
    tag = "OAuth 2",
    operation_id = "introspect",
    security(("client" = []), ("bearer" = [])),
    request_body(
        content = TokenToIntrospect,
        content_type = "application/x-www-form-urlencoded",
    ),
    responses(
        (status = 200, description = "Whether the token is active, and what it says",
            content((serde_json::Value = "application/json"), (String = "application/token-introspection+jwt"))),
        (status = 400, description = "The request is malformed", body = respond::ErrorBody<'_>),
        (status = 401, description = "The caller did not prove who it is", body = respond::ErrorBody<'_>),
        (status = 403, description = "The caller's access token lacks the scope introspect"),
        (status = 405, description = "Only POST"),
        (status = 413, description = "The body is too large", body = respond::ErrorBody<'_>),
        (status = 429, description = "Too many attempts", body = respond::ErrorBody<'_>),
        (status = 503, description = "Try again later", body = respond::ErrorBody<'_>),
    ),
)]
pub(super) async fn introspect(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
) -> HttpResponse {
    let ctx = peer::context(&request, &state);
    let form = match form::read(&request, payload, &ctx.settings().http).await {
        Ok(form) => form,
        Err(refusal) => return respond::introspected(&ctx, Err(refusal.into())),
    };
    let caller = match bearer::find(&peer::authorization_headers(&request)) {
        Ok(Some(token)) => match by_token(&ctx, token.expose()).await {
            Ok(caller) => caller,
            Err(error) => return bearer::refuse(&ctx, &error, INTROSPECT),
        },
        _ => match lifecycle::settle(&ctx, by_client(&ctx, &request, &form).await).await {
            Ok(caller) => caller,
            Err(error) => return respond::introspected(&ctx, Err(error)),
        },
    };
    let answer = answer(&ctx, &caller, &form, wants_signed(&request)).await;
    respond::introspected(&ctx, answer)
}

/// Form of an introspection (RFC 7662 §2.1).
// Documentation only; `protocol::form` reads.
#[derive(serde::Deserialize, utoipa::ToSchema)]
#[expect(dead_code, reason = "the schema of a form that is parsed by hand")]
pub(super) struct TokenToIntrospect {
    /// An access token, or a refresh token of the calling client.
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

async fn by_token(ctx: &RequestContext, token: &str) -> Result<Caller, TokenError> {
    let live = check_access_token(ctx, token).await?;
    Ok(Caller::bearer(live)?)
}

async fn by_client(
    ctx: &RequestContext,
    request: &HttpRequest,
    form: &OAuthForm,
) -> Result<Caller, TokenError> {
    let headers = peer::authorization_headers(request);
    let presented = client_auth::identify(&headers, form, None).map_err(|refusal| {
        // DEC-13: RFC 9701 §5 wants 400 from whoever asks for a signed answer without credentials.
        let is_anonymous = refusal.reason == Reason::NoClient && headers.is_empty();
        if is_anonymous && wants_signed(request) {
            Reason::AnonymousIntrospection.into()
        } else {
            refusal
        }
    })?;
    let client = client_auth::authenticate(ctx, presented).await?;
    let id = client.id.clone();
    Caller::client(client).map_err(|reason| TokenError::from(reason).from_client(&id))
}

async fn answer(
    ctx: &RequestContext,
    caller: &Caller,
    form: &OAuthForm,
    is_signed: bool,
) -> Result<Introspected, TokenError> {
    let token = form.require("token").map(Secret::new)?;
    let answer = lifecycle::introspect(ctx, caller, &token).await?;
    if is_signed {
        let token = lifecycle::sign_introspection(ctx, caller, answer).await?;
        return Ok(Introspected::Signed(token));
    }
    Ok(Introspected::Plain(answer.into_json()))
}

fn wants_signed(request: &HttpRequest) -> bool {
    request
        .headers()
        .get_all(ACCEPT)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|range| range.split(';').next())
        .any(|range| range.trim().eq_ignore_ascii_case(SIGNED))
}
