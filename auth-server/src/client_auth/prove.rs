//! From a word to a client: look it up, compare in constant time, count what fails
//! (matrix CA-06 to CA-10, CA-17, CA-18, CA-20; attacks TE-04, TE-05).

use std::sync::Arc;

use super::{Presented, assertion};
use crate::clock::Instant;
use crate::context::RequestContext;
use crate::error::{Reason, TokenError};
use crate::model::{AuthMethod, Client};
use crate::secret::{Secret, SecretDigest};

/// The client, proven. Failures cost the same and look the same whatever their cause.
///
/// # Errors
/// 401 `invalid_client` reasons; [`Reason::ClientThrottled`] (429) after too many of them.
pub async fn authenticate(
    ctx: &RequestContext,
    presented: Presented,
) -> Result<Arc<Client>, TokenError> {
    let throttle = &ctx.state.client_throttle;
    throttle.admit(&presented.client_id, ctx.peer, ctx.now)?;
    // Hashed before anything is known about the client (matrix CA-09).
    let digest = presented.secret.as_ref().map(Secret::digest);
    let found = ctx.directory().find_client(&presented.client_id).await?;
    let proof = match found {
        Some(client) => prove(&client, presented.method, digest, ctx.now).map(|()| client),
        None => Err(Reason::UnknownClient),
    };
    if proof
        .as_ref()
        .is_err_and(|reason| *reason != Reason::UnknownClient)
    {
        ctx.directory().find_nobody().await;
    }
    let proof = match (proof, &presented.secret) {
        (Ok(client), Some(signed)) if presented.method == AuthMethod::PrivateKeyJwt => {
            let proven = assertion::prove(ctx, &client, signed).await;
            proven.map(|()| client)
        }
        (proof, _) => proof.map_err(TokenError::from),
    };
    proof.map_err(|error| {
        let counted = match error {
            TokenError::Refused(_) => {
                throttle.count_failure(&presented.client_id, ctx.peer, ctx.now)
            }
            TokenError::Fault(_) => Ok(()),
        };
        let error = counted.map_or_else(TokenError::from, |()| error);
        error.from_client(&presented.client_id)
    })
}

/// Secrets are compared here; of an assertion only whether the client may send one.
fn prove(
    client: &Client,
    method: AuthMethod,
    digest: Option<SecretDigest>,
    now: Instant,
) -> Result<(), Reason> {
    // Every secret is compared, whichever matches: one round for each.
    let (mut live, mut expired) = (false, false);
    for secret in &client.secrets {
        let is_match = digest.as_ref() == Some(&secret.digest);
        let is_live = secret.expires_at.is_none_or(|end| end > now);
        if is_match && is_live {
            live = true;
        } else if is_match {
            expired = true;
        }
    }
    match (client.auth_method, method) {
        (AuthMethod::None, AuthMethod::None)
        | (AuthMethod::PrivateKeyJwt, AuthMethod::PrivateKeyJwt) => {}
        (AuthMethod::None, _) => return Err(Reason::SecretFromPublicClient),
        (_, AuthMethod::None) => return Err(Reason::NoClient),
        (AuthMethod::PrivateKeyJwt, _) | (_, AuthMethod::PrivateKeyJwt) => {
            return Err(Reason::WrongAuthMethod);
        }
        _ if expired => return Err(Reason::ExpiredClientSecret),
        _ if !live => return Err(Reason::WrongClientSecret),
        (registered, used) if registered != used && registered != AuthMethod::AnySecret => {
            return Err(Reason::WrongAuthMethod);
        }
        _ => {}
    }
    if client.disabled_at.is_some() {
        return Err(Reason::DisabledClient);
    }
    Ok(())
}
