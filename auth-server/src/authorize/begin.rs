//! A request comes in: whose it is, where the answer goes, what it says, what the user has to do.

use std::sync::Arc;

use super::known::{judge, require_client};
use super::proceed::{Basis, step};
use super::{Answer, Outcome, Problem, Visitor, pushed};
use crate::context::RequestContext;
use crate::error::{Fault, Reason, TokenError};
use crate::issue::row_id;
use crate::model::{AuthorizationRequest, Client, ReturnAddress};
use crate::protocol::authorization;
use crate::protocol::form::AuthorizationForm;
use crate::protocol::interaction::Progress;
use crate::secret::Secret;
use crate::store::authorization_requests::{self, Waiting};

/// How long the user may take to log in and decide.
const PATIENCE: std::time::Duration = std::time::Duration::from_hours(1);

/// Answers an authorization request, or finds out what the user has to do first.
///
/// # Errors
/// Only before it is known where an answer goes; afterwards a fault is an answer (matrix GEN-24).
pub async fn begin(
    ctx: &RequestContext,
    form: &AuthorizationForm,
    visitor: Visitor<'_>,
) -> Result<Outcome, Fault> {
    let client = match require_client(ctx, form).await? {
        Ok(client) => client,
        Err(problem) => return Ok(Outcome::Page(problem)),
    };
    // A page sends nothing to the client: its developer and ours have the log.
    tracing::Span::current().record("client_id", client.id.as_str());
    if let Some(handle) = form.find("request_uri").and_then(pushed::handle) {
        if form.is_repeated("request_uri") {
            return Ok(Outcome::Page(Problem::RepeatedRequestUri));
        }
        // Everything else in the URL is ignored (RFC 9126 §4; matrix PAR-08).
        return match pushed::find(ctx, &client, &handle).await? {
            Some(request) => Ok(answer(ctx, &client, request, visitor).await),
            None => Ok(Outcome::Page(Problem::PushedRequestGone)),
        };
    }
    let address = match authorization::address(form, &client) {
        Ok(address) => address,
        Err(misdirected) => return Ok(Outcome::Page(Problem::Misdirected(misdirected))),
    };
    match read(ctx, &client, form, address.clone()) {
        Ok(request) => Ok(answer(ctx, &client, request, visitor).await),
        Err(error) => Ok(Outcome::Answer(to_answer(ctx, &client, address, error))),
    }
}

fn read(
    ctx: &RequestContext,
    client: &Client,
    form: &AuthorizationForm,
    address: ReturnAddress,
) -> Result<AuthorizationRequest, TokenError> {
    if form.find("request_uri").is_some() {
        return Err(Reason::ForeignRequestUri.into());
    }
    let metadata = &client.metadata;
    if metadata.require_pushed_authorization_requests || ctx.settings().authorization.require_pushed
    {
        return Err(Reason::PushRequired.into());
    }
    judge(ctx, client, form, address, None)
}

/// From here on every failure has somewhere to go.
async fn answer(
    ctx: &RequestContext,
    client: &Arc<Client>,
    request: AuthorizationRequest,
    visitor: Visitor<'_>,
) -> Outcome {
    let address = request.address.clone();
    let progress = Progress {
        asked_at: None,
        is_allowed: false,
        now: ctx.now,
    };
    let basis = Basis {
        client,
        request: &request,
        waiting: None,
    };
    let next = match step(ctx, basis, visitor.logged_in, progress).await {
        Ok(Outcome::Login(_)) => wait(ctx, &request, visitor.browser)
            .await
            .map(Outcome::Login),
        Ok(Outcome::Consent(_)) => wait(ctx, &request, visitor.browser)
            .await
            .map(Outcome::Consent),
        done => done,
    };
    next.unwrap_or_else(|error| Outcome::Answer(to_answer(ctx, client, address, error)))
}

/// Keeps the request until the user has done what is needed.
async fn wait(
    ctx: &RequestContext,
    request: &AuthorizationRequest,
    browser: &Secret,
) -> Result<Secret, TokenError> {
    let handle = Secret::new(ctx.random().text::<32>());
    let waiting = Waiting {
        id: row_id(&handle),
        is_pushed: false,
        request: request.clone(),
        browser: Some(row_id(browser)),
        created_at: ctx.now,
        expires_at: ctx.now.plus(PATIENCE),
        spent_at: None,
    };
    ctx.store()
        .write(async move |txn| authorization_requests::insert(txn, &waiting).await)
        .await?;
    Ok(handle)
}

pub(super) fn to_answer(
    ctx: &RequestContext,
    client: &Client,
    address: ReturnAddress,
    error: TokenError,
) -> Answer {
    match error {
        TokenError::Refused(refusal) => Answer::refused(ctx, client, address, &refusal),
        TokenError::Fault(fault) => Answer::failed(ctx, client, address, &fault),
    }
}
