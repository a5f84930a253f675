//! Changes of families. Each is one conditional update; the number of rows tells who won.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    ExprTrait as _, QueryFilter as _, QuerySelect as _, UpdateMany,
};

use crate::clock::Instant;
use crate::model::{ClientId, FamilyId, UserId};
use crate::store::StoreError;
use crate::store::entity::family;
use crate::store::row::won;

/// One refresh.
#[derive(Debug, Clone)]
pub struct Rotation {
    /// Which family.
    pub id: FamilyId,
    /// The generation that is spent; the next one is handed out.
    pub from_generation: u32,
    /// Now.
    pub at: Instant,
    /// The new end unless used before.
    pub idle_expires_at: Instant,
}

/// Spends a generation. False when somebody else did, or the family was revoked or has ended.
pub async fn rotate(txn: &impl ConnectionTrait, rotation: &Rotation) -> Result<bool, StoreError> {
    let changes = family::ActiveModel {
        rotated_at: Set(Some(rotation.at.as_millis())),
        used: Set(false),
        idle_expires_at: Set(rotation.idle_expires_at.as_millis()),
        ..Default::default()
    };
    let done = unrevoked()
        .set(changes)
        .col_expr(
            family::Column::Generation,
            Expr::col(family::Column::Generation).add(1),
        )
        .filter(family::Column::Id.eq(rotation.id.as_str()))
        .filter(family::Column::Generation.eq(rotation.from_generation))
        .exec(txn)
        .await?;
    Ok(won(&done))
}

/// Notes that a token of the newest generation was presented. False when it is not the newest.
pub async fn mark_used(
    txn: &impl ConnectionTrait,
    id: &FamilyId,
    generation: u32,
) -> Result<bool, StoreError> {
    let done = unrevoked()
        .set(family::ActiveModel {
            used: Set(true),
            ..Default::default()
        })
        .filter(family::Column::Id.eq(id.as_str()))
        .filter(family::Column::Generation.eq(generation))
        .exec(txn)
        .await?;
    Ok(won(&done))
}

/// Revokes the family. False when there is none, or it was revoked before: the first reason stays.
pub async fn revoke(
    txn: &impl ConnectionTrait,
    id: &FamilyId,
    at: Instant,
    reason: &str,
) -> Result<bool, StoreError> {
    let which = family::Column::Id.eq(id.as_str());
    Ok(revoke_where(txn, which, at, reason).await? == 1)
}

/// Revokes what the user authorized, and returns how many families that ended.
pub async fn revoke_all_for_user(
    txn: &impl ConnectionTrait,
    user: &UserId,
    at: Instant,
    reason: &str,
) -> Result<u64, StoreError> {
    revoke_where(txn, family::Column::UserId.eq(user.as_str()), at, reason).await
}

/// Revokes what the client holds, and returns how many families that ended.
pub async fn revoke_all_for_client(
    txn: &impl ConnectionTrait,
    client: &ClientId,
    at: Instant,
    reason: &str,
) -> Result<u64, StoreError> {
    revoke_where(
        txn,
        family::Column::ClientId.eq(client.as_str()),
        at,
        reason,
    )
    .await
}

/// Forgets at most `limit` families that ended before `before`, and returns how many those were.
/// Call again until it returns less than `limit`: no transaction is long.
pub async fn prune_expired(
    txn: &impl ConnectionTrait,
    before: Instant,
    limit: u64,
) -> Result<u64, StoreError> {
    let ended = || {
        Condition::any()
            .add(family::Column::ExpiresAt.lt(before.as_millis()))
            .add(family::Column::IdleExpiresAt.lt(before.as_millis()))
    };
    let ids: Vec<String> = family::Entity::find()
        .select_only()
        .column(family::Column::Id)
        .filter(ended())
        .limit(limit)
        .into_tuple()
        .all(txn)
        .await?;
    let done = family::Entity::delete_many()
        .filter(family::Column::Id.is_in(ids))
        // One that was refreshed in between lives on.
        .filter(ended())
        .exec(txn)
        .await?;
    Ok(done.rows_affected)
}

fn unrevoked() -> UpdateMany<family::Entity> {
    family::Entity::update_many().filter(family::Column::RevokedAt.is_null())
}

async fn revoke_where(
    txn: &impl ConnectionTrait,
    which: Expr,
    at: Instant,
    reason: &str,
) -> Result<u64, StoreError> {
    let changes = family::ActiveModel {
        revoked_at: Set(Some(at.as_millis())),
        revoked_reason: Set(Some(reason.to_owned())),
        ..Default::default()
    };
    Ok(unrevoked()
        .set(changes)
        .filter(which)
        .exec(txn)
        .await?
        .rows_affected)
}
