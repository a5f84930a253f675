//! Secrets of a client: two live side by side while one is rotated (matrix CA-19).

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    QueryFilter as _,
};

use super::change::{announced, changed, revoke_everything};
use crate::clock::Instant;
use crate::model::{ClientId, ClientSecret};
use crate::store::StoreError;
use crate::store::entity::{client, client_secret};
use crate::store::prune::delete_before;
use crate::store::row::millis;

/// Adds a secret.
///
/// # Errors
/// Missing when there is no such client.
pub async fn add_secret(
    txn: &impl ConnectionTrait,
    id: &ClientId,
    secret: &ClientSecret,
) -> Result<(), StoreError> {
    insert(txn, id, secret).await?;
    announce(txn, id, secret.created_at).await
}

/// Ends every secret but `keep` at `expires_at`, unless it ends before; returns how many those were.
/// Whoever ends them at once takes them for stolen: everything the client holds is revoked too.
pub async fn expire_secrets(
    txn: &impl ConnectionTrait,
    id: &ClientId,
    keep: &str,
    expires_at: Instant,
    at: Instant,
) -> Result<u64, StoreError> {
    let lives_longer = Condition::any()
        .add(client_secret::Column::ExpiresAt.is_null())
        .add(client_secret::Column::ExpiresAt.gt(expires_at.as_millis()));
    let done = client_secret::Entity::update_many()
        .set(client_secret::ActiveModel {
            expires_at: Set(Some(expires_at.as_millis())),
            ..Default::default()
        })
        .filter(client_secret::Column::ClientId.eq(id.as_str()))
        .filter(client_secret::Column::Id.ne(keep))
        .filter(lives_longer)
        .exec(txn)
        .await?;
    announce(txn, id, at).await?;
    if expires_at <= at && done.rows_affected > 0 {
        revoke_everything(txn, id, at, "client_secret_ended").await?;
    }
    Ok(done.rows_affected)
}

/// Forgets at most `limit` secrets that expired before `before`, and returns how many those were.
pub async fn prune_secrets(
    txn: &impl ConnectionTrait,
    before: Instant,
    limit: u64,
) -> Result<u64, StoreError> {
    let columns = (client_secret::Column::Id, client_secret::Column::ExpiresAt);
    delete_before::<client_secret::Entity, String>(txn, columns, before, limit).await
}

pub(super) async fn insert(
    txn: &impl ConnectionTrait,
    id: &ClientId,
    secret: &ClientSecret,
) -> Result<(), StoreError> {
    let row = client_secret::ActiveModel {
        id: Set(secret.id.clone()),
        client_id: Set(id.as_str().to_owned()),
        digest: Set(secret.digest.as_bytes().to_vec()),
        created_at: Set(secret.created_at.as_millis()),
        expires_at: Set(millis(secret.expires_at)),
    };
    client_secret::Entity::insert(row)
        .exec_without_returning(txn)
        .await?;
    Ok(())
}

async fn announce(
    txn: &impl ConnectionTrait,
    id: &ClientId,
    at: Instant,
) -> Result<(), StoreError> {
    let changes = client::ActiveModel {
        updated_at: Set(at.as_millis()),
        ..Default::default()
    };
    announced(txn, changed(id).set(changes), id, at)
        .await
        .map(drop)
}
