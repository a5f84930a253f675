//! `GET` and `POST /oauth2/logout`, the end session endpoint (OpenID Connect RP-Initiated Logout 1.0 §2;
//! matrix LO-01 to LO-10; attack LC-05). Where the user has to confirm: [`confirm`].

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

mod confirm;

pub(super) use confirm::{show, submit};

use super::authorize::{read_query, ui_locales};
use super::visit::{Answered, Visit, send};
use super::{form, outcome};
use crate::authorize::Problem;
use crate::context::AppState;
use crate::error::Reason;
use crate::lifecycle::{self, LogoutProblem, LogoutRequest, LogoutStep};
use crate::pages::{ErrorKind, LoggedOutView, cookies, render};
use crate::protocol::form::AuthorizationForm;

/// Parameters of a logout (RP-Initiated Logout 1.0 §2).
// Documentation only; `lifecycle` reads.
#[derive(serde::Deserialize, utoipa::ToSchema, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the schema of parameters that are parsed by hand")]
pub(super) struct LogoutParameters {
    /// An ID token of the session that ends. Without one the user is asked.
    id_token_hint: Option<String>,
    /// Who logs out: a user name, an e-mail address, `sub` or `sid`. Somebody else is asked.
    logout_hint: Option<String>,
    /// The client.
    client_id: Option<String>,
    /// Where the browser goes on: one of the client's, exactly.
    post_logout_redirect_uri: Option<String>,
    /// Goes back with it.
    state: Option<String>,
    /// Languages, best first.
    ui_locales: Option<String>,
}

/// Ends the session of the browser, after asking the user where it has to.
#[utoipa::path(
    get,
    path = "/oauth2/logout",
    tag = "OAuth 2",
    operation_id = "logout",
    params(LogoutParameters),
    responses(
        (status = 200, description = "The user is asked, or is logged out", content_type = "text/html"),
        (status = 303, description = "Logged out, and on to the client"),
        (status = 400, description = "The request is refused: a page", content_type = "text/html"),
        (status = 414, description = "The query is too long: a page", content_type = "text/html"),
    ),
)]
pub(super) async fn by_query(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    send(asked(&request, &state, read_query(&request), false).await)
}

/// The same with the parameters in the body.
#[utoipa::path(
    post,
    path = "/oauth2/logout",
    tag = "OAuth 2",
    operation_id = "logoutByPost",
    request_body(
        content = LogoutParameters,
        content_type = "application/x-www-form-urlencoded",
    ),
    responses(
        (status = 200, description = "The user is asked, or is logged out", content_type = "text/html"),
        (status = 303, description = "Logged out, and on to the client; or the same by GET"),
        (status = 400, description = "The request is refused: a page", content_type = "text/html"),
        (status = 413, description = "The body is too large: a page", content_type = "text/html"),
    ),
)]
pub(super) async fn by_post(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
) -> HttpResponse {
    let form = form::read_authorization(&request, payload, &state.settings.http).await;
    let form = form.map_err(|refusal| refusal.reason);
    send(asked(&request, &state, form, true).await)
}

async fn asked(
    request: &HttpRequest,
    state: &Data<AppState>,
    form: Result<AuthorizationForm, Reason>,
    is_post: bool,
) -> Answered {
    let visit = Visit::open(request, state).await?;
    let form = form.map_err(|reason| outcome::told(&visit, &[], Problem::Unreadable(reason)))?;
    if is_post && visit.known_browser().is_none() && !form.has_repetition() {
        return Ok(by_get(&visit, &form));
    }
    Ok(answer(&visit, &form).await)
}

/// A form that another site sends comes without our cookies (`SameSite=Lax`); opened as a page, the same
/// URL gets them. Only then is it known whether anybody is logged in.
fn by_get(visit: &Visit, form: &AuthorizationForm) -> HttpResponse {
    let names = [
        "id_token_hint",
        "logout_hint",
        "client_id",
        "post_logout_redirect_uri",
        "state",
        "ui_locales",
    ];
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(
        names
            .iter()
            .filter_map(|name| Some((name, form.find(name)?))),
    );
    let base = visit.ctx.settings().issuer.as_str().trim_end_matches('/');
    outcome::see_other(&format!("{base}/oauth2/logout?{}", query.finish()))
}

async fn answer(visit: &Visit, form: &AuthorizationForm) -> HttpResponse {
    let locales = ui_locales(form);
    let asked = match lifecycle::read_logout(&visit.ctx, form).await {
        Ok(Ok(asked)) => asked,
        Ok(Err(problem)) => return refused(visit, &locales, problem),
        Err(fault) => return outcome::failed(visit, &fault),
    };
    match asked.step(visit.logged_in.as_ref()) {
        LogoutStep::Ask => confirm::ask(visit, &asked, &locales),
        LogoutStep::End | LogoutStep::Nothing => end(visit, &asked, &locales, false).await,
    }
}

/// Ends the session, if there is one, and goes on: to the client, or to a page that says so.
async fn end(
    visit: &Visit,
    asked: &LogoutRequest,
    locales: &[String],
    is_confirmed: bool,
) -> HttpResponse {
    let frames = match &visit.logged_in {
        None => Vec::new(),
        Some(logged_in) => {
            let client = asked.client.as_ref().map(|client| &client.id);
            match lifecycle::log_out(&visit.ctx, &logged_in.session, client).await {
                Ok(done) => done.frames,
                Err(fault) => return outcome::failed(visit, &fault),
            }
        }
    };
    let mut response = match asked.next(is_confirmed) {
        Some(next) if frames.is_empty() => outcome::see_other(&next),
        next => {
            let view = LoggedOutView {
                frames,
                next: next.as_deref(),
            };
            render::logged_out(&visit.page(locales), &view)
        }
    };
    cookies::clear_session(&mut response, &visit.ctx.settings().issuer);
    visit.mark(response)
}

fn refused(visit: &Visit, locales: &[String], problem: LogoutProblem) -> HttpResponse {
    const INVALID: &str = "invalid_request";
    tracing::info!(reason = problem.as_str(), "logout refused");
    metrics::counter!("auth_refusals_total", "reason" => problem.as_str()).increment(1);
    let what = match problem {
        LogoutProblem::Repeated => (ErrorKind::RepeatedParameter, INVALID),
        LogoutProblem::HintNotValid => (ErrorKind::HintNotValid, INVALID),
        LogoutProblem::ClientMismatch => (ErrorKind::LogoutClientMismatch, INVALID),
        LogoutProblem::UnknownClient => (ErrorKind::UnknownClient, "invalid_client"),
        LogoutProblem::DisabledClient => (ErrorKind::DisabledClient, "unauthorized_client"),
        LogoutProblem::RedirectUriNotRegistered => (ErrorKind::PostLogoutUriNotRegistered, INVALID),
    };
    outcome::error(visit, locales, what, StatusCode::BAD_REQUEST)
}
