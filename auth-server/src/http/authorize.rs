//! `GET` and `POST /oauth2/authorize` (RFC 6749 §3.1, OpenID Connect Core §3.1.2; matrix AZ-01, AZ-25).

use actix_web::http::header::{HeaderValue, ORIGIN};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::visit::{Answered, Visit, send};
use super::{form, outcome};
use crate::authorize::{self, Problem};
use crate::context::AppState;
use crate::error::Reason;
use crate::pages::cookies;
use crate::protocol::form::AuthorizationForm;

/// Longest query (matrix AZ-25); more goes into a POST or a pushed request.
const MAX_QUERY_BYTES: usize = 8 * 1024;

/// Begins a login: the browser comes back to the client with a code, or with an error.
#[utoipa::path(
    get,
    path = "/oauth2/authorize",
    tag = "OAuth 2",
    operation_id = "authorize",
    params(super::openapi::AuthorizationParameters),
    responses(
        (status = 200, description = "A form that posts the answer to the client (response_mode=form_post)", content_type = "text/html"),
        (status = 303, description = "To the client, or to a page of this server"),
        (status = 400, description = "Nowhere to send an answer to: a page", content_type = "text/html"),
        (status = 414, description = "The query is too long: a page", content_type = "text/html"),
    ),
)]
pub(super) async fn by_query(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    send(answer(&request, &state, read_query(&request)).await)
}

/// The same with the parameters in the body.
#[utoipa::path(
    post,
    path = "/oauth2/authorize",
    tag = "OAuth 2",
    operation_id = "authorizeByPost",
    request_body(
        content = super::openapi::AuthorizationParameters,
        content_type = "application/x-www-form-urlencoded",
    ),
    responses(
        (status = 200, description = "A form that posts the answer to the client (response_mode=form_post)", content_type = "text/html"),
        (status = 303, description = "To the client, or to a page of this server; or the same by GET"),
        (status = 400, description = "Nowhere to send an answer to: a page", content_type = "text/html"),
        (status = 413, description = "The body is too large: a page", content_type = "text/html"),
    ),
)]
pub(super) async fn by_post(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
) -> HttpResponse {
    let form = form::read_authorization(&request, payload, &state.settings.http).await;
    if let Ok(form) = &form
        && let Some(url) = by_get(&request, &state, form)
    {
        return outcome::see_other(&url);
    }
    send(answer(&request, &state, form.map_err(|refusal| refusal.reason)).await)
}

/// A form that another site sends comes without our cookies (`SameSite=Lax`); opened as a page, the same
/// request gets them. Only then is it known who is logged in, and no mark that other tabs rely on is
/// replaced. `None` for all others, and for what is too long for a query.
fn by_get(
    request: &HttpRequest,
    state: &Data<AppState>,
    form: &AuthorizationForm,
) -> Option<String> {
    let issuer = &state.settings.issuer;
    let ours = issuer.origin();
    let is_foreign = |origin: &HeaderValue| origin.as_bytes() != ours.as_bytes();
    let is_bare = cookies::browser(request, issuer).is_none()
        && cookies::session_handle(request, issuer).is_none();
    let is_sent_by_another_site = request.headers().get(ORIGIN).is_some_and(is_foreign);
    if !is_bare || !is_sent_by_another_site || form.has_repetition() {
        return None;
    }
    let query = form.to_query();
    let base = issuer.as_str().trim_end_matches('/');
    (query.len() <= MAX_QUERY_BYTES).then(|| format!("{base}/oauth2/authorize?{query}"))
}

async fn answer(
    request: &HttpRequest,
    state: &Data<AppState>,
    form: Result<AuthorizationForm, Reason>,
) -> Answered {
    let visit = Visit::open(request, state).await?;
    let form = form.map_err(|reason| outcome::told(&visit, &[], Problem::Unreadable(reason)))?;
    authorize::begin(&visit.ctx, &form, visit.visitor())
        .await
        .map(|next| outcome::respond(&visit, &ui_locales(&form), next))
        .map_err(|fault| outcome::failed(&visit, &fault))
}

/// The parameters of a query, unless it is too long to be read (matrix AZ-25).
pub(super) fn read_query(request: &HttpRequest) -> Result<AuthorizationForm, Reason> {
    let query = request.query_string().as_bytes();
    if query.len() > MAX_QUERY_BYTES {
        return Err(Reason::OversizedParameter);
    }
    AuthorizationForm::parse(query)
}

/// `ui_locales`: languages, best first.
pub(super) fn ui_locales(form: &AuthorizationForm) -> Vec<String> {
    form.find("ui_locales")
        .unwrap_or_default()
        .split_whitespace()
        .take(16)
        .map(str::to_owned)
        .collect()
}
