//! Where an answer may go: the one decision before which nothing is sent anywhere
//! (RFC 6749 §3.1.2, RFC 9700 §4.1.3, §4.11.2; matrix AZ-03 to AZ-05, AZ-13).

use crate::error::Reason;
use crate::model::{Client, ResponseMode, ReturnAddress};
use crate::protocol::form::AuthorizationForm;
use crate::protocol::scope;

/// Why there is nowhere to send an answer to. Shown to the user, never sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misdirected {
    /// It is needed, and is not there.
    Missing,
    /// It came more than once.
    Repeated,
    /// It is no absolute URI, or has a fragment.
    Malformed,
    /// It is not one of the client's.
    NotRegistered,
}

impl Misdirected {
    /// The label in the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing_redirect_uri",
            Self::Repeated => "repeated_redirect_uri",
            Self::Malformed => "malformed_redirect_uri",
            Self::NotRegistered => "unregistered_redirect_uri",
        }
    }
}

impl From<Misdirected> for Reason {
    fn from(_: Misdirected) -> Self {
        Self::ForeignRedirectUri
    }
}

/// Where the answer goes.
///
/// # Errors
/// When that cannot be said for certain.
pub fn address(form: &AuthorizationForm, client: &Client) -> Result<ReturnAddress, Misdirected> {
    if form.is_repeated("redirect_uri") {
        return Err(Misdirected::Repeated);
    }
    let redirect_uri = match form.find("redirect_uri") {
        Some(given) if client.find_redirect_uri(given).is_some() => given,
        Some(given) if url::Url::parse(given).is_err() || given.contains('#') => {
            return Err(Misdirected::Malformed);
        }
        Some(_) => return Err(Misdirected::NotRegistered),
        None => only_one(form, client)?,
    };
    Ok(ReturnAddress {
        redirect_uri: redirect_uri.to_owned(),
        was_sent: form.find("redirect_uri").is_some(),
        // An unknown mode is refused later, in the default mode (matrix RM-06).
        mode: form
            .find("response_mode")
            .and_then(ResponseMode::parse)
            .unwrap_or_default(),
        state: form.find("state").map(str::to_owned),
    })
}

/// The client's only redirect URI. OpenID Connect Core §3.1.2.1 wants it sent in any case.
fn only_one<'a>(form: &AuthorizationForm, client: &'a Client) -> Result<&'a str, Misdirected> {
    let is_openid = form
        .find("scope")
        .is_some_and(|scope| scope.split(' ').any(|word| word == scope::OPENID));
    match client.redirect_uris.as_slice() {
        [one] if !is_openid => Ok(one),
        _ => Err(Misdirected::Missing),
    }
}
