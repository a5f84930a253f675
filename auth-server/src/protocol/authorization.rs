//! The authorization request as a judgement (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.2;
//! matrix AZ-*, PK-01 to PK-06, RM-*, OC-2x, RI-02, RI-03).
//!
//! Two steps, because they are refused differently: [`fn@address`] finds out where an answer may go at
//! all, and its failures are shown to the user; [`judge`] decides on everything else, and its
//! refusals travel to that address.

use std::collections::HashSet;

use shared_claims::ScopeSet;

use super::form::AuthorizationForm;
use super::resource::{self, Vocabulary};
use super::scope;
use crate::error::{Reason, Refusal, TokenError};
use crate::model::{AuthorizationRequest, ClaimsRequest, Client, GrantType, ReturnAddress};

mod address;
mod machine;
mod parameters;
mod pkce;

#[cfg(test)]
mod tests;

pub use address::{Misdirected, address};

/// Longest value of a parameter (matrix AZ-25).
const MAX_VALUE_BYTES: usize = 4096;
/// These have limits of their own.
const LONG_PARAMETERS: [&str; 3] = ["claims", "request", "authorization_details"];

/// What the server knows, beside the client.
#[derive(Debug, Clone, Copy)]
pub struct Server<'a> {
    /// Registered scopes; those of OpenID Connect are known without being registered.
    pub scopes: &'a HashSet<&'a str>,
    /// Which of them is whose.
    pub vocabulary: &'a Vocabulary,
    /// Row of the pushed request that this one came from.
    pub pushed: Option<&'a str>,
}

/// Decides on a request whose answer has somewhere to go.
///
/// # Errors
/// A refusal whose code is one of RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6, RFC 8707 §2.
pub fn judge(
    form: &AuthorizationForm,
    client: &Client,
    address: ReturnAddress,
    server: Server<'_>,
) -> Result<AuthorizationRequest, TokenError> {
    refuse_unread(form)?;
    match form.find("response_type") {
        None => return Err(missing("response_type is missing.")),
        Some("code") => {}
        Some(_) => return Err(Reason::UnknownResponseType.into()),
    }
    if !client.may_use(GrantType::AuthorizationCode) {
        return Err(Reason::GrantNotAllowed.into());
    }
    if form
        .find("response_mode")
        .is_some_and(|mode| mode != address.mode.as_str())
    {
        return Err(Reason::UnknownResponseMode.into());
    }
    let code_challenge = pkce::challenge(form, client)?;
    let prompt = parameters::prompt(form)?;
    let max_age = parameters::max_age(form)?.or(client.metadata.default_max_age);
    let claims = form
        .find("claims")
        .map_or_else(|| Ok(ClaimsRequest::default()), ClaimsRequest::parse)?;
    let scope = scope(form, client, server, prompt.consent)?;
    let aim = resource::aim(
        form.find_all("resource"),
        &client.audiences,
        (scope, form.find("scope").is_some()),
        server.vocabulary,
    )?;
    // As the token endpoint would: there is no resource that the access token could be for.
    if aim.audiences.is_empty() && !aim.scope.contains(scope::OPENID) {
        return Err(Reason::NoAudience.into());
    }
    machine::drive(client, &address, form, &aim.scope)?;
    Ok(AuthorizationRequest {
        client_id: client.id.clone(),
        subject: claims.requested_sub().map(str::to_owned),
        address,
        scope: aim.scope,
        audiences: aim.audiences,
        nonce: form.find("nonce").map(str::to_owned),
        code_challenge,
        prompt,
        max_age,
        login_hint: form.find("login_hint").map(str::to_owned),
        ui_locales: parameters::words(form, "ui_locales"),
        is_popup: form.find("display") == Some("popup"),
        claims,
        pushed: server.pushed.map(str::to_owned),
    })
}

/// What we cannot read, or do not take, whatever else the request says.
fn refuse_unread(form: &AuthorizationForm) -> Result<(), TokenError> {
    if form.has_repetition() {
        return Err(Reason::RepeatedParameter.into());
    }
    if form.longest_value(&LONG_PARAMETERS) > MAX_VALUE_BYTES {
        return Err(Refusal::from(Reason::OversizedParameter)
            .with_hint("A parameter is too long.")
            .into());
    }
    if form.holds_nul() {
        return Err(Refusal::from(Reason::BrokenEncoding)
            .with_hint("A parameter holds U+0000.")
            .into());
    }
    if form.find("request").is_some() {
        return Err(Reason::RequestObject.into());
    }
    if form.find("registration").is_some() {
        return Err(Reason::RegistrationParameter.into());
    }
    Ok(())
}

/// What is granted at most (matrix DEC-07, OC-70, OC-72): unknown words are left out, known ones that the
/// client may not have are refused, and `offline_access` needs a question to the user, asked for or not.
fn scope(
    form: &AuthorizationForm,
    client: &Client,
    server: Server<'_>,
    will_ask: bool,
) -> Result<ScopeSet, Reason> {
    let known: ScopeSet = match form.find("scope") {
        None => scope::judge(None, client)?,
        Some(text) => scope::parse(text)?
            .iter()
            .filter(|word| scope::is_standard(word) || server.scopes.contains(word.as_str()))
            .cloned()
            .collect(),
    };
    if !known.is_subset(&client.scopes) {
        return Err(Reason::ScopeNotAllowed);
    }
    let may_stay = will_ask && client.may_use(GrantType::RefreshToken);
    let granted: ScopeSet = known
        .iter()
        .filter(|word| word.as_str() != scope::OFFLINE_ACCESS || may_stay)
        .cloned()
        .collect();
    // A code for nothing would be refused when it is redeemed.
    if granted.is_empty() {
        return Err(Reason::ScopeNotAllowed);
    }
    Ok(granted)
}

fn missing(hint: &'static str) -> TokenError {
    Refusal::from(Reason::MissingParameter)
        .with_hint(hint)
        .into()
}
