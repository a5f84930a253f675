//! The challenge of RFC 7636 §4.3 (matrix PK-01 to PK-06). `plain` is not offered.

use oxide_auth::code_grant::extensions::Pkce;

use crate::error::{Reason, Refusal};
use crate::model::Client;
use crate::protocol::form::AuthorizationForm;

/// SHA-256 in base64url without padding.
const CHALLENGE_CHARS: usize = 43;

/// The S256 challenge; `None` for a client that may do without and does.
///
/// # Errors
/// [`Reason::MissingChallenge`], [`Reason::UnknownChallengeMethod`], [`Reason::MalformedChallenge`].
pub(super) fn challenge(
    form: &AuthorizationForm,
    client: &Client,
) -> Result<Option<String>, Refusal> {
    let method = form.find("code_challenge_method");
    let Some(challenge) = form.find("code_challenge") else {
        // A method without a challenge is half a request: somebody took the other half away.
        if must_use_pkce(client) || method.is_some() {
            return Err(Refusal::from(Reason::MissingChallenge)
                .with_hint("code_challenge is missing (PKCE)."));
        }
        return Ok(None);
    };
    if method != Some("S256") {
        let hint = if method == Some("plain") {
            "code_challenge_method plain is not supported; use S256."
        } else {
            "code_challenge_method must be S256."
        };
        return Err(Refusal::from(Reason::UnknownChallengeMethod).with_hint(hint));
    }
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if challenge.len() != CHALLENGE_CHARS || !challenge.bytes().all(is_base64url) {
        return Err(Refusal::from(Reason::MalformedChallenge)
            .with_hint("code_challenge must be 43 characters of base64url."));
    }
    // The machine's own opinion; it knows less and must not disagree.
    Pkce::required()
        .challenge(method.map(Into::into), Some(challenge.into()))
        .map_err(|()| Reason::MalformedChallenge)?;
    Ok(Some(challenge.to_owned()))
}

/// Always for public clients (RFC 9700 §2.1.1); for confidential ones unless their registration says
/// otherwise (matrix DEC-02).
fn must_use_pkce(client: &Client) -> bool {
    client.is_public() || client.require_pkce
}
