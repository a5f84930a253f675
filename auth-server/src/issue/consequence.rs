//! What a refusal leaves behind, written in one place (design §4 rule 2).

use crate::audit::{self, Outcome};
use crate::context::RequestContext;
use crate::error::{Consequence, Reason, TokenError};
use crate::model::FamilyId;
use crate::store::{authorization_codes, families};

/// Carries out a consequence. The refusal that asked for it is answered afterwards, so an
/// acknowledged replay is a dead family (RFC 9700 §4.14.2).
///
/// # Errors
/// When it cannot be written.
pub async fn carry_out(
    ctx: &RequestContext,
    consequence: &Consequence,
    reason: Reason,
) -> Result<(), TokenError> {
    match consequence {
        Consequence::RevokeFamily(id) => revoke_family(ctx, id.clone(), reason).await,
        Consequence::SpendCode(code) => spend_code(ctx, code.clone(), reason).await,
    }
}

async fn revoke_family(
    ctx: &RequestContext,
    id: FamilyId,
    reason: Reason,
) -> Result<(), TokenError> {
    let mut event = ctx.event("family.revoke");
    event.outcome = Outcome::Done;
    event.reason = Some(reason.as_str());
    event.detail = serde_json::json!({ "family": id.as_str() });
    let (at, row) = (ctx.now, event.clone());
    let is_ours = ctx
        .store()
        .write(async move |txn| {
            let is_ours = families::revoke(txn, &id, at, reason.as_str()).await?;
            if is_ours {
                audit::record(txn, &row).await?;
            }
            Ok(is_ours)
        })
        .await?;
    if is_ours {
        event.log();
        ctx.state.revocation.catch_up().await;
    }
    Ok(())
}

/// Whoever holds the code as well will not redeem it (matrix AC-10).
async fn spend_code(ctx: &RequestContext, code: String, reason: Reason) -> Result<(), TokenError> {
    let mut event = ctx.event("code.spend");
    event.outcome = Outcome::Done;
    event.reason = Some(reason.as_str());
    let (at, row) = (ctx.now, event.clone());
    let is_ours = ctx
        .store()
        .write(async move |txn| {
            let is_ours = authorization_codes::spend(txn, &code, None, at).await?;
            if is_ours {
                audit::record(txn, &row).await?;
            }
            Ok(is_ours)
        })
        .await?;
    if is_ours {
        event.log();
    }
    Ok(())
}
