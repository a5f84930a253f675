//! The refresh grant as a judgement (RFC 6749 §6, RFC 9700 §4.14.2; matrix RT-02 to RT-10, RT-17).
//!
//! A family is one row; a token of it names a generation. The rules of reuse:
//! the newest generation rotates; the one before it, while its successor is unused and inside the
//! grace, gets the *same* successor again (a lost reply costs nobody the session); anything older, or
//! the previous one after its successor was used or the grace has passed, kills the family.

use std::time::Duration;

use oxide_auth::code_grant::refresh::{Input, Output, Refresh};
use oxide_auth::primitives::grant::{Extensions, Grant};
use shared_claims::{Scope, ScopeSet};

use super::{oxide, scope};
use crate::clock::Instant;
use crate::error::{Consequence, Fault, Reason, Refusal, TokenError};
use crate::model::{Client, Family, GrantType};

/// What happens to the family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Compare-and-swap `generation` from `from` to `from + 1`.
    Rotate {
        /// The generation presented, the newest.
        from: u32,
    },
    /// Hand out the newest generation once more; nothing is written.
    Repeat,
}

/// The verdict on a refresh request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What happens to the family.
    pub step: Step,
    /// The scope of the access token; the family keeps its own (matrix RT-03, RT-05).
    pub scope: ScopeSet,
}

/// Decides on a refresh token whose MAC is right.
///
/// # Errors
/// `invalid_grant` for a foreign, expired or revoked family; for a replayed generation with the
/// consequence that the family dies; `invalid_scope` for scope beyond the grant (matrix RT-04).
pub fn judge(
    client: &Client,
    family: &Family,
    presented: Presented<'_>,
    now: Instant,
) -> Result<Verdict, TokenError> {
    let about = |reason: Reason| Refusal::from(reason).about(family.user_id.clone());
    if family.client_id != client.id {
        return Err(about(Reason::ForeignRefreshToken).into());
    }
    if family.revoked_at.is_some() {
        return Err(about(Reason::RevokedFamily).into());
    }
    if family.expires_at <= now || family.idle_expires_at <= now {
        return Err(about(Reason::ExpiredFamily).into());
    }
    let step = step(family, presented.generation, presented.grace, now).ok_or_else(|| {
        about(Reason::ReplayedRefreshToken)
            .with_consequence(Consequence::RevokeFamily(family.id.clone()))
    })?;
    let available = scope::still_allowed(&family.scope, client).map_err(about)?;
    // Before the machine: it would call a malformed scope `invalid_request`.
    let asked = presented.scope.map(scope::parse).transpose()?;
    let asked = asked.map(|asked| without_ignored(asked, &family.scope));
    if asked
        .as_ref()
        .is_some_and(|asked| asked.is_empty() || !asked.is_subset(&available))
    {
        return Err(about(Reason::ScopeNotAllowed).into());
    }
    drive(
        client,
        family,
        asked.as_ref().map(ToString::to_string).as_deref(),
    )?;
    Ok(Verdict {
        step,
        scope: asked.unwrap_or(available),
    })
}

/// What the client sent, with the setting that judges it.
#[derive(Debug, Clone, Copy)]
pub struct Presented<'a> {
    /// Generation named by the token.
    pub generation: u32,
    /// The `scope` parameter.
    pub scope: Option<&'a str>,
    /// How long the previous generation is answered again (setting `tokens.refresh_grace`).
    pub grace: Duration,
}

fn step(family: &Family, generation: u32, grace: Duration, now: Instant) -> Option<Step> {
    if generation == family.generation {
        return Some(Step::Rotate { from: generation });
    }
    let is_previous = generation.checked_add(1) == Some(family.generation);
    let in_grace = family.rotated_at.is_some_and(|at| now.since(at) < grace);
    (is_previous && in_grace && !family.used).then_some(Step::Repeat)
}

/// Clients (Authlib for one) repeat what they asked for at the login. Where `offline_access` was ignored
/// then (OpenID Connect Core §11; matrix OC-70), it is ignored now.
fn without_ignored(asked: ScopeSet, granted: &ScopeSet) -> ScopeSet {
    let is_ignored = |scope: &Scope| {
        scope.as_str() == scope::OFFLINE_ACCESS && !granted.contains(scope.as_str())
    };
    asked
        .iter()
        .filter(|scope| !is_ignored(scope))
        .cloned()
        .collect()
}

/// Takes the request through oxide-auth's machine up to `Output::Refresh`.
fn drive(client: &Client, family: &Family, scope: Option<&str>) -> Result<(), TokenError> {
    let request = oxide::Prepared {
        client: &client.id,
        grant_type: GrantType::RefreshToken.as_str(),
        scope,
        // The machine compares nothing about the token itself: the MAC was ours to check.
        refresh_token: Some(family.id.as_str()),
    };
    let bound = oxide::bind(&client.id)?;
    let grant = Grant {
        owner_id: family.user_id.as_str().to_owned(),
        client_id: family.client_id.as_str().to_owned(),
        scope: oxide::to_oxide(&family.scope)?,
        redirect_uri: bound.redirect_uri.to_url(),
        // The machine reads the wall clock; expiry was judged above with `now`.
        until: chrono::DateTime::<chrono::Utc>::MAX_UTC,
        extensions: Extensions::new(),
    };
    let mut machine = Refresh::new(&request);
    let mut input = Input::None;
    for _ in 0..5 {
        input = match machine.advance(input) {
            Output::Unauthenticated { client: id, .. } if id == client.id.as_str() => {
                Input::Authenticated {
                    scope: scope.map(Into::into),
                }
            }
            Output::RecoverRefresh { .. } => Input::Recovered {
                scope: scope.map(Into::into),
                grant: Some(Box::new(grant.clone())),
            },
            // Stop here: rotating and rendering are ours.
            Output::Refresh { .. } => return Ok(()),
            Output::Unauthenticated { .. } | Output::Ok(_) | Output::Err(_) => break,
        };
    }
    Err(Fault::broken("judging a refresh", "the machine refused prepared facts").into())
}
