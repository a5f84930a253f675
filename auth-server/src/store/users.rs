//! Accounts and their roles. Canonical spellings of login names come from `accounts`.
//!
//! Every change of what an instance may keep in memory (status, roles, existence, password) appends to
//! the change log in the same transaction.

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::changes::{self, ChangeKind};
use super::entity::user;
use super::row::{is_storable, millis};
use super::{Page, StoreError, families};
use crate::clock::Instant;
use crate::model::{User, UserId};

mod change;
mod read;

pub use change::{
    expire_password, replace_due_password, set_password, set_roles, set_status, update_profile,
    upgrade_hash,
};
use read::{to_user, to_users};

/// The canonical spellings that log in. No two users share one, be it a name or an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginKeys {
    /// Of the user name.
    pub username: String,
    /// Of the e-mail address.
    pub email: Option<String>,
}

/// Who logs in with this canonical user name or e-mail address. Byte by byte the same: MySQL would
/// let a name with a space behind it pass.
pub async fn find_by_login_key(
    conn: &impl ConnectionTrait,
    key: &str,
) -> Result<Option<User>, StoreError> {
    if !is_storable(key) {
        return Ok(None);
    }
    let either = Condition::any()
        .add(user::Column::UsernameKey.eq(key))
        .add(user::Column::EmailKey.eq(key));
    let rows = user::Entity::find().filter(either).all(conn).await?;
    let by_name = rows.iter().find(|row| row.username_key == key);
    let found = by_name.or_else(|| {
        rows.iter()
            .find(|row| row.email_key.as_deref() == Some(key))
    });
    match found {
        Some(row) => to_user(conn, row.clone()).await.map(Some),
        None => Ok(None),
    }
}

/// By `sub`.
pub async fn find_by_id(
    conn: &impl ConnectionTrait,
    id: &UserId,
) -> Result<Option<User>, StoreError> {
    if !is_storable(id.as_str()) {
        return Ok(None);
    }
    match user::Entity::find_by_id(id.as_str()).one(conn).await? {
        Some(row) if row.id == id.as_str() => to_user(conn, row).await.map(Some),
        _ => Ok(None),
    }
}

/// At most `limit` users after the `sub` `after`, by `sub`.
pub async fn list(
    conn: &impl ConnectionTrait,
    after: Option<&str>,
    limit: u64,
) -> Result<Page<User>, StoreError> {
    let mut query = user::Entity::find()
        .order_by_asc(user::Column::Id)
        .limit(limit.saturating_add(1));
    if let Some(after) = after {
        query = query.filter(user::Column::Id.gt(after));
    }
    let users = to_users(conn, query.all(conn).await?).await?;
    Ok(Page::of(users, limit, |user| user.id.as_str()))
}

/// How many there are.
pub async fn count(conn: &impl ConnectionTrait) -> Result<u64, StoreError> {
    Ok(user::Entity::find().count(conn).await?)
}

/// Makes the account, with its roles.
///
/// # Errors
/// Conflict when the name or the address is another user's name or address.
pub async fn create(
    txn: &impl ConnectionTrait,
    user: &User,
    keys: &LoginKeys,
) -> Result<(), StoreError> {
    // First: it lets one transaction at a time look for the names of others.
    changes::append(txn, ChangeKind::User, user.id.as_str(), user.created_at).await?;
    change::refuse_taken(txn, &user.id, keys).await?;
    let row = user::ActiveModel {
        id: Set(user.id.as_str().to_owned()),
        username: Set(user.username.clone()),
        username_key: Set(keys.username.clone()),
        email: Set(user.email.clone()),
        email_key: Set(keys.email.clone()),
        email_verified: Set(user.email_verified),
        name: Set(user.name.clone()),
        profile: Set(change::profile(user)),
        password_hash: Set(user.password_hash.clone()),
        password_changed_at: Set(millis(user.password_changed_at)),
        must_change_password: Set(user.must_change_password),
        mfa_required: Set(user.mfa_required),
        status: Set(user.status.as_str().to_owned()),
        created_at: Set(user.created_at.as_millis()),
        updated_at: Set(user.updated_at.as_millis()),
        version: Set(1),
    };
    user::Entity::insert(row)
        .exec_without_returning(txn)
        .await?;
    change::insert_roles(txn, &user.id, &user.roles, user.created_at).await
}

/// Removes the account with its roles, sessions and families; its tokens are revoked. False when there
/// is none.
pub async fn delete(
    txn: &impl ConnectionTrait,
    id: &UserId,
    at: Instant,
) -> Result<bool, StoreError> {
    families::revoke_all_for_user(txn, id, at, "user_deleted").await?;
    let done = user::Entity::delete_by_id(id.as_str()).exec(txn).await?;
    if done.rows_affected == 0 {
        return Ok(false);
    }
    changes::append(txn, ChangeKind::User, id.as_str(), at).await?;
    Ok(true)
}
