//! Client assertions that were used: each is good for one request (matrix PKJ-05; attack TE-08).

use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait as _};

use super::StoreError;
use super::entity::spent_assertion as table;
use super::prune::delete_before;
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
    let columns = (table::Column::Id, table::Column::ExpiresAt);
    delete_before::<table::Entity, String>(txn, columns, before, limit).await
}
