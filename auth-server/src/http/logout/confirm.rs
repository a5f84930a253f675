//! `GET` and `POST /logout`: the page where a user confirms the wish to log out, their own or a client's
//! (RP-Initiated Logout 1.0 §2; matrix LO-04, LO-08; attacks LC-01, LC-08).

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::{end, refused};
use crate::context::AppState;
use crate::http::authorize::ui_locales;
use crate::http::outcome;
use crate::http::visit::{Answered, Visit, send};
use crate::lifecycle::{self, LogoutRequest, LogoutStep};
use crate::pages::{self, LogoutView, render};
use crate::protocol::form::AuthorizationForm;

/// What the token of the form is for.
const PURPOSE: &str = "logout";

/// The page for a user who wants to log out here.
pub(in crate::http) async fn show(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    send(shown(&request, &state).await)
}

async fn shown(request: &HttpRequest, state: &Data<AppState>) -> Answered {
    let visit = Visit::open(request, state).await?;
    // All that it reads is the language; who logs out says the cookie.
    let form = AuthorizationForm::parse(request.query_string().as_bytes()).unwrap_or_default();
    let (asked, locales) = (LogoutRequest::default(), ui_locales(&form));
    Ok(match asked.step(visit.logged_in.as_ref()) {
        LogoutStep::Ask => ask(&visit, &asked, &locales),
        LogoutStep::End | LogoutStep::Nothing => end(&visit, &asked, &locales, false).await,
    })
}

/// Takes the confirmation.
pub(in crate::http) async fn submit(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
) -> HttpResponse {
    send(submitted(&request, payload, &state).await)
}

async fn submitted(request: &HttpRequest, payload: Payload, state: &Data<AppState>) -> Answered {
    let visit = Visit::open(request, state).await?;
    let form = visit
        .own_form(request, payload, |_| PURPOSE.to_owned())
        .await?;
    let is_confirmed = form.find("decision") == Some("logout");
    let form = AuthorizationForm::from(form);
    let locales = ui_locales(&form);
    // The fields went through the browser: they are judged like any others.
    Ok(match lifecycle::read_logout(&visit.ctx, &form).await {
        Ok(Ok(asked)) if is_confirmed => end(&visit, &asked, &locales, true).await,
        Ok(Ok(asked)) => ask(&visit, &asked, &locales),
        Ok(Err(problem)) => refused(&visit, &locales, problem),
        Err(fault) => outcome::failed(&visit, &fault),
    })
}

/// The question.
pub(super) fn ask(visit: &Visit, asked: &LogoutRequest, locales: &[String]) -> HttpResponse {
    let page = visit.page(locales);
    let client = asked.client.as_deref();
    let languages = locales.join(" ");
    let fields = [
        ("client_id", client.map(|client| client.id.as_str())),
        ("post_logout_redirect_uri", asked.redirect_uri.as_deref()),
        ("state", asked.state.as_deref()),
        ("ui_locales", Some(languages.as_str())),
    ];
    let view = LogoutView {
        csrf: &visit.csrf(PURPOSE),
        fields: fields
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .collect(),
        post_logout_redirect_uri: asked.redirect_uri.as_deref(),
        username: visit
            .logged_in
            .as_ref()
            .map(|logged_in| logged_in.user.username.as_str()),
        client_name: client.map(|client| pages::client_name(&page, client)),
    };
    visit.mark(render::logout(&page, &view))
}
