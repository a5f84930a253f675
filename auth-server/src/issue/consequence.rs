//! What a refusal leaves behind, written in one place (design §4 rule 2).

use crate::audit::{self, Outcome};
use crate::context::RequestContext;
use crate::error::{Consequence, Reason, TokenError};
use crate::store::families;

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
        Consequence::RevokeFamily(id) => {
            let mut event = ctx.event("family.revoke");
            event.outcome = Outcome::Done;
            event.reason = Some(reason.as_str());
            event.detail = serde_json::json!({ "family": id.as_str() });
            let (id, at, row) = (id.clone(), ctx.now, event.clone());
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
            }
            Ok(())
        }
    }
}
