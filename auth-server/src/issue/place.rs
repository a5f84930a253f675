//! Which bit of a status list a token hangs on (docs/decisions/0010): chosen before it is signed,
//! remembered by its family in the same transaction that lets it leave.

use super::{Approval, Claim};
use crate::context::RequestContext;
use crate::error::{Fault, TokenError};
use crate::model::Family;
use crate::store::families;

const DOING: &str = "issuing while the rights of the session changed";

/// The place of the token that an approval earns.
pub(super) async fn choose(ctx: &RequestContext, approval: &Approval) -> Result<i64, TokenError> {
    let revocation = &ctx.state.revocation;
    match &approval.claim {
        Claim::Nothing => Ok(revocation
            .place_of_client(&approval.client.id, ctx.now)
            .await?),
        Claim::Begin | Claim::Redeem { .. } => {
            Ok(revocation.place_of_family(None, ctx.now).await?)
        }
        Claim::Rotate { family } => Ok(revocation
            .place_of_family(family.status_index, ctx.now)
            .await?),
        Claim::Repeat { family } => match family.status_index {
            Some(index) => Ok(index),
            None => assign(ctx, family).await,
        },
    }
}

/// The place that another refresh of the same generation gave the family, for the one that lost.
///
/// # Errors
/// Overloaded when it is not the successor of what the loser read: then a bit was set meanwhile, and
/// what the loser has read of the user may be older than that. The next try reads anew.
pub(super) fn of_winner(read: &Family, now_stored: &Family) -> Result<i64, Fault> {
    let is_kept = now_stored.status_index == read.status_index;
    let is_moved = now_stored.status_index_before == read.status_index;
    now_stored
        .status_index
        .filter(|_| is_kept || is_moved)
        .ok_or_else(|| Fault::overloaded(DOING))
}

/// A new place for a family whose access tokens were revoked since its last refresh.
async fn assign(ctx: &RequestContext, family: &Family) -> Result<i64, TokenError> {
    let index = ctx.state.revocation.place_of_family(None, ctx.now).await?;
    let (id, generation) = (family.id.clone(), family.generation);
    let is_ours = ctx
        .store()
        .write(async move |txn| families::assign_place(txn, (&id, generation), index).await)
        .await?;
    if is_ours {
        Ok(index)
    } else {
        Err(Fault::overloaded(DOING).into())
    }
}
