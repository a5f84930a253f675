//! `GET` and `POST /login`: the page where a user proves who they are
//! (OpenID Connect Core §3.1.2.3; matrix AZ-19, AZ-22 to AZ-24, OC-24, OC-32).

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

mod prove;

use prove::{problem, prove};

use super::outcome;
use super::visit::{Answered, Visit, send};
use crate::authorize::{self, Outcome, Pending};
use crate::context::AppState;
use crate::pages::{self, LoginProblem, LoginView, cookies, render};
use crate::protocol::form::OAuthForm;
use crate::secret::Secret;

/// Stands for the handle of a request when somebody logs in to see the account, as does none at all.
pub(super) const ACCOUNT: &str = "account";

/// Shows the page, or goes on when there is nothing to prove any more.
pub(super) async fn show(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    send(shown(&request, &state).await)
}

async fn shown(request: &HttpRequest, state: &Data<AppState>) -> Answered {
    let visit = Visit::open(request, state).await?;
    let handle = query_handle(request);
    if matches!(handle.expose(), "" | ACCOUNT) {
        return Ok(match &visit.logged_in {
            Some(_) => to_account(&visit),
            None => account_page(&visit, None, None),
        });
    }
    let pending = pending(&visit, handle).await?;
    let locales = &pending.waiting.request.ui_locales;
    let next = authorize::proceed(&visit.ctx, &pending, visit.logged_in.as_ref(), false).await;
    Ok(match next {
        Outcome::Login(_) => page(&visit, &pending, None, None),
        next => outcome::respond(&visit, locales, next),
    })
}

/// Takes name and password, or the wish to leave.
pub(super) async fn submit(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
) -> HttpResponse {
    send(submitted(&request, payload, &state).await)
}

async fn submitted(request: &HttpRequest, payload: Payload, state: &Data<AppState>) -> Answered {
    let visit = Visit::open(request, state).await?;
    let form = visit.own_form(request, payload, handle_of).await?;
    let handle = handle_of(&form);
    if handle == ACCOUNT {
        return Ok(log_in_to_account(&visit, &form).await);
    }
    let pending = pending(&visit, Secret::new(handle)).await?;
    if form.find("decision") == Some("cancel") {
        let next = authorize::deny(&visit.ctx, &pending).await;
        let locales = &pending.waiting.request.ui_locales;
        return Ok(outcome::respond(&visit, locales, next));
    }
    Ok(log_in(&visit, &pending, &form).await)
}

async fn log_in(visit: &Visit, pending: &Pending, form: &OAuthForm) -> HttpResponse {
    match prove(visit, form, Some(&pending.client.id)).await {
        Ok((handle, logged_in)) => {
            let next = authorize::proceed(&visit.ctx, pending, Some(&logged_in), false).await;
            let locales = &pending.waiting.request.ui_locales;
            let mut response = outcome::respond(visit, locales, next);
            cookies::set_session(&mut response, &visit.ctx.settings().issuer, &handle);
            response
        }
        Err(error) => match problem(error) {
            Ok(problem) => page(visit, pending, form.find("username"), Some(problem)),
            Err(fault) => outcome::failed(visit, &fault),
        },
    }
}

async fn log_in_to_account(visit: &Visit, form: &OAuthForm) -> HttpResponse {
    if form.find("decision") == Some("cancel") {
        return account_page(visit, None, None);
    }
    match prove(visit, form, None).await {
        Ok((handle, _)) => {
            let mut response = to_account(visit);
            cookies::set_session(&mut response, &visit.ctx.settings().issuer, &handle);
            response
        }
        Err(error) => match problem(error) {
            Ok(problem) => account_page(visit, form.find("username"), Some(problem)),
            Err(fault) => outcome::failed(visit, &fault),
        },
    }
}

fn to_account(visit: &Visit) -> HttpResponse {
    let base = visit.ctx.settings().issuer.as_str().trim_end_matches('/');
    visit.mark(outcome::see_other(&format!("{base}/account/applications")))
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
    let hinted = request.login_hint.as_deref();
    let known = visit
        .logged_in
        .as_ref()
        .filter(|_| request.subject.is_none() && !request.prompt.select_account)
        .map(|logged_in| logged_in.user.username.as_str())
        .filter(|username| hinted.is_none_or(|hinted| hinted == *username));
    let is_question = known.is_some() && problem.is_none();
    let view = LoginView {
        request: pending.handle.expose(),
        csrf: &visit.csrf(pending.handle.expose()),
        client_name: pages::client_name(&page, &pending.client),
        redirect_uri: Some(&request.address.redirect_uri),
        username: typed.or(known).or(hinted),
        problem: problem.or(is_question.then_some(LoginProblem::InteractionRequired)),
        is_popup: request.is_popup,
    };
    visit.mark(render::login(&page, &view))
}

fn account_page(visit: &Visit, typed: Option<&str>, problem: Option<LoginProblem>) -> HttpResponse {
    let page = visit.page(&[]);
    let text = visit
        .ctx
        .state
        .presentation
        .find_text(page.locale, "applications-own");
    let view = LoginView {
        request: ACCOUNT,
        csrf: &visit.csrf(ACCOUNT),
        client_name: text.as_deref().unwrap_or_default(),
        redirect_uri: None,
        username: typed,
        problem,
        is_popup: false,
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

/// The field `request`, which is also what the token of the login form is for.
pub(super) fn handle_of(form: &OAuthForm) -> String {
    form.find("request").unwrap_or_default().to_owned()
}
