//! The end of families, and of their access tokens: each revocation sets the bits of the status list
//! in its own transaction, so that no one can have the one without the other (design §5).
//!
//! To *revoke* ends a family for good. To *reindex* ends its access tokens only: the place in the list
//! is given up with its bit set, and the next refresh takes a new one with rights read anew.

use sea_orm::sea_query::{Expr, IntoIden, LikeExpr, Query, SelectStatement};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    QueryFilter as _, UpdateMany,
};

use crate::clock::Instant;
use crate::model::{ClientId, FamilyId, SessionId, UserId};
use crate::store::entity::family;
use crate::store::{StoreError, status};

/// Revokes the family. False when there is none, or it was revoked before: the first reason stays.
pub async fn revoke(
    txn: &impl ConnectionTrait,
    id: &FamilyId,
    at: Instant,
    reason: &str,
) -> Result<bool, StoreError> {
    let which = family::Column::Id.eq(id.as_str());
    Ok(revoke_where(txn, which.into(), at, reason).await? == 1)
}

/// Revokes what the user authorized, and returns how many families that ended.
pub async fn revoke_all_for_user(
    txn: &impl ConnectionTrait,
    user: &UserId,
    at: Instant,
    reason: &str,
) -> Result<u64, StoreError> {
    let which = family::Column::UserId.eq(user.as_str());
    revoke_where(txn, which.into(), at, reason).await
}

/// Revokes what the client holds, and returns how many families that ended.
pub async fn revoke_all_for_client(
    txn: &impl ConnectionTrait,
    client: &ClientId,
    at: Instant,
    reason: &str,
) -> Result<u64, StoreError> {
    let which = family::Column::ClientId.eq(client.as_str());
    revoke_where(txn, which.into(), at, reason).await
}

/// Revokes what the user authorized for one client, and returns how many families that ended.
pub async fn revoke_all_for_consent(
    txn: &impl ConnectionTrait,
    (user, client): (&UserId, &ClientId),
    at: Instant,
    reason: &str,
) -> Result<u64, StoreError> {
    let which = Condition::all()
        .add(family::Column::UserId.eq(user.as_str()))
        .add(family::Column::ClientId.eq(client.as_str()));
    revoke_where(txn, which, at, reason).await
}

/// What of a session ends with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfSession {
    /// Everything that was authorized in it.
    Everything,
    /// All but what was granted `offline_access`, which outlives a logout (OpenID Connect Core §11;
    /// matrix OC-73).
    AllButOffline,
}

/// Revokes what was authorized in a browser session, and returns how many families that ended.
pub async fn revoke_all_for_session(
    txn: &impl ConnectionTrait,
    (session, what): (&SessionId, OfSession),
    at: Instant,
    reason: &str,
) -> Result<u64, StoreError> {
    let mut which = Condition::all().add(family::Column::SessionId.eq(session.as_str()));
    if what == OfSession::AllButOffline {
        which = which.add(holds_scope("offline!_access").not());
    }
    revoke_where(txn, which, at, reason).await
}

/// Ends the access tokens of one family. False when there is none, or it has no place in a list.
pub async fn reindex(
    txn: &impl ConnectionTrait,
    id: &FamilyId,
    at: Instant,
) -> Result<bool, StoreError> {
    let which = family::Column::Id.eq(id.as_str());
    Ok(reindex_where(txn, which.into(), at).await? == 1)
}

/// Ends the access tokens of the user, and returns how many families had any.
pub async fn reindex_all_for_user(
    txn: &impl ConnectionTrait,
    user: &UserId,
    at: Instant,
) -> Result<u64, StoreError> {
    let which = family::Column::UserId.eq(user.as_str());
    reindex_where(txn, which.into(), at).await
}

/// Ends the access tokens that users gave the client, and returns how many families had any.
pub async fn reindex_all_for_client(
    txn: &impl ConnectionTrait,
    client: &ClientId,
    at: Instant,
) -> Result<u64, StoreError> {
    let which = family::Column::ClientId.eq(client.as_str());
    reindex_where(txn, which.into(), at).await
}

/// Families first, then the number of the change: whoever revokes locks in this order.
async fn revoke_where(
    txn: &impl ConnectionTrait,
    which: Condition,
    at: Instant,
    reason: &str,
) -> Result<u64, StoreError> {
    let changes = family::ActiveModel {
        revoked_at: Set(Some(at.as_millis())),
        revoked_reason: Set(Some(reason.to_owned())),
        ..Default::default()
    };
    let done = unrevoked()
        .set(changes)
        .filter(which.clone())
        .exec(txn)
        .await?;
    if done.rows_affected > 0 {
        // One more that was revoked in the same millisecond before only has its bit set again.
        let just_now = which.add(family::Column::RevokedAt.eq(at.as_millis()));
        status::revoke_families(txn, |column| places(column, just_now.clone()), at).await?;
    }
    Ok(done.rows_affected)
}

async fn reindex_where(
    txn: &impl ConnectionTrait,
    which: Condition,
    at: Instant,
) -> Result<u64, StoreError> {
    let which = which
        .add(family::Column::RevokedAt.is_null())
        .add(family::Column::StatusIndex.is_not_null());
    // Nothing changes yet, but the rows are ours: no refresh takes a new place between the two.
    let locked = family::Entity::update_many()
        .col_expr(family::Column::Used, Expr::col(family::Column::Used))
        .filter(which.clone())
        .exec(txn)
        .await?;
    if locked.rows_affected > 0 {
        status::revoke_families(txn, |column| places(column, which.clone()), at).await?;
        let without_place = family::ActiveModel {
            status_index: Set(None),
            status_index_before: Set(None),
            ..Default::default()
        };
        family::Entity::update_many()
            .set(without_place)
            .filter(which)
            .exec(txn)
            .await?;
    }
    Ok(locked.rows_affected)
}

/// The places of these families in the lists: their present ones, or those before.
fn places(place: status::Place, which: Condition) -> SelectStatement {
    let column = match place {
        status::Place::Present => family::Column::StatusIndex,
        status::Place::Before => family::Column::StatusIndexBefore,
    };
    let mut select = Query::select();
    select
        .expr_as(Expr::col(column), "first".into_iden())
        .from(family::Entity)
        .cond_where(which.add(column.is_not_null()));
    select
}

/// `word`, with `!` before every `_`, is one of the space-separated words of the scope.
fn holds_scope(word: &str) -> Condition {
    let like = |pattern: String| family::Column::Scope.like(LikeExpr::new(pattern).escape('!'));
    Condition::any()
        .add(like(word.to_owned()))
        .add(like(format!("{word} %")))
        .add(like(format!("% {word}")))
        .add(like(format!("% {word} %")))
}

pub(super) fn unrevoked() -> UpdateMany<family::Entity> {
    family::Entity::update_many().filter(family::Column::RevokedAt.is_null())
}
