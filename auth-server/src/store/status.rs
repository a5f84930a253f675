//! Places in Token Status Lists: reserved in blocks, revoked in runs (draft-ietf-oauth-status-list;
//! docs/decisions/0010). Indexes count over all lists; no transaction here issues a token.

use migrations::auth_server::STATUS_COUNTER;
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _,
};

use super::StoreError;
use super::entity::{counter, status_list, status_revocation};
use super::row::Row;
use crate::clock::Instant;

mod reserve;
mod revoke;

pub use reserve::{
    LONGEST_BLOCK, Reservation, prune_blocks, prune_lists, prune_revocations, reserve,
};
pub use revoke::{Place, revoke_all_lists, revoke_client_tokens, revoke_families, revoke_index};

/// Entries of one list: a verifier holds 128 KiB for each it meets (matrix TSL-10; the arithmetic is
/// in docs/revocation.md).
pub const LIST_SIZE: i64 = 1 << 20;

/// Indexes that follow each other, all in one list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// The first.
    pub first: i64,
    /// How many.
    pub size: i64,
}

impl Run {
    /// The list they are in.
    pub const fn list(self) -> i64 {
        self.first.div_euclid(LIST_SIZE)
    }

    /// Whether the index is one of them.
    pub const fn contains(self, index: i64) -> bool {
        self.first <= index && index - self.first < self.size
    }
}

/// A list that verifiers may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct List {
    /// Its number, the last part of its address.
    pub number: i64,
    /// When its first block was reserved.
    pub opened_at: Instant,
    /// When the last token that points to it has expired.
    pub expires_at: Instant,
}

/// Indexes whose bits are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revocation {
    /// The change that set them; several rows may share it.
    pub seq: i64,
    /// Which.
    pub run: Run,
    /// When.
    pub at: Instant,
}

/// The next index that no block holds.
pub async fn next_free(conn: &impl ConnectionTrait) -> Result<i64, StoreError> {
    let counter = counter::Entity::find_by_id(STATUS_COUNTER)
        .one(conn)
        .await?;
    let missing = || {
        Row {
            table: "counters",
            id: STATUS_COUNTER,
        }
        .broken("it is missing")
    };
    Ok(counter.ok_or_else(missing)?.value)
}

/// Every list that is not dropped yet, by number.
pub async fn lists(conn: &impl ConnectionTrait) -> Result<Vec<List>, StoreError> {
    let rows = status_list::Entity::find()
        .order_by_asc(status_list::Column::Number)
        .all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| List {
            number: row.number,
            opened_at: Instant::from_millis(row.opened_at),
            expires_at: Instant::from_millis(row.expires_at),
        })
        .collect())
}

/// What was revoked after change `after`, up to and with change `until`, oldest first.
pub async fn revocations(
    conn: &impl ConnectionTrait,
    after: i64,
    until: i64,
) -> Result<Vec<Revocation>, StoreError> {
    let rows = status_revocation::Entity::find()
        .filter(status_revocation::Column::Seq.gt(after))
        .filter(status_revocation::Column::Seq.lte(until))
        .order_by_asc(status_revocation::Column::Seq)
        .order_by_asc(status_revocation::Column::First)
        .all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Revocation {
            seq: row.seq,
            run: Run {
                first: row.first,
                size: row.size,
            },
            at: Instant::from_millis(row.at),
        })
        .collect())
}

/// Whether the bit of the index is set, as the database has it at this moment.
pub async fn is_revoked(conn: &impl ConnectionTrait, index: i64) -> Result<bool, StoreError> {
    // A run is a block or less, or a whole list.
    let first = status_revocation::Column::First;
    let begins_near = Condition::all()
        .add(first.lte(index))
        .add(first.gt(index - LONGEST_BLOCK));
    let begins_list = first.eq(index - index.rem_euclid(LIST_SIZE));
    let near = status_revocation::Entity::find()
        .filter(Condition::any().add(begins_near).add(begins_list))
        .all(conn)
        .await?;
    Ok(near.into_iter().any(|row| {
        let run = Run {
            first: row.first,
            size: row.size,
        };
        run.contains(index)
    }))
}
