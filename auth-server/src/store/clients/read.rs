//! Rows to clients.

use std::time::Duration;

use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};

use crate::clock::Instant;
use crate::model::{
    Algorithm, AuthMethod, Client, ClientId, ClientKind, ClientMetadata, ClientSecret, GrantType,
};
use crate::store::StoreError;
use crate::store::entity::{client, client_role, client_secret};
use crate::store::row::{Row, group_by, instant};

/// In the order of the rows.
pub(super) async fn to_clients(
    conn: &impl ConnectionTrait,
    rows: Vec<client::Model>,
) -> Result<Vec<Client>, StoreError> {
    let ids = || rows.iter().map(|row| row.id.clone());
    let secrets = client_secret::Entity::find()
        .filter(client_secret::Column::ClientId.is_in(ids()))
        .all(conn)
        .await?;
    let roles = client_role::Entity::find()
        .filter(client_role::Column::ClientId.is_in(ids()))
        .all(conn)
        .await?;
    let mut secrets = group_by(secrets, |secret| secret.client_id.clone());
    let mut roles = group_by(roles, |role| role.client_id.clone());
    rows.into_iter()
        .map(|row| {
            let secrets = secrets.remove(&row.id).unwrap_or_default();
            let roles = roles.remove(&row.id).unwrap_or_default();
            assemble(row, secrets, &roles)
        })
        .collect()
}

fn assemble(
    row: client::Model,
    secrets: Vec<client_secret::Model>,
    roles: &[client_role::Model],
) -> Result<Client, StoreError> {
    let at = Row {
        table: "clients",
        id: &row.id,
    };
    let grant_types = at.list("grant_types", &row.grant_types)?;
    let grant_types = grant_types
        .iter()
        .map(|grant| at.word("grant_types", grant, GrantType::parse))
        .collect::<Result<_, _>>()?;
    let access_ttl = row
        .access_ttl
        .map(|millis| at.number("access_ttl", millis))
        .transpose()?;
    let token_alg = row
        .token_alg
        .as_deref()
        .map(|alg| at.word("token_alg", alg, Algorithm::parse))
        .transpose()?;
    let mut secrets = secrets
        .into_iter()
        .map(to_secret)
        .collect::<Result<Vec<_>, _>>()?;
    secrets.sort_by(|one, other| (one.created_at, &one.id).cmp(&(other.created_at, &other.id)));
    let mut roles = roles
        .iter()
        .map(|role| at.role(&role.role))
        .collect::<Result<Vec<_>, _>>()?;
    roles.sort();
    let metadata = match row.metadata.as_deref() {
        Some(json) => {
            serde_json::from_str(json).map_err(|error| at.broken(format!("`metadata`: {error}")))?
        }
        None => ClientMetadata::default(),
    };
    Ok(Client {
        name: row.name.clone(),
        kind: at.word("kind", &row.kind, ClientKind::parse)?,
        auth_method: at.word("auth_method", &row.auth_method, AuthMethod::parse)?,
        secrets,
        grant_types,
        redirect_uris: at.list("redirect_uris", &row.redirect_uris)?,
        scopes: at.scopes("scopes", &row.scopes)?,
        default_scopes: at.scopes("default_scopes", &row.default_scopes)?,
        audiences: at.list("audiences", &row.audiences)?,
        roles,
        access_ttl: access_ttl.map(Duration::from_millis),
        token_alg,
        require_pkce: row.require_pkce,
        may_introspect: row.may_introspect,
        password_grant_until: instant(row.password_grant_until),
        metadata,
        disabled_at: instant(row.disabled_at),
        created_at: Instant::from_millis(row.created_at),
        updated_at: Instant::from_millis(row.updated_at),
        id: ClientId::new(row.id),
    })
}

fn to_secret(row: client_secret::Model) -> Result<ClientSecret, StoreError> {
    let digest = Row {
        table: "client_secrets",
        id: &row.id,
    }
    .digest("digest", &row.digest)?;
    Ok(ClientSecret {
        id: row.id,
        digest,
        created_at: Instant::from_millis(row.created_at),
        expires_at: instant(row.expires_at),
    })
}
