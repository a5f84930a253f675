//! Keyed requests in the database.

use sea_orm::ActiveValue::Set;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
};

use self::entity::{ActiveModel, Column, Entity};
use super::KEPT_FOR;
use crate::clock::Instant;
use crate::id::Id;
use crate::store::{DatabaseConnection, StoreError};

mod entity;

/// How many expired rows one statement deletes.
const BATCH: u64 = 500;

/// What is remembered of an earlier request.
#[derive(Debug, Clone)]
pub(super) struct Earlier {
    /// Digest of its body.
    pub(super) fingerprint: String,
    /// What it made.
    pub(super) resource_id: Id,
}

/// The earlier request with this key, unless it is forgotten by now.
pub(super) async fn find(
    conn: &impl ConnectionTrait,
    id: &str,
    now: Instant,
) -> Result<Option<Earlier>, StoreError> {
    let live = Column::ExpiresAt.gt(now.as_millis());
    let Some(row) = Entity::find_by_id(id).filter(live).one(conn).await? else {
        return Ok(None);
    };
    let resource_id = Id::parse(&row.resource_id).ok_or(StoreError::Damaged {
        table: "idempotent_request",
        id: row.id,
        column: "resource_id",
    })?;
    Ok(Some(Earlier {
        fingerprint: row.fingerprint,
        resource_id,
    }))
}

/// Keeps a request, in place of a forgotten one with the same key.
///
/// # Errors
/// [`StoreError::Duplicate`] when one with the same key is still remembered.
pub(super) async fn replace_expired(
    conn: &impl ConnectionTrait,
    id: &str,
    request: Earlier,
    now: Instant,
) -> Result<(), StoreError> {
    Entity::delete_many()
        .filter(Column::Id.eq(id))
        .filter(Column::ExpiresAt.lte(now.as_millis()))
        .exec(conn)
        .await?;
    let row = ActiveModel {
        id: Set(id.to_owned()),
        fingerprint: Set(request.fingerprint),
        resource_id: Set(request.resource_id.to_string()),
        expires_at: Set(now.plus(KEPT_FOR).as_millis()),
    };
    Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}

/// Deletes what is forgotten, in small batches so that nobody waits long. Returns how many.
pub async fn prune(db: &DatabaseConnection, now: Instant) -> Result<u64, StoreError> {
    let mut pruned = 0;
    loop {
        let expired: Vec<String> = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::ExpiresAt.lte(now.as_millis()))
            .limit(BATCH)
            .into_tuple()
            .all(db)
            .await?;
        if expired.is_empty() {
            return Ok(pruned);
        }
        let done = Entity::delete_many()
            .filter(Column::Id.is_in(expired))
            .filter(Column::ExpiresAt.lte(now.as_millis()))
            .exec(db)
            .await?;
        pruned += done.rows_affected;
    }
}
