//! Small facts about the server itself, such as the proof that the encryption key is the right one.

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
};

use super::StoreError;
use super::entity::server_state;
use super::row::{Row, won};
use crate::clock::Instant;

/// The fact of this name.
pub async fn find(conn: &impl ConnectionTrait, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let row = server_state::Entity::find_by_id(name).one(conn).await?;
    Ok(row.map(|row| row.value))
}

/// Stores the fact unless there is one of this name, and returns what is stored then: of several
/// processes that start at once, all get the same.
pub async fn insert_if_absent(
    txn: &impl ConnectionTrait,
    name: &str,
    value: &[u8],
    at: Instant,
) -> Result<Vec<u8>, StoreError> {
    let row = server_state::ActiveModel {
        name: Set(name.to_owned()),
        value: Set(value.to_vec()),
        updated_at: Set(at.as_millis()),
    };
    let or_nothing = OnConflict::column(server_state::Column::Name)
        .do_nothing_on([server_state::Column::Name])
        .to_owned();
    server_state::Entity::insert(row)
        .on_conflict(or_nothing)
        .exec_without_returning(txn)
        .await?;
    let stored = find(txn, name).await?;
    stored.ok_or_else(|| {
        Row {
            table: "server_state",
            id: name,
        }
        .broken("it is gone")
    })
}

/// Replaces `old` by `new`. False when something else is stored.
pub async fn replace(
    txn: &impl ConnectionTrait,
    name: &str,
    old: &[u8],
    new: &[u8],
    at: Instant,
) -> Result<bool, StoreError> {
    let changes = server_state::ActiveModel {
        value: Set(new.to_vec()),
        updated_at: Set(at.as_millis()),
        ..Default::default()
    };
    let done = server_state::Entity::update_many()
        .set(changes)
        .filter(server_state::Column::Name.eq(name))
        .filter(server_state::Column::Value.eq(old.to_vec()))
        .exec(txn)
        .await?;
    Ok(won(&done))
}
