//! Spending the claim: sign first, then one short transaction with one conditional update.

use std::time::Duration;

use shared_claims::{ACCESS_TOKEN_TYP, AccessTokenClaims};

use super::family::{begin, rotate, seal};
use super::{Approval, Claim, Subject, Tokens, access_token, id_token, place};
use crate::audit::Event;
use crate::context::RequestContext;
use crate::error::{Reason, TokenError};
use crate::secret::Secret;

/// Web servers read header lines of 8 KiB: what is larger reaches no resource (matrix AT-08, AT-23).
/// The rest of the line is for `Authorization: Bearer`.
const MAX_TOKEN_BYTES: usize = 8 * 1024 - 64;

/// Turns an approval into tokens.
///
/// # Errors
/// A refusal when the claim was spent by somebody else meanwhile; a fault when it could not be
/// written. No token leaves in either case.
pub async fn issue(ctx: &RequestContext, approval: Approval) -> Result<Tokens, TokenError> {
    let place = place::choose(ctx, &approval).await?;
    let mut signed = sign(ctx, &approval, place).await?;
    let event = issued(ctx, &approval, &signed.claims);
    let refresh_token = match (&approval.claim, &approval.subject) {
        (
            Claim::Begin | Claim::Redeem { .. },
            Subject::User {
                id, authentication, ..
            },
        ) => begin(ctx, &approval, (id, authentication, place), &event).await?,
        (Claim::Rotate { family }, _) => {
            let (refresh_token, settled) =
                rotate(ctx, &approval.client, (family, place), &event).await?;
            if settled != place {
                signed = sign(ctx, &approval, settled).await?;
            }
            Some(refresh_token)
        }
        (Claim::Repeat { family }, _) => Some(seal(ctx, &family.id, family.generation)?),
        (Claim::Nothing | Claim::Begin | Claim::Redeem { .. }, _) => None,
    };
    event.log();
    metrics::counter!("tokens_issued_total", "grant" => approval.grant.as_str()).increment(1);
    Ok(Tokens {
        access_token: signed.access_token,
        expires_in: signed.expires_in,
        scope: approval.scope,
        refresh_token,
        id_token: signed.id_token,
    })
}

/// What is signed before anything is written.
struct Signed {
    claims: AccessTokenClaims,
    access_token: Secret,
    expires_in: Duration,
    id_token: Option<Secret>,
}

async fn sign(ctx: &RequestContext, approval: &Approval, place: i64) -> Result<Signed, TokenError> {
    let (claims, expires_in) = access_token::mint(ctx, approval, place)?;
    // RFC 8725 §3.1: the key decides the algorithm, and the header says which key.
    let access_token = ctx
        .state
        .keys
        .signer(approval.client.token_alg)?
        .sign(ACCESS_TOKEN_TYP, &claims)
        .map(Secret::new)?;
    // Nothing of it is left out instead: a token with half of the roles would be another token.
    if access_token.expose().len() > MAX_TOKEN_BYTES {
        return Err(Reason::OversizedToken.into());
    }
    let id_token = id_token::mint(ctx, approval, &access_token).await?;
    Ok(Signed {
        claims,
        access_token,
        expires_in,
        id_token,
    })
}

/// Client, grant, subject, scope and `jti`: everything about the token but the token (matrix TOK-14).
fn issued(ctx: &RequestContext, approval: &Approval, claims: &AccessTokenClaims) -> Event {
    Event {
        client_id: Some(claims.client_id.clone()),
        user_id: match &approval.subject {
            Subject::Client => None,
            Subject::User { id, .. } => Some(id.as_str().to_owned()),
        },
        detail: serde_json::json!({
            "grant": approval.grant.as_str(),
            "scope": claims.scope,
            "jti": claims.jti,
            "sid": claims.sid,
        }),
        ..ctx.event("token.issue")
    }
}
