//! Authorization requests that wait for a user, or for a browser (RFC 9126). Named by the SHA-256 of
//! their handle.

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QuerySelect as _,
};

use super::StoreError;
use super::entity::authorization_request as table;
use super::prune::delete_before;
use super::row::{Row, instant, won};
use crate::clock::Instant;
use crate::model::{AuthorizationRequest, ClientId};

/// A request on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Name of the row: SHA-256 of the handle, base64url.
    pub id: String,
    /// Pushed by the client, or brought by a browser.
    pub is_pushed: bool,
    /// The request.
    pub request: AuthorizationRequest,
    /// SHA-256 of the browser's own cookie, base64url: nobody else may decide.
    pub browser: Option<String>,
    /// When it came.
    pub created_at: Instant,
    /// From when it is worth nothing.
    pub expires_at: Instant,
    /// When it was decided.
    pub spent_at: Option<Instant>,
}

/// Keeps a request.
///
/// # Errors
/// Missing when the client is gone.
pub async fn insert(txn: &impl ConnectionTrait, waiting: &Waiting) -> Result<(), StoreError> {
    let row = table::ActiveModel {
        id: Set(waiting.id.clone()),
        client_id: Set(waiting.request.client_id.as_str().to_owned()),
        is_pushed: Set(waiting.is_pushed),
        parameters: Set(serde_json::json!(waiting.request).to_string()),
        browser: Set(waiting.browser.clone()),
        created_at: Set(waiting.created_at.as_millis()),
        expires_at: Set(waiting.expires_at.as_millis()),
        spent_at: Set(None),
    };
    table::Entity::insert(row)
        .exec_without_returning(txn)
        .await?;
    Ok(())
}

/// By name, whatever its state.
pub async fn find(conn: &impl ConnectionTrait, id: &str) -> Result<Option<Waiting>, StoreError> {
    let row = table::Entity::find_by_id(id).one(conn).await?;
    row.map(to_waiting).transpose()
}

/// How many of the requests that the client pushed wait, up to `limit`. Those of browsers are nobody's
/// doing but the browsers', and do not count.
pub async fn count_pushed(
    conn: &impl ConnectionTrait,
    client: &ClientId,
    now: Instant,
    limit: u64,
) -> Result<u64, StoreError> {
    let ids: Vec<String> = table::Entity::find()
        .select_only()
        .column(table::Column::Id)
        .filter(table::Column::ClientId.eq(client.as_str()))
        .filter(table::Column::IsPushed.eq(true))
        .filter(table::Column::SpentAt.is_null())
        .filter(table::Column::ExpiresAt.gt(now.as_millis()))
        .limit(limit)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(ids.len() as u64)
}

/// Spends the request. False when there is none, or it was decided before.
pub async fn spend(txn: &impl ConnectionTrait, id: &str, at: Instant) -> Result<bool, StoreError> {
    let changes = table::ActiveModel {
        spent_at: Set(Some(at.as_millis())),
        ..Default::default()
    };
    let done = table::Entity::update_many()
        .set(changes)
        .filter(table::Column::Id.eq(id))
        .filter(table::Column::SpentAt.is_null())
        .exec(txn)
        .await?;
    Ok(won(&done))
}

/// Forgets at most `limit` requests that expired before `before`, and returns how many those were.
pub async fn prune_expired(
    txn: &impl ConnectionTrait,
    before: Instant,
    limit: u64,
) -> Result<u64, StoreError> {
    let columns = (table::Column::Id, table::Column::ExpiresAt);
    delete_before::<table::Entity, String>(txn, columns, before, limit).await
}

fn to_waiting(row: table::Model) -> Result<Waiting, StoreError> {
    let at = Row {
        table: "authorization_requests",
        id: &row.id,
    };
    Ok(Waiting {
        request: serde_json::from_str(&row.parameters)
            .map_err(|error| at.broken(format!("`parameters`: {error}")))?,
        is_pushed: row.is_pushed,
        browser: row.browser,
        created_at: Instant::from_millis(row.created_at),
        expires_at: Instant::from_millis(row.expires_at),
        spent_at: instant(row.spent_at),
        id: row.id,
    })
}
