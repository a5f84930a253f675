//! Roles by name: what users and clients are. `admin`, `recruiter` and `candidate` are there from the
//! start; others come into being when they are first given to somebody.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait as _, QueryOrder as _};
use shared_claims::Role;

use super::StoreError;
use super::changes::{self, ChangeKind};
use super::entity::role;
use super::row::Row;
use crate::clock::Instant;

/// A role and what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleRecord {
    /// The role.
    pub role: Role,
    /// For people; may be empty.
    pub description: String,
}

/// Every role, by name.
pub async fn all(conn: &impl ConnectionTrait) -> Result<Vec<RoleRecord>, StoreError> {
    role::Entity::find()
        .order_by_asc(role::Column::Name)
        .all(conn)
        .await?
        .into_iter()
        .map(|row| {
            let role = Row {
                table: "roles",
                id: &row.name,
            }
            .role(&row.name)?;
            Ok(RoleRecord {
                role,
                description: row.description,
            })
        })
        .collect()
}

/// Makes the roles that are not there yet.
pub async fn ensure(
    txn: &impl ConnectionTrait,
    roles: &[Role],
    at: Instant,
) -> Result<(), StoreError> {
    for role in roles {
        if role::Entity::find_by_id(role.as_str())
            .one(txn)
            .await?
            .is_none()
        {
            insert(txn, role.as_str(), "").await?;
            changes::append(txn, ChangeKind::Role, role.as_str(), at).await?;
        }
    }
    Ok(())
}

/// Makes the role, or changes its description.
pub async fn upsert(
    txn: &impl ConnectionTrait,
    record: &RoleRecord,
    at: Instant,
) -> Result<(), StoreError> {
    insert(txn, record.role.as_str(), &record.description).await?;
    let row = role::ActiveModel {
        name: Set(record.role.as_str().to_owned()),
        description: Set(record.description.clone()),
    };
    role::Entity::update(row).exec(txn).await?;
    changes::append(txn, ChangeKind::Role, record.role.as_str(), at).await?;
    Ok(())
}

/// Another transaction may insert the same role at the same time: that is no conflict.
async fn insert(
    txn: &impl ConnectionTrait,
    name: &str,
    description: &str,
) -> Result<(), StoreError> {
    let row = role::ActiveModel {
        name: Set(name.to_owned()),
        description: Set(description.to_owned()),
    };
    let or_nothing = OnConflict::column(role::Column::Name)
        .do_nothing_on([role::Column::Name])
        .to_owned();
    role::Entity::insert(row)
        .on_conflict(or_nothing)
        .exec_without_returning(txn)
        .await?;
    Ok(())
}
