//! A request that waits is picked up again by the browser that brought it (matrix AZ-19, AZ-23).

use std::sync::Arc;

use super::Problem;
use crate::context::RequestContext;
use crate::error::Fault;
use crate::issue::row_id;
use crate::model::Client;
use crate::protocol::authorization::Misdirected;
use crate::secret::Secret;
use crate::store::authorization_requests::{self, Waiting};

/// A request that waits for its user.
#[derive(Debug)]
pub struct Pending {
    /// What the browser names it by.
    pub handle: Secret,
    /// The request.
    pub waiting: Waiting,
    /// Whose it is, as registered now.
    pub client: Arc<Client>,
}

/// Picks up a request by its handle.
///
/// # Errors
/// The inner one ends on a page; a fault when the database does not answer.
pub async fn resume(
    ctx: &RequestContext,
    handle: &Secret,
    browser: Option<&Secret>,
) -> Result<Result<Pending, Problem>, Fault> {
    let found = authorization_requests::find(ctx.store().read(), &row_id(handle)).await?;
    let Some(waiting) = found.filter(|waiting| !waiting.is_pushed) else {
        return Ok(Err(Problem::Expired));
    };
    // Before anything else is said about it: it may be somebody else's.
    if waiting.browser.is_none() || waiting.browser != browser.map(row_id) {
        return Ok(Err(Problem::AnotherBrowser));
    }
    if waiting.spent_at.is_some() {
        return Ok(Err(Problem::AlreadyDecided));
    }
    if waiting.expires_at <= ctx.now {
        return Ok(Err(Problem::Expired));
    }
    tracing::Span::current().record("client_id", waiting.request.client_id.as_str());
    let redirect_uri = &waiting.request.address.redirect_uri;
    let client = ctx
        .directory()
        .find_client(&waiting.request.client_id)
        .await?;
    Ok(match client {
        None => Err(Problem::UnknownClient),
        Some(client) if client.disabled_at.is_some() => Err(Problem::DisabledClient),
        // The registration may have changed while the user was asked.
        Some(client) if client.find_redirect_uri(redirect_uri).is_none() => {
            Err(Problem::Misdirected(Misdirected::NotRegistered))
        }
        Some(client) => Ok(Pending {
            handle: handle.clone(),
            waiting,
            client,
        }),
    })
}
