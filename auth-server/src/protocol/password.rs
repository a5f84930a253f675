//! The password grant as a judgement (RFC 6749 §4.3; matrix PW-06, PW-11, PW-13).
//!
//! oxide-auth has no machine for it; the shape is the same as that of its neighbours.

use shared_claims::ScopeSet;

use super::scope;
use crate::clock::Instant;
use crate::error::Reason;
use crate::model::Client;

/// Decides what a client may get with a user's password, before the password is looked at.
///
/// # Errors
/// [`Reason::PasswordGrantEnded`] and the reasons of [`scope::judge`].
pub fn judge(client: &Client, requested: Option<&str>, now: Instant) -> Result<ScopeSet, Reason> {
    if client
        .password_grant_until
        .is_some_and(|until| until <= now)
    {
        return Err(Reason::PasswordGrantEnded);
    }
    // Asked for here, `offline_access` means nothing (OpenID Connect Core §11; matrix OC-71).
    let granted: ScopeSet = scope::judge(requested, client)?
        .iter()
        .filter(|word| word.as_str() != scope::OFFLINE_ACCESS)
        .cloned()
        .collect();
    if granted.is_empty() {
        return Err(Reason::ScopeNotAllowed);
    }
    Ok(granted)
}
