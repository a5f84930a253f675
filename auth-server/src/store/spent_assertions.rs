//! Client assertions that were used: each is good for one request (matrix PKJ-05; attack TE-08).

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QuerySelect as _,
};

use super::StoreError;
use super::entity::spent_assertion as table;
use crate::clock::Instant;

/// Spends an assertion in one statement.
///
/// # Errors
/// Conflict when somebody was faster: then it is a replay.
pub async fn spend(
    txn: &impl ConnectionTrait,
    id: &str,
    expires_at: Instant,
) -> Result<(), StoreError> {
    let row = table::ActiveModel {
        id: Set(id.to_owned()),
        expires_at: Set(expires_at.as_millis()),
    };
    table::Entity::insert(row)
        .exec_without_returning(txn)
        .await?;
    Ok(())
}

/// Forgets at most `limit` assertions that expired before `before`, and returns how many those were.
pub async fn prune(
    txn: &impl ConnectionTrait,
    before: Instant,
    limit: u64,
) -> Result<u64, StoreError> {
    let ids: Vec<String> = table::Entity::find()
        .select_only()
        .column(table::Column::Id)
        .filter(table::Column::ExpiresAt.lt(before.as_millis()))
        .limit(limit)
        .into_tuple()
        .all(txn)
        .await?;
    let done = table::Entity::delete_many()
        .filter(table::Column::Id.is_in(ids))
        .exec(txn)
        .await?;
    Ok(done.rows_affected)
}
