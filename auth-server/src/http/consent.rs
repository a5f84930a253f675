//! `GET` and `POST /consent`: the page where a user allows or denies
//! (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.4; matrix AZ-16, AZ-19 to AZ-21; attack LC-08).

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::outcome;
use super::sign_in::{handle_of, pending, query_handle};
use super::visit::{Answered, Visit, send};
use crate::accounts::LoggedIn;
use crate::authorize::{self, Outcome, Pending};
use crate::context::AppState;
use crate::error::Fault;
use crate::pages::{ConsentView, PageContext, ScopeLine, render, scope_line};
use crate::secret::Secret;
use crate::store::{consents, resources};

/// Shows the page, or goes on when there is nothing to allow any more.
pub(super) async fn show(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    send(shown(&request, &state).await)
}

async fn shown(request: &HttpRequest, state: &Data<AppState>) -> Answered {
    let visit = Visit::open(request, state).await?;
    let pending = pending(&visit, query_handle(request)).await?;
    let locales = &pending.waiting.request.ui_locales;
    let next = authorize::proceed(&visit.ctx, &pending, visit.logged_in.as_ref(), false).await;
    match (next, &visit.logged_in) {
        (Outcome::Consent(_), Some(logged_in)) => page(&visit, &pending, logged_in)
            .await
            .map(|response| visit.mark(response))
            .map_err(|fault| outcome::failed(&visit, &fault)),
        (next, _) => Ok(outcome::respond(&visit, locales, next)),
    }
}

/// Takes the decision.
pub(super) async fn submit(
    request: HttpRequest,
    payload: Payload,
    state: Data<AppState>,
) -> HttpResponse {
    send(submitted(&request, payload, &state).await)
}

async fn submitted(request: &HttpRequest, payload: Payload, state: &Data<AppState>) -> Answered {
    let visit = Visit::open(request, state).await?;
    let form = visit
        .own_form(request, payload, |form| purpose(&visit, &handle_of(form)))
        .await?;
    let pending = pending(&visit, Secret::new(handle_of(&form))).await?;
    let locales = &pending.waiting.request.ui_locales;
    let next = match form.find("decision") {
        Some("allow") => {
            authorize::proceed(&visit.ctx, &pending, visit.logged_in.as_ref(), true).await
        }
        Some("deny") => authorize::deny(&visit.ctx, &pending).await,
        // An empty form decides nothing (attack LC-08): the page again.
        _ => Outcome::Consent(pending.handle.clone()),
    };
    Ok(outcome::respond(&visit, locales, next))
}

/// What the token of the form is for: this request, and the user whom the page names. Somebody who has
/// logged in meanwhile, in another tab, has not seen it.
fn purpose(visit: &Visit, handle: &str) -> String {
    match &visit.logged_in {
        Some(logged_in) => format!("{handle} {}", logged_in.session.id),
        None => handle.to_owned(),
    }
}

async fn page(
    visit: &Visit,
    pending: &Pending,
    logged_in: &LoggedIn,
) -> Result<HttpResponse, Fault> {
    let request = &pending.waiting.request;
    let page = visit.page(&request.ui_locales);
    let view = ConsentView {
        request: pending.handle.expose(),
        csrf: &visit.csrf(&purpose(visit, pending.handle.expose())),
        client: &pending.client,
        redirect_uri: &request.address.redirect_uri,
        username: &logged_in.user.username,
        scopes: lines(visit, &page, pending, logged_in).await?,
        is_popup: request.is_popup,
    };
    Ok(render::consent(&page, &view))
}

/// The scope in words, what is new marked.
async fn lines(
    visit: &Visit,
    page: &PageContext<'_>,
    pending: &Pending,
    logged_in: &LoggedIn,
) -> Result<Vec<ScopeLine>, Fault> {
    let read = visit.ctx.store().read();
    let before = consents::find(read, &logged_in.user.id, &pending.client.id).await?;
    let described = resources::scopes(read).await?;
    let line = |word: &shared_claims::Scope| {
        let record = described.iter().find(|record| record.scope == *word);
        let is_known = before
            .as_ref()
            .is_some_and(|consent| consent.scope.contains(word.as_str()));
        let is_first = before.is_none();
        let description = record.map(|record| record.description.as_str());
        scope_line(page, word.as_str(), description, !is_known && !is_first)
    };
    let asked = pending.waiting.request.scope_to_allow(&pending.client);
    Ok(asked.iter().map(line).collect())
}
