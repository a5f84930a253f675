//! Forgetting old rows in small batches, so that no transaction is long.

use sea_orm::sea_query::Value;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter as _, QuerySelect as _, TryGetable,
};

use super::StoreError;
use crate::clock::Instant;

/// Deletes at most `limit` rows whose `time` lies before `before`, and returns how many those were. `key`
/// is the primary key, of the type `K`. (`DELETE … LIMIT` is not the same on the engines.)
pub(super) async fn delete_before<E, K>(
    txn: &impl ConnectionTrait,
    (key, time): (E::Column, E::Column),
    before: Instant,
    limit: u64,
) -> Result<u64, StoreError>
where
    E: EntityTrait,
    E::Column: ColumnTrait,
    K: TryGetable + Into<Value>,
{
    let keys: Vec<K> = E::find()
        .select_only()
        .column(key)
        .filter(time.lt(before.as_millis()))
        .limit(limit)
        .into_tuple()
        .all(txn)
        .await?;
    let done = E::delete_many().filter(key.is_in(keys)).exec(txn).await?;
    Ok(done.rows_affected)
}
