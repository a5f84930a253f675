//! Blocks are reserved ahead by one compare-and-swap of the counter, so that a login writes nothing for
//! its index, nor does a token for client credentials. What is over goes in small batches.

use migrations::auth_server::STATUS_COUNTER;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QuerySelect as _,
};

use super::{LIST_SIZE, List, Run, lists, next_free};
use crate::clock::Instant;
use crate::model::ClientId;
use crate::store::StoreError;
use crate::store::changes::{self, ChangeKind};
use crate::store::entity::{client, counter, status_block, status_list, status_revocation};
use crate::store::prune::delete_before;
use crate::store::row::won;

/// The most indexes that one block may hold.
pub const LONGEST_BLOCK: i64 = 4096;

/// A block to be reserved.
#[derive(Debug, Clone)]
pub struct Reservation {
    /// The counter as it was read.
    pub seen: i64,
    /// The indexes; the counter moves behind them. At most 4096, all in one list.
    pub block: Run,
    /// Whose tokens they are for; `None` for families, which remember their index themselves.
    pub client: Option<ClientId>,
    /// The list they are in.
    pub list: List,
    /// Whether this block is the first of its list.
    pub opens_list: bool,
    /// Now.
    pub at: Instant,
}

/// Reserves the block. False when somebody else has reserved one since the counter was read.
///
/// # Errors
/// Missing when the client is gone, or switched off: an instance that has not heard of it yet must not
/// get places whose bits nobody would set.
pub async fn reserve(
    txn: &impl ConnectionTrait,
    reservation: &Reservation,
) -> Result<bool, StoreError> {
    let Run { first, size } = reservation.block;
    if let Some(client) = &reservation.client {
        require_enabled(txn, client).await?;
    }
    let done = counter::Entity::update_many()
        .col_expr(counter::Column::Value, Expr::value(first + size))
        .filter(counter::Column::Name.eq(STATUS_COUNTER))
        .filter(counter::Column::Value.eq(reservation.seen))
        .exec(txn)
        .await?;
    if !won(&done) {
        return Ok(false);
    }
    let expires_at = reservation.list.expires_at.as_millis();
    if reservation.opens_list {
        let list = status_list::ActiveModel {
            number: Set(reservation.list.number),
            opened_at: Set(reservation.list.opened_at.as_millis()),
            expires_at: Set(expires_at),
        };
        status_list::Entity::insert(list)
            .exec_without_returning(txn)
            .await?;
        changes::append(txn, ChangeKind::Status, "", reservation.at).await?;
    }
    if let Some(client) = &reservation.client {
        let block = status_block::ActiveModel {
            first: Set(first),
            size: Set(size),
            client_id: Set(client.as_str().to_owned()),
            expires_at: Set(expires_at),
        };
        status_block::Entity::insert(block)
            .exec_without_returning(txn)
            .await?;
    }
    Ok(true)
}

/// Changes nothing, but whoever switches the client off waits for the end of this transaction, and then
/// finds its block.
async fn require_enabled(txn: &impl ConnectionTrait, id: &ClientId) -> Result<(), StoreError> {
    let done = client::Entity::update_many()
        .col_expr(client::Column::Version, Expr::col(client::Column::Version))
        .filter(client::Column::Id.eq(id.as_str()))
        .filter(client::Column::DisabledAt.is_null())
        .exec(txn)
        .await?;
    if won(&done) {
        Ok(())
    } else {
        Err(StoreError::Missing(format!(
            "client `{id}` may have no tokens"
        )))
    }
}

/// Forgets at most `limit` blocks whose list ended before `before`, and returns how many those were.
pub async fn prune_blocks(
    txn: &impl ConnectionTrait,
    before: Instant,
    limit: u64,
) -> Result<u64, StoreError> {
    let columns = (status_block::Column::First, status_block::Column::ExpiresAt);
    delete_before::<status_block::Entity, i64>(txn, columns, before, limit).await
}

/// Drops at most `limit` lists that ended before `before`, and returns how many those were.
pub async fn prune_lists(
    txn: &impl ConnectionTrait,
    before: Instant,
    limit: u64,
) -> Result<u64, StoreError> {
    let columns = (status_list::Column::Number, status_list::Column::ExpiresAt);
    delete_before::<status_list::Entity, i64>(txn, columns, before, limit).await
}

/// Forgets at most `limit` revocations in lists that are gone, and returns how many those were.
pub async fn prune_revocations(txn: &impl ConnectionTrait, limit: u64) -> Result<u64, StoreError> {
    // The counter first: a list that is opened after this begins at it or later.
    let next = next_free(txn).await?;
    let oldest = lists(txn)
        .await?
        .first()
        .map_or(next, |list| list.number * LIST_SIZE);
    let rows: Vec<(i64, i64)> = status_revocation::Entity::find()
        .select_only()
        .column(status_revocation::Column::Seq)
        .column(status_revocation::Column::First)
        .filter(status_revocation::Column::First.lt(oldest))
        .limit(limit)
        .into_tuple()
        .all(txn)
        .await?;
    let Some(last) = rows.iter().map(|(seq, _)| *seq).max() else {
        return Ok(0);
    };
    let done = status_revocation::Entity::delete_many()
        .filter(status_revocation::Column::First.is_in(rows.iter().map(|(_, first)| *first)))
        .filter(status_revocation::Column::Seq.lte(last))
        .exec(txn)
        .await?;
    Ok(done.rows_affected)
}
