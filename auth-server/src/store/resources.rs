//! Resources (RFC 8707: what becomes `aud`) and scopes: what clients may be registered for.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait as _, QueryOrder as _};
use shared_claims::Scope;

use super::StoreError;
use super::changes::{self, ChangeKind};
use super::entity::{resource, scope};
use super::row::Row;
use crate::clock::Instant;

/// Something that tokens are for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Resource identifier, an absolute URI: the `aud` of its tokens.
    pub id: String,
    /// For people.
    pub name: String,
}

/// A scope word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeRecord {
    /// The word.
    pub scope: Scope,
    /// The resource that understands it; `None` for the server itself.
    pub resource: Option<String>,
    /// What it permits, for the consent page.
    pub description: String,
}

/// Every resource, by identifier.
pub async fn resources(conn: &impl ConnectionTrait) -> Result<Vec<Resource>, StoreError> {
    let rows = resource::Entity::find()
        .order_by_asc(resource::Column::Id)
        .all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Resource {
            id: row.id,
            name: row.name,
        })
        .collect())
}

/// Every scope, by name.
pub async fn scopes(conn: &impl ConnectionTrait) -> Result<Vec<ScopeRecord>, StoreError> {
    let rows = scope::Entity::find()
        .order_by_asc(scope::Column::Name)
        .all(conn)
        .await?;
    rows.into_iter()
        .map(|row| {
            let at = Row {
                table: "scopes",
                id: &row.name,
            };
            let scope = at.word("name", &row.name, |name| Scope::parse(name).ok())?;
            Ok(ScopeRecord {
                scope,
                resource: row.resource_id,
                description: row.description,
            })
        })
        .collect()
}

/// Makes the resource, or changes its name.
pub async fn upsert_resource(
    txn: &impl ConnectionTrait,
    resource: &Resource,
    at: Instant,
) -> Result<(), StoreError> {
    let row = resource::ActiveModel {
        id: Set(resource.id.clone()),
        name: Set(resource.name.clone()),
    };
    let or_update = OnConflict::column(resource::Column::Id)
        .update_column(resource::Column::Name)
        .to_owned();
    resource::Entity::insert(row)
        .on_conflict(or_update)
        .exec_without_returning(txn)
        .await?;
    changes::append(txn, ChangeKind::Resource, &resource.id, at).await?;
    Ok(())
}

/// Makes the scope, or changes whose it is and what it says.
///
/// # Errors
/// Missing when there is no such resource.
pub async fn upsert_scope(
    txn: &impl ConnectionTrait,
    record: &ScopeRecord,
    at: Instant,
) -> Result<(), StoreError> {
    let row = scope::ActiveModel {
        name: Set(record.scope.as_str().to_owned()),
        resource_id: Set(record.resource.clone()),
        description: Set(record.description.clone()),
    };
    let or_update = OnConflict::column(scope::Column::Name)
        .update_columns([scope::Column::ResourceId, scope::Column::Description])
        .to_owned();
    scope::Entity::insert(row)
        .on_conflict(or_update)
        .exec_without_returning(txn)
        .await?;
    changes::append(txn, ChangeKind::Resource, record.scope.as_str(), at).await?;
    Ok(())
}

/// Removes the resource with its scopes. False when there is none.
pub async fn delete_resource(
    txn: &impl ConnectionTrait,
    id: &str,
    at: Instant,
) -> Result<bool, StoreError> {
    let done = resource::Entity::delete_by_id(id).exec(txn).await?;
    if done.rows_affected == 0 {
        return Ok(false);
    }
    changes::append(txn, ChangeKind::Resource, id, at).await?;
    Ok(true)
}

/// Removes the scope. False when there is none.
pub async fn delete_scope(
    txn: &impl ConnectionTrait,
    scope: &Scope,
    at: Instant,
) -> Result<bool, StoreError> {
    let done = scope::Entity::delete_by_id(scope.as_str())
        .exec(txn)
        .await?;
    if done.rows_affected == 0 {
        return Ok(false);
    }
    changes::append(txn, ChangeKind::Resource, scope.as_str(), at).await?;
    Ok(true)
}
