//! `id_token_hint`: an ID token of ours, expired or not, says who should be logged in
//! (OpenID Connect Core §3.1.2.1; matrix OC-31).

use crate::context::RequestContext;
use crate::error::Reason;
use crate::issue;
use crate::model::Client;

/// `sub` of the hint.
///
/// # Errors
/// [`Reason::MalformedHint`] for what we did not sign for this client.
pub(super) fn subject(ctx: &RequestContext, client: &Client, hint: &str) -> Result<String, Reason> {
    match issue::read_id_token(ctx, hint) {
        Ok(hint) if hint.client_id == client.id => Ok(hint.sub),
        _ => Err(Reason::MalformedHint),
    }
}

/// The hint and the `claims` parameter may both name somebody: then it is the same user.
///
/// # Errors
/// [`Reason::MalformedHint`] when it is not.
pub(super) fn agree(asked: Option<String>, hinted: String) -> Result<String, Reason> {
    match asked {
        Some(asked) if asked != hinted => Err(Reason::MalformedHint),
        _ => Ok(hinted),
    }
}
