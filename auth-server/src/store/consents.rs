//! What users have allowed which client: one row for both, with the union of the scope.

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use shared_claims::ScopeSet;

use super::StoreError;
use super::entity::consent as table;
use super::row::Row;
use crate::clock::Instant;
use crate::model::{ClientId, UserId};

/// What a user has allowed a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Who.
    pub user_id: UserId,
    /// Whom.
    pub client_id: ClientId,
    /// What.
    pub scope: ScopeSet,
    /// When first.
    pub created_at: Instant,
    /// When last.
    pub updated_at: Instant,
}

/// Of this user for this client.
pub async fn find(
    conn: &impl ConnectionTrait,
    user: &UserId,
    client: &ClientId,
) -> Result<Option<Consent>, StoreError> {
    let key = (user.as_str().to_owned(), client.as_str().to_owned());
    let row = table::Entity::find_by_id(key).one(conn).await?;
    row.map(to_consent).transpose()
}

/// At most `limit` of this user, newest first.
pub async fn list_for_user(
    conn: &impl ConnectionTrait,
    user: &UserId,
    limit: u64,
) -> Result<Vec<Consent>, StoreError> {
    table::Entity::find()
        .filter(table::Column::UserId.eq(user.as_str()))
        .order_by_desc(table::Column::UpdatedAt)
        .order_by_asc(table::Column::ClientId)
        .limit(limit)
        .all(conn)
        .await?
        .into_iter()
        .map(to_consent)
        .collect()
}

/// Keeps what is allowed from now on. `scope` replaces what is stored: the caller unites the two.
///
/// # Errors
/// Missing when the user or the client is gone.
pub async fn put(txn: &impl ConnectionTrait, consent: &Consent) -> Result<(), StoreError> {
    let row = table::ActiveModel {
        user_id: Set(consent.user_id.as_str().to_owned()),
        client_id: Set(consent.client_id.as_str().to_owned()),
        scope: Set(consent.scope.to_string()),
        created_at: Set(consent.created_at.as_millis()),
        updated_at: Set(consent.updated_at.as_millis()),
    };
    let or_update = OnConflict::columns([table::Column::UserId, table::Column::ClientId])
        .update_columns([table::Column::Scope, table::Column::UpdatedAt])
        .to_owned();
    table::Entity::insert(row)
        .on_conflict(or_update)
        .exec_without_returning(txn)
        .await?;
    Ok(())
}

/// Takes it back. False when there is none. Codes and families go in the same transaction, in that
/// order: see [`super::authorization_codes::spend_all_for_user`].
pub async fn delete(
    txn: &impl ConnectionTrait,
    user: &UserId,
    client: &ClientId,
) -> Result<bool, StoreError> {
    let key = (user.as_str().to_owned(), client.as_str().to_owned());
    let done = table::Entity::delete_by_id(key).exec(txn).await?;
    Ok(done.rows_affected == 1)
}

fn to_consent(row: table::Model) -> Result<Consent, StoreError> {
    let id = format!("{}, {}", row.user_id, row.client_id);
    let at = Row {
        table: "consents",
        id: &id,
    };
    Ok(Consent {
        scope: at.scopes("scope", &row.scope)?,
        user_id: UserId::new(row.user_id),
        client_id: ClientId::new(row.client_id),
        created_at: Instant::from_millis(row.created_at),
        updated_at: Instant::from_millis(row.updated_at),
    })
}
