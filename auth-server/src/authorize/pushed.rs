//! Requests that clients push ahead (RFC 9126; matrix PAR-01 to PAR-12).

use std::time::Duration;

use super::known::judge;
use crate::context::RequestContext;
use crate::error::{Fault, Reason, Refusal, TokenError};
use crate::issue::row_id;
use crate::model::{AuthorizationRequest, Client};
use crate::protocol::authorization;
use crate::protocol::form::{AuthorizationForm, OAuthForm};
use crate::secret::Secret;
use crate::store::authorization_requests::{self, Waiting};

/// RFC 9126 §2.2.
const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";
/// How long the browser may take to come with it; a login takes longer, but has begun by then.
const LIFETIME: Duration = Duration::from_mins(1);
/// Open requests of one client; more are no application but a flood (matrix PAR-10).
const MAX_OPEN: u64 = 1_000;

/// A request that waits for its browser (RFC 9126 §2.2).
#[derive(Debug)]
pub struct Pushed {
    /// Names it, once.
    pub request_uri: Secret,
    /// How long.
    pub expires_in: Duration,
}

/// Keeps a request of an authenticated client (or a public one, which names itself).
///
/// # Errors
/// The refusals of the authorization endpoint, as answers of this one (matrix PAR-04).
pub async fn push(
    ctx: &RequestContext,
    client: &Client,
    form: OAuthForm,
) -> Result<Pushed, TokenError> {
    if form.find("request_uri").is_some() {
        return Err(Reason::NestedRequestUri.into());
    }
    let form = AuthorizationForm::from(form);
    let address = authorization::address(&form, client).map_err(|misdirected| {
        Refusal::from(Reason::from(misdirected))
            .with_hint("redirect_uri is missing or not registered.")
    })?;
    let request = judge(ctx, client, &form, address, None)?;
    require_room(ctx, client).await?;
    let handle = ctx.random().text::<32>();
    let waiting = Waiting {
        id: row_id(&Secret::new(handle.as_str())),
        is_pushed: true,
        request,
        browser: None,
        created_at: ctx.now,
        expires_at: ctx.now.plus(LIFETIME),
        spent_at: None,
    };
    ctx.store()
        .write(async move |txn| authorization_requests::insert(txn, &waiting).await)
        .await?;
    Ok(Pushed {
        request_uri: Secret::new(format!("{PREFIX}{handle}")),
        expires_in: LIFETIME,
    })
}

/// No flood of a client that proved who it is. Anybody can speak for a public one: a limit would let a
/// stranger close this way to it, and nothing is kept here that the authorization endpoint would not keep
/// for anybody.
async fn require_room(ctx: &RequestContext, client: &Client) -> Result<(), TokenError> {
    if client.is_public() {
        return Ok(());
    }
    let read = ctx.store().read();
    let open = authorization_requests::count_pushed(read, &client.id, ctx.now, MAX_OPEN).await?;
    if open < MAX_OPEN {
        return Ok(());
    }
    Err(Refusal::from(Reason::TooManyRequests)
        .with_retry_after(LIFETIME)
        .into())
}

/// The handle in a `request_uri` of ours.
pub(super) fn handle(request_uri: &str) -> Option<Secret> {
    request_uri.strip_prefix(PREFIX).map(Secret::new)
}

/// The pushed request of this client, if it is still open. It is spent with the decision, so that a
/// reload before the login still works (RFC 9126 §7.3; matrix PAR-07).
pub(super) async fn find(
    ctx: &RequestContext,
    client: &Client,
    handle: &Secret,
) -> Result<Option<AuthorizationRequest>, Fault> {
    let id = row_id(handle);
    let found = authorization_requests::find(ctx.store().read(), &id).await?;
    let is_open = |waiting: &Waiting| {
        waiting.is_pushed
            && waiting.request.client_id == client.id
            && client
                .find_redirect_uri(&waiting.request.address.redirect_uri)
                .is_some()
            && waiting.spent_at.is_none()
            && waiting.expires_at > ctx.now
    };
    Ok(found.filter(is_open).map(|waiting| AuthorizationRequest {
        pushed: Some(id),
        ..waiting.request
    }))
}
