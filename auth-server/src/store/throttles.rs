//! Failed attempts per account and per address (matrix NP-13), counted where every instance sees them.
//!
//! An attempt is counted before it is judged, in one atomic statement: attempts that run side by side
//! cannot share one count.

use std::time::Duration;

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    ExprTrait as _, QueryFilter as _, QuerySelect as _,
};

use super::StoreError;
use super::entity::throttle;
use super::row::{Row, instant};
use crate::clock::Instant;

/// How often something failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Throttle {
    /// Since the window began.
    pub failures: u32,
    /// When that was.
    pub window_started_at: Instant,
    /// Set by [`block`]; survives the window.
    pub blocked_until: Option<Instant>,
}

/// What is counted under `key`; `None` when nothing is.
pub async fn find(conn: &impl ConnectionTrait, key: &str) -> Result<Option<Throttle>, StoreError> {
    let row = throttle::Entity::find_by_id(key).one(conn).await?;
    row.map(|row| to_throttle(&row)).transpose()
}

fn to_throttle(row: &throttle::Model) -> Result<Throttle, StoreError> {
    Ok(Throttle {
        failures: Row {
            table: "throttles",
            id: &row.key,
        }
        .number("failures", row.failures)?,
        window_started_at: Instant::from_millis(row.window_started_at),
        blocked_until: instant(row.blocked_until),
    })
}

/// Counts one failure and returns the count. A window older than `window` is over: the next begins
/// with 1. `key` has at most 512 characters.
pub async fn count_failure(
    txn: &impl ConnectionTrait,
    key: &str,
    now: Instant,
    window: Duration,
) -> Result<Throttle, StoreError> {
    let row = throttle::ActiveModel {
        key: Set(key.to_owned()),
        failures: Set(1),
        window_started_at: Set(now.as_millis()),
        blocked_until: Set(None),
        updated_at: Set(now.as_millis()),
    };
    let column = |column| Expr::col((throttle::Entity, column));
    let if_over = |then: Expr, otherwise: Expr| -> Expr {
        let over = column(throttle::Column::WindowStartedAt).lte(now.minus(window).as_millis());
        Expr::case(over, then).finally(otherwise).into()
    };
    let failures = if_over(
        Expr::value(1_i64),
        column(throttle::Column::Failures).add(1),
    );
    let window_started_at = if_over(
        Expr::value(now.as_millis()),
        column(throttle::Column::WindowStartedAt),
    );
    let count = OnConflict::column(throttle::Column::Key)
        // MySQL assigns in this order and sees what it has assigned: the window comes last.
        .value(throttle::Column::Failures, failures)
        .value(throttle::Column::UpdatedAt, Expr::value(now.as_millis()))
        .value(throttle::Column::WindowStartedAt, window_started_at)
        .to_owned();
    throttle::Entity::insert(row)
        .on_conflict(count)
        .exec_without_returning(txn)
        .await?;
    // The row is ours until the transaction ends: this is the count that we made.
    let counted = find(txn, key).await?;
    counted.ok_or_else(|| {
        Row {
            table: "throttles",
            id: key,
        }
        .broken("it was counted and is gone")
    })
}

/// Blocks until `until`. Nothing to block when nothing was counted.
pub async fn block(
    txn: &impl ConnectionTrait,
    key: &str,
    until: Instant,
    now: Instant,
) -> Result<(), StoreError> {
    let changes = throttle::ActiveModel {
        blocked_until: Set(Some(until.as_millis())),
        updated_at: Set(now.as_millis()),
        ..Default::default()
    };
    throttle::Entity::update_many()
        .set(changes)
        .filter(throttle::Column::Key.eq(key))
        .exec(txn)
        .await?;
    Ok(())
}

/// Forgets what was counted under `key`. False when that was nothing.
pub async fn reset(txn: &impl ConnectionTrait, key: &str) -> Result<bool, StoreError> {
    Ok(throttle::Entity::delete_by_id(key)
        .exec(txn)
        .await?
        .rows_affected
        == 1)
}

/// Forgets at most `limit` counts that nothing was added to since `before`, and that block nobody
/// after it; returns how many those were.
pub async fn prune(
    txn: &impl ConnectionTrait,
    before: Instant,
    limit: u64,
) -> Result<u64, StoreError> {
    let keys: Vec<String> = throttle::Entity::find()
        .select_only()
        .column(throttle::Column::Key)
        .filter(throttle::Column::UpdatedAt.lt(before.as_millis()))
        .filter(blocks_nobody_after(before))
        .limit(limit)
        .into_tuple()
        .all(txn)
        .await?;
    let done = throttle::Entity::delete_many()
        .filter(throttle::Column::Key.is_in(keys))
        .filter(throttle::Column::UpdatedAt.lt(before.as_millis()))
        .filter(blocks_nobody_after(before))
        .exec(txn)
        .await?;
    Ok(done.rows_affected)
}

fn blocks_nobody_after(before: Instant) -> Condition {
    Condition::any()
        .add(throttle::Column::BlockedUntil.is_null())
        .add(throttle::Column::BlockedUntil.lt(before.as_millis()))
}
