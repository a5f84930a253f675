//! `GET` and `POST /consent`: the page where a user allows or denies
//! (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.4; matrix AZ-16, AZ-19 to AZ-21; attack LC-08).

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use super::sign_in::{pending, query_handle};
use super::visit::Visit;
use super::{form, outcome};
use crate::accounts::LoggedIn;
use crate::authorize::{self, Outcome, Pending};
use crate::context::AppState;
use crate::error::Fault;
use crate::pages::{ConsentView, PageContext, ScopeLine, render, scope_line};
use crate::secret::Secret;
use crate::store::{consents, resources};

/// Shows the page, or goes on when there is nothing to allow any more.
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
    let next = authorize::proceed(&visit.ctx, &pending, visit.logged_in.as_ref(), false).await;
    match (next, &visit.logged_in) {
        (Outcome::Consent(_), Some(logged_in)) => match page(&visit, &pending, logged_in).await {
            Ok(response) => visit.mark(response),
            Err(fault) => outcome::failed(&visit, &fault),
        },
        (next, _) => outcome::respond(&visit, locales, next),
    }
}

/// Takes the decision.
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
    let locales = &pending.waiting.request.ui_locales;
    let next = match form.find("decision") {
        Some("allow") => {
            authorize::proceed(&visit.ctx, &pending, visit.logged_in.as_ref(), true).await
        }
        Some("deny") => authorize::deny(&visit.ctx, &pending).await,
        // An empty form decides nothing (attack LC-08): the page again.
        _ => Outcome::Consent(pending.handle.clone()),
    };
    outcome::respond(&visit, locales, next)
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
        csrf: &visit.csrf(pending.handle.expose()),
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
