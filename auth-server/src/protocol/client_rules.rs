//! What makes a registration sensible, whoever made it: the command line, the client itself, an
//! administrator (RFC 7591 §2, §5, OpenID Connect Registration 1.0 §2; matrix CC-01, DEC-02, DEC-11,
//! DCR-04 to DCR-08, LO-09, LO-23, LO-31, OC-76).

mod keys;
mod sector;
mod texts;
mod uris;

pub use sector::find_sector;
pub use texts::LOCALIZED;
pub use uris::find_host;

use super::scope::is_standard;
use crate::model::{AuthMethod, Client, GrantType};

/// A rule that a registration breaks. Reads: `member` `what`, for instance "`redirect_uris` must not
/// have a fragment".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{member}` {what}")]
pub struct RuleError {
    /// The member of RFC 7591 that is wrong, or the one that is missing.
    pub member: &'static str,
    /// What is wrong with it. No text of the caller's.
    pub what: &'static str,
    /// Which of several values it is.
    pub value: Option<String>,
}

impl RuleError {
    /// A rule about a whole member.
    pub const fn new(member: &'static str, what: &'static str) -> Self {
        Self {
            member,
            what,
            value: None,
        }
    }

    /// A rule about one of its values.
    fn of(member: &'static str, what: &'static str, value: &str) -> Self {
        Self {
            value: Some(value.to_owned()),
            ..Self::new(member, what)
        }
    }
}

/// The whole registration.
///
/// # Errors
/// The first rule it breaks.
pub fn check(client: &Client) -> Result<(), RuleError> {
    kind(client)?;
    grants(client)?;
    uris::check(client)?;
    keys::check(client)?;
    sector::check(client)?;
    texts::check(client)
}

/// Whoever cannot keep a secret gets none of what a secret is for.
fn kind(client: &Client) -> Result<(), RuleError> {
    let error = |member, what| Err(RuleError::new(member, what));
    let has_method = client.auth_method != AuthMethod::None;
    if client.is_public() == has_method {
        return error(
            "token_endpoint_auth_method",
            "must be none for a public client, and nothing else but none",
        );
    }
    if !client.is_public() {
        return Ok(());
    }
    if client.may_use(GrantType::ClientCredentials) {
        return error(
            "grant_types",
            "cannot be client_credentials for a public client: it has nothing to prove who it is \
             with (RFC 6749 section 4.4)",
        );
    }
    if !client.require_pkce {
        return error(
            "require_pkce",
            "cannot be switched off for a public client (RFC 9700 section 2.1.1)",
        );
    }
    if !client.metadata.rotates_refresh_tokens {
        return error(
            "rotates_refresh_tokens",
            "cannot be switched off for a public client (RFC 9700 section 4.14.2)",
        );
    }
    if client.metadata.is_first_party {
        return error(
            "is_first_party",
            "cannot be set for a public client: anybody can claim its name",
        );
    }
    Ok(())
}

fn grants(client: &Client) -> Result<(), RuleError> {
    let error = |member, what| Err(RuleError::new(member, what));
    if client.may_use(GrantType::AuthorizationCode) && client.redirect_uris.is_empty() {
        return error(
            "redirect_uris",
            "must hold at least one URI for authorization_code",
        );
    }
    let begins = [GrantType::AuthorizationCode, GrantType::Password];
    if client.may_use(GrantType::RefreshToken) && !begins.iter().any(|grant| client.may_use(*grant))
    {
        return error(
            "grant_types",
            "lack one that begins a session beside refresh_token: authorization_code or password",
        );
    }
    if !client.default_scopes.is_subset(&client.scopes) {
        return error("default_scope", "must be part of the scope");
    }
    // With scope of OpenID Connect alone, they are for nobody but us (docs/decisions/0012).
    let needs_resource = client.scopes.is_empty() || !client.scopes.iter().all(is_standard);
    if !client.grant_types.is_empty() && client.audiences.is_empty() && needs_resource {
        return error(
            "audiences",
            "must name the resource that tokens are for (RFC 9068 section 3)",
        );
    }
    Ok(())
}

#[cfg(test)]
#[path = "client_rules/tests.rs"]
mod tests;
