//! What the user has to do before an authorization request can be answered
//! (OpenID Connect Core §3.1.2.3, §3.1.2.4; matrix OC-20 to OC-31, OC-36, OC-40, AZ-20, AZ-21).

use std::time::Duration;

use shared_claims::ScopeSet;
use url::Url;

use crate::clock::Instant;
use crate::error::Reason;
use crate::model::{Acr, ApplicationType, AuthorizationRequest, Client};

#[cfg(test)]
mod tests;

/// Who is logged in, as far as it matters here.
#[derive(Debug, Clone, Copy)]
pub struct Present<'a> {
    /// When the user authenticated.
    pub authenticated_at: Instant,
    /// How well.
    pub acr: Option<&'a str>,
    /// `sub` as this client knows the user.
    pub subject: &'a str,
    /// What the user has allowed this client before.
    pub consented: Option<&'a ScopeSet>,
}

/// The next thing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Show the login page.
    Login,
    /// Show the consent page.
    Consent,
    /// Nothing: the answer is a code.
    Allow,
    /// The answer is an error.
    Refuse(Reason),
}

/// When the request came, and what has happened on its behalf since.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// An authentication from then on was made for this request; `None` for one that has just come.
    pub asked_at: Option<Instant>,
    /// The user has just allowed it.
    pub is_allowed: bool,
    /// Now.
    pub now: Instant,
}

/// Decides on the next step.
pub fn next(
    request: &AuthorizationRequest,
    client: &Client,
    present: Option<Present<'_>>,
    progress: Progress,
) -> Step {
    let silent = |otherwise: Step, reason: Reason| {
        if request.prompt.none {
            Step::Refuse(reason)
        } else {
            otherwise
        }
    };
    let Some(present) = present else {
        return silent(Step::Login, Reason::NotLoggedIn);
    };
    let was_just_made = progress
        .asked_at
        .is_some_and(|asked_at| present.authenticated_at >= asked_at);
    if !was_just_made && is_too_old(request, present, progress.now) {
        return silent(Step::Login, Reason::NotLoggedIn);
    }
    if request
        .subject
        .as_deref()
        .is_some_and(|subject| subject != present.subject)
    {
        // Whoever it is had the chance to be somebody else.
        return if was_just_made {
            Step::Refuse(Reason::AnotherUser)
        } else {
            silent(Step::Login, Reason::AnotherUser)
        };
    }
    if let Some(wanted) = request.claims.requested_acr()
        && wanted.essential
        && !Acr::satisfies(present.acr, &wanted.values)
    {
        return Step::Refuse(Reason::UnmetAcr);
    }
    if !progress.is_allowed && must_ask(request, client, present.consented) {
        return silent(Step::Consent, Reason::NotConsented);
    }
    Step::Allow
}

/// `prompt=login`, `prompt=select_account` and `max_age` (matrix OC-24, OC-26, OC-28).
fn is_too_old(request: &AuthorizationRequest, present: Present<'_>, now: Instant) -> bool {
    let age = now.since(present.authenticated_at);
    let is_older = |seconds: u64| seconds == 0 || age > Duration::from_secs(seconds);
    request.prompt.login || request.prompt.select_account || request.max_age.is_some_and(is_older)
}

/// Whether the user has to be asked (matrix AZ-20, OC-21, OC-25, OC-72).
fn must_ask(request: &AuthorizationRequest, client: &Client, consented: Option<&ScopeSet>) -> bool {
    if request.prompt.consent {
        return true;
    }
    if client.is_first_party() {
        return false;
    }
    !is_identifiable(client, &request.address.redirect_uri)
        || consented.is_none_or(|consented| !request.scope_to_allow(client).is_subset(consented))
}

/// False for public clients whose redirect any application on the device could receive: their name
/// proves nothing, so each time is the first (RFC 8252 §8.6, RFC 6749 §10.2; matrix AZ-21).
///
/// A browser application on loopback is somebody's own machine while it is built
/// (docs/decisions/0013).
fn is_identifiable(client: &Client, redirect_uri: &str) -> bool {
    if !client.is_public() {
        return true;
    }
    let scheme = Url::parse(redirect_uri).map(|url| url.scheme().to_owned());
    match scheme.as_deref() {
        Ok("https") => true,
        Ok("http") => client.metadata.application_type == ApplicationType::Web,
        _ => false,
    }
}
