//! What changed, in order, for the caches of every instance (design §5 "Fan-out").
//!
//! Verbs that change clients, users, roles, resources and keys or revoke tokens append here themselves,
//! in their own transaction. Numbers have no gaps and become visible in order: who has seen `n` has seen all below.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, ExprTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
    sea_query::{Expr, OnConflict},
};

use super::StoreError;
use super::entity::{change, counter};
use super::prune::delete_before;
use super::row::Row;
use crate::clock::Instant;

/// Name of the counter that numbers the changes.
const COUNTER: &str = "change_log";
/// Name of the counter that proves that writes work.
const PROOF: &str = "writes_tried";

/// What kind of thing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// A user; the key is the `sub`.
    User,
    /// A client; the key is the `client_id`.
    Client,
    /// A signing key; the key is the `kid`.
    Key,
    /// A resource or scope; the key is its identifier.
    Resource,
    /// A role; the key is its name.
    Role,
    /// Revoked indexes, or a new list of them; the key is empty, `status_revocations` has the news.
    Status,
    /// Anything else that instances keep in memory.
    Setting,
}

impl ChangeKind {
    const ALL: [Self; 7] = [
        Self::User,
        Self::Client,
        Self::Key,
        Self::Resource,
        Self::Role,
        Self::Status,
        Self::Setting,
    ];

    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Client => "client",
            Self::Key => "key",
            Self::Resource => "resource",
            Self::Role => "role",
            Self::Status => "status",
            Self::Setting => "setting",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its number, from 1.
    pub seq: i64,
    /// What kind of thing changed.
    pub kind: ChangeKind,
    /// Which one.
    pub key: String,
    /// When.
    pub at: Instant,
}

/// Appends a change and returns its number. From here to the end of the transaction, every other
/// change waits: its number must not become visible first.
pub async fn append(
    txn: &impl ConnectionTrait,
    kind: ChangeKind,
    key: &str,
    at: Instant,
) -> Result<i64, StoreError> {
    counter::Entity::update_many()
        .col_expr(
            counter::Column::Value,
            Expr::col(counter::Column::Value).add(1),
        )
        .filter(counter::Column::Name.eq(COUNTER))
        .exec(txn)
        .await?;
    let seq = latest(txn).await?;
    let row = change::ActiveModel {
        seq: Set(seq),
        kind: Set(kind.as_str().to_owned()),
        key: Set(key.to_owned()),
        at: Set(at.as_millis()),
    };
    change::Entity::insert(row)
        .exec_without_returning(txn)
        .await?;
    Ok(seq)
}

/// At most `limit` changes after number `seq`, oldest first.
pub async fn since(
    conn: &impl ConnectionTrait,
    seq: i64,
    limit: u64,
) -> Result<Vec<Change>, StoreError> {
    change::Entity::find()
        .filter(change::Column::Seq.gt(seq))
        .order_by_asc(change::Column::Seq)
        .limit(limit)
        .all(conn)
        .await?
        .into_iter()
        .map(to_change)
        .collect()
}

fn to_change(row: change::Model) -> Result<Change, StoreError> {
    let id = row.seq.to_string();
    let kind = Row {
        table: "change_log",
        id: &id,
    }
    .word("kind", &row.kind, ChangeKind::parse)?;
    Ok(Change {
        seq: row.seq,
        kind,
        key: row.key,
        at: Instant::from_millis(row.at),
    })
}

/// Number of the newest change; 0 before the first.
pub async fn latest(conn: &impl ConnectionTrait) -> Result<i64, StoreError> {
    let counter = counter::Entity::find_by_id(COUNTER).one(conn).await?;
    let missing = || {
        Row {
            table: "counters",
            id: COUNTER,
        }
        .broken("it is missing")
    };
    Ok(counter.ok_or_else(missing)?.value)
}

/// Writes a trifle: proof that the database takes writes. It must differ from what was there, or
/// SQLite would write nothing.
pub(super) async fn touch(txn: &impl ConnectionTrait) -> Result<(), StoreError> {
    let row = counter::ActiveModel {
        name: Set(PROOF.to_owned()),
        value: Set(1),
    };
    let count = OnConflict::column(counter::Column::Name)
        .value(
            counter::Column::Value,
            Expr::col((counter::Entity, counter::Column::Value)).add(1),
        )
        .to_owned();
    counter::Entity::insert(row)
        .on_conflict(count)
        .exec_without_returning(txn)
        .await?;
    Ok(())
}

/// Forgets at most `limit` changes from before `before`, and returns how many those were.
pub async fn prune(
    txn: &impl ConnectionTrait,
    before: Instant,
    limit: u64,
) -> Result<u64, StoreError> {
    let columns = (change::Column::Seq, change::Column::At);
    delete_before::<change::Entity, i64>(txn, columns, before, limit).await
}
