//! Changes of one client. `false` means that there is none of this id.

use std::collections::BTreeSet;

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, ExprTrait as _, QueryFilter as _,
    UpdateMany,
};
use shared_claims::Role;

use super::read;
use crate::clock::Instant;
use crate::model::{Client, ClientId, ClientMetadata};
use crate::store::changes::{self, ChangeKind};
use crate::store::entity::{client, client_role};
use crate::store::row::{list_to_json, millis, won};
use crate::store::{StoreError, authorization_codes, families, roles, status};

/// Changes everything but the id, the secrets, the times of registration and of switching off. When a
/// right is taken away, the access tokens that may hold it end, and sessions go on with new ones.
///
/// `false` as well when the client is not `before` any more: what somebody else has changed since it was
/// read, such as a right that was taken away, does not come back.
pub async fn update(
    txn: &impl ConnectionTrait,
    before: &Client,
    client: &Client,
    at: Instant,
) -> Result<bool, StoreError> {
    let row = client::Entity::find_by_id(client.id.as_str());
    let Some(row) = row.one(txn).await? else {
        return Ok(false);
    };
    let version = row.version;
    let stored = read::to_clients(txn, vec![row]).await?;
    if stored.first() != Some(before) {
        return Ok(false);
    }
    let changes = client::ActiveModel {
        updated_at: Set(at.as_millis()),
        ..to_row(client)
    };
    let update = changed(&client.id)
        .set(changes)
        .filter(client::Column::Version.eq(version));
    if !announced(txn, update, &client.id, at).await? {
        return Ok(false);
    }
    client_role::Entity::delete_many()
        .filter(client_role::Column::ClientId.eq(client.id.as_str()))
        .exec(txn)
        .await?;
    insert_roles(txn, client, at).await?;
    if has_lost(before, client) {
        families::reindex_all_for_client(txn, &client.id, at).await?;
        status::revoke_client_tokens(txn, &client.id, at).await?;
    }
    Ok(true)
}

/// Whether the client may do less than before.
fn has_lost(before: &Client, now: &Client) -> bool {
    let lost_scope = before
        .scopes
        .iter()
        .any(|scope| !now.scopes.contains(scope.as_str()));
    let lost_role = before.roles.iter().any(|role| !now.roles.contains(role));
    let lost_audience = before
        .audiences
        .iter()
        .any(|audience| !now.audiences.contains(audience));
    let lost_grant = before.grant_types.iter().any(|grant| !now.may_use(*grant));
    lost_scope || lost_role || lost_audience || lost_grant
}

/// Switches the client off (`Some`), which revokes everything it holds, or on again (`None`).
pub async fn set_disabled(
    txn: &impl ConnectionTrait,
    id: &ClientId,
    disabled_at: Option<Instant>,
    at: Instant,
) -> Result<bool, StoreError> {
    let changes = client::ActiveModel {
        disabled_at: Set(millis(disabled_at)),
        updated_at: Set(at.as_millis()),
        ..Default::default()
    };
    if !announced(txn, changed(id).set(changes), id, at).await? {
        return Ok(false);
    }
    if disabled_at.is_some() {
        revoke_everything(txn, id, at, "client_disabled").await?;
    }
    Ok(true)
}

/// Ends the families of the client and the access tokens it has for itself (attack RS-04).
pub(super) async fn revoke_everything(
    txn: &impl ConnectionTrait,
    id: &ClientId,
    at: Instant,
    reason: &str,
) -> Result<(), StoreError> {
    // Codes first: see there.
    authorization_codes::spend_all_for_client(txn, id, at).await?;
    families::revoke_all_for_client(txn, id, at, reason).await?;
    status::revoke_client_tokens(txn, id, at).await.map(drop)
}

/// What an update may change; [`super::create`] adds the rest.
pub(super) fn to_row(client: &Client) -> client::ActiveModel {
    let access_ttl = client.access_ttl.map(|ttl| i64::try_from(ttl.as_millis()));
    client::ActiveModel {
        id: NotSet,
        name: Set(client.name.clone()),
        kind: Set(client.kind.as_str().to_owned()),
        auth_method: Set(client.auth_method.as_str().to_owned()),
        grant_types: Set(list_to_json(
            client.grant_types.iter().map(|grant| grant.as_str()),
        )),
        redirect_uris: Set(list_to_json(&client.redirect_uris)),
        scopes: Set(client.scopes.to_string()),
        default_scopes: Set(client.default_scopes.to_string()),
        audiences: Set(list_to_json(&client.audiences)),
        access_ttl: Set(access_ttl.map(|millis| millis.unwrap_or(i64::MAX))),
        token_alg: Set(client.token_alg.map(|alg| alg.as_str().to_owned())),
        may_introspect: Set(client.may_introspect),
        require_pkce: Set(client.require_pkce),
        password_grant_until: Set(millis(client.password_grant_until)),
        metadata: Set(metadata_to_json(client)),
        disabled_at: NotSet,
        created_at: NotSet,
        updated_at: Set(client.updated_at.as_millis()),
        version: NotSet,
    }
}

/// Nothing for a client that says no more than it must. Texts, numbers and lists always become JSON.
fn metadata_to_json(client: &Client) -> Option<String> {
    if client.metadata == ClientMetadata::default() {
        return None;
    }
    serde_json::to_string(&client.metadata).ok()
}

pub(super) async fn insert_roles(
    txn: &impl ConnectionTrait,
    client: &Client,
    at: Instant,
) -> Result<(), StoreError> {
    roles::ensure(txn, &client.roles, at).await?;
    let each_once: BTreeSet<&Role> = client.roles.iter().collect();
    let rows = each_once.into_iter().map(|role| client_role::ActiveModel {
        client_id: Set(client.id.as_str().to_owned()),
        role: Set(role.as_str().to_owned()),
    });
    client_role::Entity::insert_many(rows)
        .exec_without_returning(txn)
        .await?;
    Ok(())
}

/// An update of one client that counts as a change of it.
pub(super) fn changed(id: &ClientId) -> UpdateMany<client::Entity> {
    client::Entity::update_many()
        .col_expr(
            client::Column::Version,
            Expr::col(client::Column::Version).add(1),
        )
        .filter(client::Column::Id.eq(id.as_str()))
}

/// Runs the update and, when it met its row, tells the other instances.
pub(super) async fn announced(
    txn: &impl ConnectionTrait,
    update: UpdateMany<client::Entity>,
    id: &ClientId,
    at: Instant,
) -> Result<bool, StoreError> {
    let done = update.exec(txn).await?;
    if won(&done) {
        changes::append(txn, ChangeKind::Client, id.as_str(), at).await?;
    }
    Ok(won(&done))
}
