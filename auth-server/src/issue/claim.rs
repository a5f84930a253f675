//! Spending the claim: sign first, then one short transaction with one conditional update.

use shared_claims::ACCESS_TOKEN_TYP;

use super::family::{begin, rotate, seal};
use super::{Approval, Claim, Subject, Tokens, access_token, id_token};
use crate::audit::Event;
use crate::context::RequestContext;
use crate::error::TokenError;
use crate::secret::Secret;

/// Turns an approval into tokens.
///
/// # Errors
/// A refusal when the claim was spent by somebody else meanwhile; a fault when it could not be
/// written. No token leaves in either case.
pub async fn issue(ctx: &RequestContext, approval: Approval) -> Result<Tokens, TokenError> {
    let (claims, expires_in) = access_token::mint(ctx, &approval)?;
    // RFC 8725 §3.1: the key decides the algorithm, and the header says which key.
    let access_token = ctx
        .state
        .keys
        .signer(approval.client.token_alg)?
        .sign(ACCESS_TOKEN_TYP, &claims)
        .map(Secret::new)?;
    let id_token = id_token::mint(ctx, &approval, &access_token).await?;
    let event = issued(ctx, &approval, &claims);
    let refresh_token = match (&approval.claim, &approval.subject) {
        (
            Claim::Begin | Claim::Redeem { .. },
            Subject::User {
                id, authentication, ..
            },
        ) => begin(ctx, &approval, (id, authentication), &event).await?,
        (Claim::Rotate { family }, _) => Some(rotate(ctx, &approval.client, family, &event).await?),
        (Claim::Repeat { family }, _) => Some(seal(ctx, &family.id, family.generation)?),
        (Claim::Nothing | Claim::Begin | Claim::Redeem { .. }, _) => None,
    };
    event.log();
    metrics::counter!("tokens_issued_total", "grant" => approval.grant.as_str()).increment(1);
    Ok(Tokens {
        access_token,
        expires_in,
        scope: approval.scope,
        refresh_token,
        id_token,
    })
}

/// Client, grant, subject, scope and `jti`: everything about the token but the token (matrix TOK-14).
fn issued(
    ctx: &RequestContext,
    approval: &Approval,
    claims: &shared_claims::AccessTokenClaims,
) -> Event {
    Event {
        client_id: Some(claims.client_id.clone()),
        user_id: (!claims.is_client()).then(|| claims.sub.clone()),
        detail: serde_json::json!({
            "grant": approval.grant.as_str(),
            "scope": claims.scope,
            "jti": claims.jti,
            "sid": claims.sid,
        }),
        ..ctx.event("token.issue")
    }
}
