//! Changes of families. Each is one conditional update; the number of rows tells who won.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    ExprTrait as _, QueryFilter as _, QuerySelect as _,
};

use super::revoke::unrevoked;
use crate::clock::Instant;
use crate::model::FamilyId;
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
    /// Its place in the status list as it was read. A bit that was set meanwhile moved it.
    pub from_place: Option<i64>,
    /// Its place from now on: the same, or a new one of a newer list.
    pub to_place: i64,
}

/// Spends a generation. False when somebody else did, the family was revoked, or its access tokens were.
pub async fn rotate(txn: &impl ConnectionTrait, rotation: &Rotation) -> Result<bool, StoreError> {
    let changes = family::ActiveModel {
        rotated_at: Set(Some(rotation.at.as_millis())),
        used: Set(false),
        idle_expires_at: Set(rotation.idle_expires_at.as_millis()),
        ..moved(rotation)
    };
    let place = family::Column::StatusIndex;
    let done = unrevoked()
        .set(changes)
        .col_expr(
            family::Column::Generation,
            Expr::col(family::Column::Generation).add(1),
        )
        .filter(family::Column::Id.eq(rotation.id.as_str()))
        .filter(family::Column::Generation.eq(rotation.from_generation))
        .filter(
            rotation
                .from_place
                .map_or_else(|| place.is_null(), |index| place.eq(index)),
        )
        .exec(txn)
        .await?;
    Ok(won(&done))
}

/// What changes when the family takes a new place: tokens with the old one live on until they expire.
fn moved(rotation: &Rotation) -> family::ActiveModel {
    if rotation.from_place == Some(rotation.to_place) {
        return family::ActiveModel::default();
    }
    family::ActiveModel {
        status_index: Set(Some(rotation.to_place)),
        status_index_before: Set(rotation.from_place),
        ..Default::default()
    }
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

/// Gives a family without a place in the status list this one, unless its generation has changed or
/// somebody else was faster.
pub async fn assign_place(
    txn: &impl ConnectionTrait,
    (id, generation): (&FamilyId, u32),
    status_index: i64,
) -> Result<bool, StoreError> {
    let done = unrevoked()
        .set(family::ActiveModel {
            status_index: Set(Some(status_index)),
            ..Default::default()
        })
        .filter(family::Column::Id.eq(id.as_str()))
        .filter(family::Column::Generation.eq(generation))
        .filter(family::Column::StatusIndex.is_null())
        .exec(txn)
        .await?;
    Ok(won(&done))
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
