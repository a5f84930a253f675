//! The redemption of a code as a judgement (RFC 6749 §4.1.3, RFC 7636 §4.6; matrix AC-*, PK-07 to PK-10,
//! DEC-06).

use crate::clock::Instant;
use crate::error::{Consequence, Reason, Refusal, TokenError};
use crate::model::{AuthorizationCode, Client};

mod machine;
mod verifier;

#[cfg(test)]
mod tests;

/// What came with the code.
#[derive(Debug, Clone, Copy)]
pub struct Presented<'a> {
    /// The `redirect_uri` parameter.
    pub redirect_uri: Option<&'a str>,
    /// The `code_verifier` parameter.
    pub verifier: Option<&'a str>,
}

/// Decides on a code that exists.
///
/// The order matters: a code that is another client's is left alone; a wrong verifier spends it
/// (matrix AC-10); a spent one that comes with everything right is a replay, and what it gave dies
/// (AC-05); with anything wrong it proves nothing, and nothing dies (AC-06).
///
/// # Errors
/// `invalid_grant`; `invalid_request` for a verifier without a challenge (PK-09).
pub fn judge(
    client: &Client,
    code: &AuthorizationCode,
    presented: Presented<'_>,
    now: Instant,
) -> Result<(), TokenError> {
    let about = |reason: Reason| Refusal::from(reason).about(code.user_id.clone());
    if code.client_id != client.id {
        return Err(about(Reason::ForeignCode).into());
    }
    if let Err(reason) = matches_request(client, code, presented) {
        let refusal = about(reason);
        if code.spent_at.is_some() {
            return Err(about(Reason::SpentCode).into());
        }
        return Err(match reason {
            Reason::WrongVerifier => {
                refusal.with_consequence(Consequence::SpendCode(code.id.clone()))
            }
            _ => refusal,
        }
        .into());
    }
    if code.spent_at.is_some() {
        return Err(replayed(code).into());
    }
    if code.expires_at <= now {
        return Err(about(Reason::ExpiredCode).into());
    }
    machine::drive(client, code)
}

/// The refusal of a spent code that came back with everything else right. What it gave dies with it.
pub fn replayed(code: &AuthorizationCode) -> Refusal {
    let refusal = Refusal::from(Reason::ReplayedCode).about(code.user_id.clone());
    match &code.family_id {
        Some(family) => refusal.with_consequence(Consequence::RevokeFamily(family.clone())),
        None => refusal,
    }
}

fn matches_request(
    client: &Client,
    code: &AuthorizationCode,
    presented: Presented<'_>,
) -> Result<(), Reason> {
    verifier::judge(code.code_challenge.as_deref(), presented.verifier)?;
    match (presented.redirect_uri, code.redirect_uri.as_deref()) {
        (Some(given), Some(asked)) if given == asked => Ok(()),
        // The request named none: its only one was used, and there is nothing to repeat.
        (None, None) => Ok(()),
        (Some(given), None) if client.redirect_uris == [given] => Ok(()),
        // The challenge binds the code to the client's own request (DEC-06).
        (None, Some(_)) if code.code_challenge.is_some() => Ok(()),
        _ => Err(Reason::WrongRedirectUri),
    }
}
