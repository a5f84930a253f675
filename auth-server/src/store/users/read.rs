//! Rows to users: two queries for any number of them.

use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};
use shared_claims::Role;

use crate::clock::Instant;
use crate::model::{Profile, User, UserId, UserStatus};
use crate::store::StoreError;
use crate::store::entity::{user, user_role};
use crate::store::row::{Row, group_by, instant};

pub(super) async fn to_user(
    conn: &impl ConnectionTrait,
    row: user::Model,
) -> Result<User, StoreError> {
    let roles = user_role::Entity::find()
        .filter(user_role::Column::UserId.eq(row.id.as_str()))
        .all(conn)
        .await?;
    assemble(row, roles)
}

/// In the order of the rows.
pub(super) async fn to_users(
    conn: &impl ConnectionTrait,
    rows: Vec<user::Model>,
) -> Result<Vec<User>, StoreError> {
    let ids = rows.iter().map(|row| row.id.clone());
    let roles = user_role::Entity::find()
        .filter(user_role::Column::UserId.is_in(ids))
        .all(conn)
        .await?;
    let mut roles = group_by(roles, |role| role.user_id.clone());
    rows.into_iter()
        .map(|row| {
            let roles = roles.remove(&row.id).unwrap_or_default();
            assemble(row, roles)
        })
        .collect()
}

fn assemble(row: user::Model, roles: Vec<user_role::Model>) -> Result<User, StoreError> {
    let at = Row {
        table: "users",
        id: &row.id,
    };
    let status = at.word("status", &row.status, UserStatus::parse)?;
    let mut roles: Vec<Role> = roles
        .iter()
        .map(|role| at.role(&role.role))
        .collect::<Result<_, _>>()?;
    roles.sort();
    let profile = row.profile.as_deref().map(Profile::from_json).transpose();
    let profile = profile.map_err(|error| at.broken(format!("`profile`: {error}")))?;
    Ok(User {
        id: UserId::new(row.id),
        username: row.username,
        name: row.name,
        email: row.email,
        email_verified: row.email_verified,
        profile: profile.unwrap_or_default(),
        password_hash: row.password_hash,
        password_changed_at: instant(row.password_changed_at),
        must_change_password: row.must_change_password,
        mfa_required: row.mfa_required,
        status,
        roles,
        created_at: Instant::from_millis(row.created_at),
        updated_at: Instant::from_millis(row.updated_at),
    })
}
