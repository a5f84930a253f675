//! `GET` and `POST /login`: the page where a user proves who they are
//! (OpenID Connect Core §3.1.2.3; matrix AZ-19, AZ-22 to AZ-24, OC-24, OC-32).

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::visit::Visit;
use super::{form, outcome};
use crate::authorize::{self, Outcome, Pending};
use crate::context::AppState;
use crate::error::{FaultKind, Reason, TokenError};
use crate::lifecycle;
use crate::pages::{self, LoginProblem, LoginView, cookies, render};
use crate::protocol::form::OAuthForm;
use crate::secret::Secret;

/// Shows the page, or goes on when there is nothing to prove any more.
pub(super) async fn show(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    let (visit, fault) = Visit::of(&request, &state).await;
    if let Some(fault) = fault {
        return outcome::failed(&visit, &fault);
    }
    let pending = match pending(&visit, query_handle(&request)).await {
        Ok(pending) => pending,
        Err(response) => return response,
    };
    let locales = &pending.waiting.request.ui_locales;
    match authorize::proceed(&visit.ctx, &pending, visit.logged_in.as_ref(), false).await {
        Outcome::Login(_) => page(&visit, &pending, None, None),
        next => outcome::respond(&visit, locales, next),
    }
}

/// Takes name and password, or the wish to leave.
pub(super) async fn submit(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
) -> HttpResponse {
    let (visit, fault) = Visit::of(&request, &state).await;
    if let Some(fault) = fault {
        return outcome::failed(&visit, &fault);
    }
    let form = match form::read(&request, payload, &state.settings.http).await {
        Ok(form) => form,
        Err(refusal) => {
            let problem = authorize::Problem::Unreadable(refusal.reason);
            return outcome::told(&visit, &[], problem);
        }
    };
    let handle = form
        .find_secret("request")
        .unwrap_or_else(|| Secret::new(""));
    let token = form.find("csrf").unwrap_or_default();
    if let Err(forged) = visit.require_own_form(&request, handle.expose(), token) {
        return outcome::forged(&visit, forged);
    }
    let pending = match pending(&visit, handle).await {
        Ok(pending) => pending,
        Err(response) => return response,
    };
    if form.find("decision") == Some("cancel") {
        let next = authorize::deny(&visit.ctx, &pending).await;
        return outcome::respond(&visit, &pending.waiting.request.ui_locales, next);
    }
    log_in(&visit, &pending, &form).await
}

async fn log_in(visit: &Visit, pending: &Pending, form: &OAuthForm) -> HttpResponse {
    let ctx = &visit.ctx;
    let username = form.find("username").unwrap_or_default();
    let password = form
        .find_secret("password")
        .unwrap_or_else(|| Secret::new(""));
    let proof = ctx
        .state
        .accounts
        .authenticate(username, &password, ctx.peer, ctx.now)
        .await
        .map_err(|error| error.from_client(&pending.client.id));
    let user = match lifecycle::settle(ctx, proof).await {
        Ok(user) => user,
        Err(error) => return again(visit, pending, username, error),
    };
    let mut event = ctx.event("session.begin");
    event.client_id = Some(pending.client.id.as_str().to_owned());
    let before = visit.logged_in.as_ref().map(|before| &before.session);
    let begun = ctx.state.accounts.begin_session(&user, before, event).await;
    let (handle, session) = match begun {
        Ok(begun) => begun,
        Err(fault) => return outcome::failed(visit, &fault),
    };
    let logged_in = crate::accounts::LoggedIn { session, user };
    let next = authorize::proceed(ctx, pending, Some(&logged_in), false).await;
    let mut response = outcome::respond(visit, &pending.waiting.request.ui_locales, next);
    cookies::set_session(&mut response, &ctx.settings().issuer, &handle);
    response
}

/// The page again, with what was wrong. The same text for every kind of wrong credentials.
fn again(visit: &Visit, pending: &Pending, username: &str, error: TokenError) -> HttpResponse {
    let problem = match error {
        TokenError::Fault(fault) if fault.kind == FaultKind::Overloaded => LoginProblem::Busy,
        TokenError::Fault(fault) => return outcome::failed(visit, &fault),
        TokenError::Refused(refusal) => {
            let reason = refusal.reason;
            tracing::info!(reason = reason.as_str(), "login refused");
            metrics::counter!("auth_refusals_total", "reason" => reason.as_str()).increment(1);
            match reason {
                Reason::AccountThrottled | Reason::AddressThrottled => {
                    LoginProblem::TooManyAttempts {
                        retry_after: refusal.retry_after.unwrap_or_default(),
                    }
                }
                _ => LoginProblem::WrongCredentials,
            }
        }
    };
    page(visit, pending, Some(username), Some(problem))
}

fn page(
    visit: &Visit,
    pending: &Pending,
    typed: Option<&str>,
    problem: Option<LoginProblem>,
) -> HttpResponse {
    let request = &pending.waiting.request;
    let page = visit.page(&request.ui_locales);
    // Somebody is logged in and has to prove it again (matrix OC-24), unless somebody else is wanted.
    let known = visit
        .logged_in
        .as_ref()
        .filter(|_| request.subject.is_none() && !request.prompt.select_account)
        .map(|logged_in| logged_in.user.username.as_str());
    let is_question = known.is_some() && problem.is_none();
    let view = LoginView {
        request: pending.handle.expose(),
        csrf: &visit.csrf(pending.handle.expose()),
        client_name: pages::client_name(&page, &pending.client),
        redirect_uri: Some(&request.address.redirect_uri),
        username: typed.or(known).or(request.login_hint.as_deref()),
        is_username_fixed: false,
        problem: problem.or(is_question.then_some(LoginProblem::InteractionRequired)),
        is_popup: request.is_popup,
    };
    visit.mark(render::login(&page, &view))
}

/// The request that the page is about, or what to say instead.
pub(super) async fn pending(visit: &Visit, handle: Secret) -> Result<Pending, HttpResponse> {
    match authorize::resume(&visit.ctx, &handle, visit.known_browser()).await {
        Ok(Ok(pending)) => Ok(pending),
        Ok(Err(problem)) => Err(outcome::respond(visit, &[], Outcome::Page(problem))),
        Err(fault) => Err(outcome::failed(visit, &fault)),
    }
}

/// `?request=`.
pub(super) fn query_handle(request: &HttpRequest) -> Secret {
    let pairs = url::form_urlencoded::parse(request.query_string().as_bytes());
    let mut handles = pairs.filter(|(name, _)| name == "request");
    Secret::new(
        handles
            .next()
            .map_or(String::new(), |(_, value)| value.into_owned()),
    )
}
