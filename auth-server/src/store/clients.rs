//! Registered clients with their secrets and roles (RFC 7591 §2).
//!
//! A client comes whole or not at all. Every change appends to the change log in the same transaction,
//! so that the copies in the memory of other instances are replaced.

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use super::changes::{self, ChangeKind};
use super::entity::client;
use super::row::{is_storable, millis};
use super::{Page, StoreError};
use crate::clock::Instant;
use crate::model::{Client, ClientId};

mod change;
mod read;
mod secrets;

pub use change::{set_disabled, update};
pub use secrets::{add_secret, expire_secrets, prune_secrets};

/// By `client_id`, byte by byte the same.
pub async fn find(
    conn: &impl ConnectionTrait,
    id: &ClientId,
) -> Result<Option<Client>, StoreError> {
    if !is_storable(id.as_str()) {
        return Ok(None);
    }
    match client::Entity::find_by_id(id.as_str()).one(conn).await? {
        Some(row) if row.id == id.as_str() => {
            let clients = read::to_clients(conn, vec![row]).await?;
            Ok(clients.into_iter().next())
        }
        _ => Ok(None),
    }
}

/// Every client, by id: three queries for any number.
pub async fn all(conn: &impl ConnectionTrait) -> Result<Vec<Client>, StoreError> {
    let rows = client::Entity::find()
        .order_by_asc(client::Column::Id)
        .all(conn)
        .await?;
    read::to_clients(conn, rows).await
}

/// At most `limit` clients after the id `after`, by id.
pub async fn list(
    conn: &impl ConnectionTrait,
    after: Option<&str>,
    limit: u64,
) -> Result<Page<Client>, StoreError> {
    let mut query = client::Entity::find()
        .order_by_asc(client::Column::Id)
        .limit(limit.saturating_add(1));
    if let Some(after) = after {
        query = query.filter(client::Column::Id.gt(after));
    }
    let clients = read::to_clients(conn, query.all(conn).await?).await?;
    Ok(Page::of(clients, limit, |client| client.id.as_str()))
}

/// Registers the client with its secrets and roles.
///
/// # Errors
/// Conflict when the id is taken.
pub async fn create(txn: &impl ConnectionTrait, client: &Client) -> Result<(), StoreError> {
    let row = client::ActiveModel {
        id: Set(client.id.as_str().to_owned()),
        disabled_at: Set(millis(client.disabled_at)),
        created_at: Set(client.created_at.as_millis()),
        version: Set(1),
        ..change::to_row(client)
    };
    client::Entity::insert(row)
        .exec_without_returning(txn)
        .await?;
    for secret in &client.secrets {
        secrets::insert(txn, &client.id, secret).await?;
    }
    change::insert_roles(txn, client, client.created_at).await?;
    changes::append(
        txn,
        ChangeKind::Client,
        client.id.as_str(),
        client.created_at,
    )
    .await?;
    Ok(())
}

/// Removes the client with its secrets, roles and families; its tokens are revoked. False when there is
/// none.
pub async fn delete(
    txn: &impl ConnectionTrait,
    id: &ClientId,
    at: Instant,
) -> Result<bool, StoreError> {
    let touched = client::ActiveModel {
        updated_at: Set(at.as_millis()),
        ..Default::default()
    };
    let is_there = change::announced(txn, change::changed(id).set(touched), id, at).await?;
    if !is_there {
        return Ok(false);
    }
    change::revoke_everything(txn, id, at, "client_deleted").await?;
    client::Entity::delete_by_id(id.as_str()).exec(txn).await?;
    Ok(true)
}
