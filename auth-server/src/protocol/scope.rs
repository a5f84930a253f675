//! Which scope a direct grant ends with (RFC 6749 §3.3; matrix TOK-08, TOK-09, TOK-10, DEC-07).

use shared_claims::{Scope, ScopeSet};

use crate::error::Reason;
use crate::model::Client;

/// More bytes than any sensible scope parameter; beyond, it is not even split (attack TE-07).
pub const MAX_SCOPE_BYTES: usize = 4096;

/// Makes a request one of OpenID Connect (Core §3.1.2.1).
pub const OPENID: &str = "openid";
/// Tokens that outlive the session (OpenID Connect Core §11).
pub const OFFLINE_ACCESS: &str = "offline_access";

/// Scopes of OpenID Connect that only make sense with a user (matrix CC-04).
pub const USER_SCOPES: [&str; 6] = [
    OPENID,
    OFFLINE_ACCESS,
    "profile",
    "email",
    "address",
    "phone",
];

/// Reads a `scope` parameter.
///
/// # Errors
/// [`Reason::MalformedScope`] for more than [`MAX_SCOPE_BYTES`] or characters outside RFC 6749 §3.3.
pub fn parse(text: &str) -> Result<ScopeSet, Reason> {
    if text.len() > MAX_SCOPE_BYTES {
        return Err(Reason::MalformedScope);
    }
    ScopeSet::parse(text).map_err(|_| Reason::MalformedScope)
}

/// The scope of a direct grant: what was asked for if the client may have all of it, else the
/// client's default. Never silently narrowed.
///
/// # Errors
/// [`Reason::MalformedScope`], [`Reason::ScopeNotAllowed`], [`Reason::NoDefaultScope`].
pub fn judge(requested: Option<&str>, client: &Client) -> Result<ScopeSet, Reason> {
    let Some(text) = requested else {
        if client.default_scopes.is_empty() {
            return Err(Reason::NoDefaultScope);
        }
        return Ok(client.default_scopes.clone());
    };
    let scope = parse(text)?;
    if scope.is_empty() || !scope.is_subset(&client.scopes) {
        return Err(Reason::ScopeNotAllowed);
    }
    Ok(scope)
}

/// What is left today of a scope that was granted before: what the client may still have (attack corpus,
/// rule 3).
///
/// # Errors
/// [`Reason::ScopeNotAllowed`] when nothing is left.
pub fn still_allowed(granted: &ScopeSet, client: &Client) -> Result<ScopeSet, Reason> {
    let left: ScopeSet = granted
        .iter()
        .filter(|word| client.scopes.contains(word.as_str()))
        .cloned()
        .collect();
    if left.is_empty() {
        return Err(Reason::ScopeNotAllowed);
    }
    Ok(left)
}

/// True for the scopes of OpenID Connect, which nobody has to register.
pub fn is_standard(scope: &Scope) -> bool {
    USER_SCOPES.contains(&scope.as_str())
}

/// True when the scope speaks of a user, so that a client alone cannot have it.
pub fn needs_user(scope: &ScopeSet) -> bool {
    scope
        .iter()
        .map(Scope::as_str)
        .any(|word| USER_SCOPES.contains(&word))
}
