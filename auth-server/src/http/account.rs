//! `GET` and `POST /account/applications`: what the user has allowed whom, and the way to take it back
//! (OpenID Connect Core §16.18; matrix RT-20).

use std::collections::BTreeMap;

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use shared_claims::ScopeSet;

use super::outcome;
use super::sign_in::ACCOUNT;
use super::visit::{Answered, Visit, send};
use crate::accounts::LoggedIn;
use crate::clock::Instant;
use crate::context::AppState;
use crate::error::Fault;
use crate::lifecycle;
use crate::model::ClientId;
use crate::pages::{ApplicationLine, ApplicationsView, client_name, render, scope_line};
use crate::store::{consents, families, resources};

const PATH: &str = "/account/applications";
/// More applications than anybody uses.
const LIMIT: u64 = 200;

/// Shows the page; who is not logged in logs in first.
pub(super) async fn show(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    send(shown(&request, &state).await)
}

async fn shown(request: &HttpRequest, state: &Data<AppState>) -> Answered {
    let visit = Visit::open(request, state).await?;
    let Some(logged_in) = &visit.logged_in else {
        return Ok(to_login(&visit));
    };
    let was_withdrawn = request.query_string() == "withdrawn";
    page(&visit, logged_in, was_withdrawn)
        .await
        .map(|response| visit.mark(response))
        .map_err(|fault| outcome::failed(&visit, &fault))
}

/// Takes back what one application was allowed.
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
        .own_form(request, payload, |_| PATH.to_owned())
        .await?;
    let Some(logged_in) = &visit.logged_in else {
        return Ok(to_login(&visit));
    };
    let id = ClientId::new(form.find("client_id").unwrap_or_default());
    let did = async {
        // What is no client's id has nothing to be taken back.
        match visit.ctx.directory().find_client(&id).await? {
            Some(client) => lifecycle::withdraw(&visit.ctx, &logged_in.user.id, &client.id).await,
            None => Ok(false),
        }
    };
    did.await
        .map(|_| outcome::see_other(&format!("{}{PATH}?withdrawn", base(&visit))))
        .map_err(|fault| outcome::failed(&visit, &fault))
}

/// Who is not logged in logs in first.
fn to_login(visit: &Visit) -> HttpResponse {
    visit.mark(outcome::see_other(&format!(
        "{}/login?request={ACCOUNT}",
        base(visit)
    )))
}

async fn page(
    visit: &Visit,
    logged_in: &LoggedIn,
    was_withdrawn: bool,
) -> Result<HttpResponse, Fault> {
    let page = visit.page(&[]);
    let described = resources::scopes(visit.ctx.store().read()).await?;
    let mut lines = Vec::new();
    for (id, (scope, since)) in allowed(visit, logged_in).await? {
        let Some(client) = visit.ctx.directory().find_client(&id).await? else {
            continue;
        };
        let words = |word: &shared_claims::Scope| {
            let record = described.iter().find(|record| record.scope == *word);
            let description = record.map(|record| record.description.as_str());
            scope_line(&page, word.as_str(), description, false).words
        };
        lines.push(ApplicationLine {
            client_id: id.into_string(),
            name: client_name(&page, &client).to_owned(),
            scopes: scope.iter().map(words).collect(),
            since: since
                .to_rfc3339()
                .chars()
                .take("2026-11-25".len())
                .collect(),
        });
    }
    let view = ApplicationsView {
        csrf: &visit.csrf(PATH),
        username: &logged_in.user.username,
        applications: &lines,
        was_withdrawn,
    };
    Ok(render::applications(&page, &view))
}

/// By client: what a consent or a living family allows, and since when.
async fn allowed(
    visit: &Visit,
    logged_in: &LoggedIn,
) -> Result<BTreeMap<ClientId, (ScopeSet, Instant)>, Fault> {
    let (read, now) = (visit.ctx.store().read(), visit.ctx.now);
    let user = &logged_in.user.id;
    let mut allowed = BTreeMap::new();
    for family in families::list_for_user(read, user, LIMIT).await? {
        let is_live =
            family.revoked_at.is_none() && family.expires_at > now && family.idle_expires_at > now;
        if is_live {
            let one = (family.scope, family.created_at);
            allowed.insert(family.client_id, one);
        }
    }
    for consent in consents::list_for_user(read, user, LIMIT).await? {
        allowed.insert(consent.client_id, (consent.scope, consent.created_at));
    }
    Ok(allowed)
}

fn base(visit: &Visit) -> &str {
    visit.ctx.settings().issuer.as_str().trim_end_matches('/')
}
