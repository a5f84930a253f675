//! Minting access tokens (RFC 9068 §2; matrix AT-01 to AT-13). Pure: no signature, no IO.

use std::time::Duration;

use shared_claims::{AccessTokenClaims, Audience, NumericDate};

use super::{Approval, Subject, subject};
use crate::context::RequestContext;
use crate::error::{Reason, TokenError};

/// Claims and lifetime of the token that an approval earns. `place` is its bit in the status lists.
///
/// # Errors
/// [`Reason::NoAudience`] when the client has no resource it could speak to (RFC 9068 §3); a fault when
/// no subject can be made.
pub(super) fn mint(
    ctx: &RequestContext,
    approval: &Approval,
    place: i64,
) -> Result<(AccessTokenClaims, Duration), TokenError> {
    let settings = ctx.settings();
    let ttl = approval
        .client
        .access_ttl
        .unwrap_or(settings.tokens.access_ttl);
    let aud = match approval.audiences.as_slice() {
        // Good for nothing but our own userinfo endpoint (matrix UI-09, AT-12).
        [] if approval.scope.contains("openid") => Audience::one(settings.issuer.as_str()),
        [] => return Err(Reason::NoAudience.into()),
        [one] => Audience::one(one.as_str()),
        many => Audience::try_from(many.to_vec()).map_err(|_| Reason::NoAudience)?,
    };
    let issued_at = ctx.now.as_seconds();
    let lifetime = i64::try_from(ttl.as_secs()).unwrap_or(i64::MAX);
    let (sub, roles, authentication) = match &approval.subject {
        Subject::Client => {
            let client = &approval.client;
            (client.id.as_str().to_owned(), &client.roles, None)
        }
        Subject::User {
            id,
            roles,
            authentication,
        } => {
            let key = ctx.state.keys.pairwise_key();
            let (issuer, audiences) = (settings.issuer.as_str(), &approval.audiences);
            let sub = subject::in_access_token(key, issuer, &approval.client, audiences, id)?;
            (sub, roles, Some(authentication))
        }
    };
    let claims = AccessTokenClaims {
        iss: settings.issuer.as_str().to_owned(),
        sub,
        aud,
        client_id: approval.client.id.as_str().to_owned(),
        iat: NumericDate::from_seconds(issued_at),
        exp: NumericDate::from_seconds(issued_at.saturating_add(lifetime)),
        jti: ctx.random().text::<16>(),
        scope: approval.scope.clone(),
        roles: roles.iter().cloned().collect(),
        auth_time: authentication.map(|auth| NumericDate::from_seconds(auth.at.as_seconds())),
        sid: authentication.map(|auth| auth.sid.as_str().to_owned()),
        amr: authentication.map(|auth| auth.amr.clone()),
        acr: authentication.and_then(|auth| auth.acr.clone()),
        status: Some(ctx.state.revocation.claim(place)),
    };
    Ok((claims, ttl))
}
