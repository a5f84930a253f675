//! Setting bits: one change for any number of them, and no row of the change log for each.

use migrations::auth_server::STATUS_COUNTER;
use sea_orm::sea_query::{Expr, Query, SelectStatement};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    ExprTrait as _, QueryFilter as _,
};

use super::LIST_SIZE;
use crate::clock::Instant;
use crate::model::ClientId;
use crate::store::StoreError;
use crate::store::changes::{self, ChangeKind};
use crate::store::entity::{counter, status_block, status_list, status_revocation};

/// Which of the two places of a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Where its newest access tokens point.
    Present,
    /// Where tokens from before the last move point that may still be good.
    Before,
}

/// Sets the bits that `places` selects, in a column named `first`, each its own run.
pub async fn revoke_families(
    txn: &impl ConnectionTrait,
    places: impl Fn(Place) -> SelectStatement,
    at: Instant,
) -> Result<(), StoreError> {
    let seq = changes::append(txn, ChangeKind::Status, "", at).await?;
    for place in [Place::Present, Place::Before] {
        let mut select = places(place);
        select.expr(Expr::val(1_i64));
        insert_selected(txn, seq, select, at).await?;
    }
    Ok(())
}

/// Sets the bits of every block that was reserved for the client's own tokens, used or not, and
/// returns how many blocks those were.
pub async fn revoke_client_tokens(
    txn: &impl ConnectionTrait,
    client: &ClientId,
    at: Instant,
) -> Result<u64, StoreError> {
    let which = Condition::all()
        .add(status_block::Column::ClientId.eq(client.as_str()))
        .add(status_block::Column::ExpiresAt.gt(at.as_millis()));
    let some = status_block::Entity::find().filter(which.clone()).one(txn);
    if some.await?.is_none() {
        return Ok(0);
    }
    let seq = changes::append(txn, ChangeKind::Status, "", at).await?;
    let mut select = Query::select();
    select
        .column(status_block::Column::First)
        .column(status_block::Column::Size)
        .from(status_block::Entity)
        .cond_where(which);
    insert_selected(txn, seq, select, at).await
}

/// Sets every bit of every list, and closes them: whatever comes is in a new one. For the day on which
/// a key is lost; it costs a row for each list, however many tokens there are.
pub async fn revoke_all_lists(txn: &impl ConnectionTrait, at: Instant) -> Result<(), StoreError> {
    let value = || Expr::col(counter::Column::Value);
    counter::Entity::update_many()
        .col_expr(
            counter::Column::Value,
            value().sub(value().modulo(LIST_SIZE)).add(LIST_SIZE),
        )
        .filter(counter::Column::Name.eq(STATUS_COUNTER))
        .exec(txn)
        .await?;
    let seq = changes::append(txn, ChangeKind::Status, "", at).await?;
    let mut select = Query::select();
    select
        .expr(Expr::col(status_list::Column::Number).mul(LIST_SIZE))
        .expr(Expr::val(LIST_SIZE))
        .from(status_list::Entity);
    insert_selected(txn, seq, select, at).await.map(drop)
}

/// Sets one bit.
pub async fn revoke_index(
    txn: &impl ConnectionTrait,
    index: i64,
    at: Instant,
) -> Result<(), StoreError> {
    let seq = changes::append(txn, ChangeKind::Status, "", at).await?;
    let row = status_revocation::ActiveModel {
        seq: Set(seq),
        first: Set(index),
        size: Set(1),
        at: Set(at.as_millis()),
    };
    status_revocation::Entity::insert(row)
        .exec_without_returning(txn)
        .await?;
    Ok(())
}

/// `select` gives the first index and the size of each run.
async fn insert_selected(
    txn: &impl ConnectionTrait,
    seq: i64,
    mut select: SelectStatement,
    at: Instant,
) -> Result<u64, StoreError> {
    select.expr(Expr::val(seq)).expr(Expr::val(at.as_millis()));
    let mut insert = Query::insert();
    insert
        .into_table(status_revocation::Entity)
        .columns([
            status_revocation::Column::First,
            status_revocation::Column::Size,
            status_revocation::Column::Seq,
            status_revocation::Column::At,
        ])
        .select_from(select)
        .map_err(|error| sea_orm::DbErr::Custom(error.to_string()))?;
    Ok(txn.execute(&insert).await?.rows_affected())
}
