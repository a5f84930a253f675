//! Changes of one account. `false` always means: there is no such account, or not in that state.

use std::collections::BTreeSet;

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    ExprTrait as _, PaginatorTrait as _, QueryFilter as _, UpdateMany,
};
use shared_claims::Role;

use super::LoginKeys;
use crate::clock::Instant;
use crate::model::{Profile, User, UserId, UserStatus};
use crate::store::changes::{self, ChangeKind};
use crate::store::entity::{user, user_role};
use crate::store::row::won;
use crate::store::{StoreError, families, roles};

/// Sets the password hash (`None` takes the password away) and when it was set.
pub async fn set_password(
    txn: &impl ConnectionTrait,
    id: &UserId,
    hash: Option<&str>,
    must_change: bool,
    at: Instant,
) -> Result<bool, StoreError> {
    let changes = user::ActiveModel {
        password_hash: Set(hash.map(str::to_owned)),
        password_changed_at: Set(Some(at.as_millis())),
        must_change_password: Set(must_change),
        ..Default::default()
    };
    let update = changed(id, at).set(changes);
    announced(txn, update, id, at).await
}

/// Puts a new password in the place of `old`, if that is still the one stored and is due to be changed.
pub async fn replace_due_password(
    txn: &impl ConnectionTrait,
    id: &UserId,
    (old, new): (&str, &str),
    at: Instant,
) -> Result<bool, StoreError> {
    let changes = user::ActiveModel {
        password_hash: Set(Some(new.to_owned())),
        password_changed_at: Set(Some(at.as_millis())),
        must_change_password: Set(false),
        ..Default::default()
    };
    let update = changed(id, at)
        .set(changes)
        .filter(user::Column::PasswordHash.eq(old))
        .filter(user::Column::MustChangePassword.eq(true))
        .filter(user::Column::Status.eq(UserStatus::Active.as_str()));
    announced(txn, update, id, at).await
}

/// Lets the next login demand a new password.
pub async fn expire_password(
    txn: &impl ConnectionTrait,
    id: &UserId,
    at: Instant,
) -> Result<bool, StoreError> {
    let update = changed(id, at).col_expr(user::Column::MustChangePassword, Expr::value(true));
    announced(txn, update, id, at).await
}

/// Puts a stronger hash of the same password in the place of `old`, if that is still the one stored.
/// Not a change of the account: nothing is announced.
pub async fn upgrade_hash(
    txn: &impl ConnectionTrait,
    id: &UserId,
    old: &str,
    new: &str,
    at: Instant,
) -> Result<bool, StoreError> {
    let done = changed(id, at)
        .col_expr(user::Column::PasswordHash, Expr::value(new))
        .filter(user::Column::PasswordHash.eq(old))
        .exec(txn)
        .await?;
    Ok(won(&done))
}

/// Locks, unlocks, disables.
pub async fn set_status(
    txn: &impl ConnectionTrait,
    id: &UserId,
    status: UserStatus,
    at: Instant,
) -> Result<bool, StoreError> {
    let update = changed(id, at).col_expr(user::Column::Status, Expr::value(status.as_str()));
    announced(txn, update, id, at).await
}

/// Gives the user exactly these roles. When one is taken away, the access tokens that name it end, and
/// sessions go on with new ones.
pub async fn set_roles(
    txn: &impl ConnectionTrait,
    id: &UserId,
    roles: &[Role],
    at: Instant,
) -> Result<bool, StoreError> {
    if !announced(txn, changed(id, at), id, at).await? {
        return Ok(false);
    }
    let of_user =
        || user_role::Entity::delete_many().filter(user_role::Column::UserId.eq(id.as_str()));
    let kept = roles.iter().map(Role::as_str);
    let taken_away = of_user()
        .filter(user_role::Column::Role.is_not_in(kept))
        .exec(txn)
        .await?;
    if taken_away.rows_affected > 0 {
        families::reindex_all_for_user(txn, id, at).await?;
    }
    of_user().exec(txn).await?;
    insert_roles(txn, id, roles, at).await?;
    Ok(true)
}

/// Changes names, address, profile and the demand for a second factor, as of `user.updated_at`.
///
/// # Errors
/// Conflict when the name or the address is another user's name or address.
pub async fn update_profile(
    txn: &impl ConnectionTrait,
    user: &User,
    keys: &LoginKeys,
) -> Result<bool, StoreError> {
    // First: it lets one transaction at a time look for the names of others.
    changes::append(txn, ChangeKind::User, user.id.as_str(), user.updated_at).await?;
    refuse_taken(txn, &user.id, keys).await?;
    let changes = user::ActiveModel {
        username: Set(user.username.clone()),
        username_key: Set(keys.username.clone()),
        email: Set(user.email.clone()),
        email_key: Set(keys.email.clone()),
        email_verified: Set(user.email_verified),
        name: Set(user.name.clone()),
        profile: Set(profile(user)),
        mfa_required: Set(user.mfa_required),
        ..Default::default()
    };
    let done = changed(&user.id, user.updated_at)
        .set(changes)
        .exec(txn)
        .await?;
    Ok(won(&done))
}

/// The stored form of what is known about the person; nothing when nothing is.
pub(super) fn profile(user: &User) -> Option<String> {
    (user.profile != Profile::default()).then(|| user.profile.to_json())
}

/// The unique columns know nothing of each other: a name may be somebody else's address.
pub(super) async fn refuse_taken(
    txn: &impl ConnectionTrait,
    id: &UserId,
    keys: &LoginKeys,
) -> Result<(), StoreError> {
    let mut taken = Condition::any().add(user::Column::EmailKey.eq(keys.username.as_str()));
    if let Some(email) = &keys.email {
        taken = taken.add(user::Column::UsernameKey.eq(email.as_str()));
    }
    let others = user::Entity::find()
        .filter(user::Column::Id.ne(id.as_str()))
        .filter(taken)
        .count(txn);
    if others.await? > 0 {
        return Err(StoreError::Conflict(
            "another user logs in with this name".to_owned(),
        ));
    }
    Ok(())
}

pub(super) async fn insert_roles(
    txn: &impl ConnectionTrait,
    id: &UserId,
    roles: &[Role],
    at: Instant,
) -> Result<(), StoreError> {
    roles::ensure(txn, roles, at).await?;
    let each_once: BTreeSet<&Role> = roles.iter().collect();
    let rows = each_once.into_iter().map(|role| user_role::ActiveModel {
        user_id: Set(id.as_str().to_owned()),
        role: Set(role.as_str().to_owned()),
    });
    user_role::Entity::insert_many(rows)
        .exec_without_returning(txn)
        .await?;
    Ok(())
}

/// An update of one account that counts as a change of it.
fn changed(id: &UserId, at: Instant) -> UpdateMany<user::Entity> {
    user::Entity::update_many()
        .col_expr(user::Column::UpdatedAt, Expr::value(at.as_millis()))
        .col_expr(
            user::Column::Version,
            Expr::col(user::Column::Version).add(1),
        )
        .filter(user::Column::Id.eq(id.as_str()))
}

/// Runs the update and, when it met its row, tells the other instances.
async fn announced(
    txn: &impl ConnectionTrait,
    update: UpdateMany<user::Entity>,
    id: &UserId,
    at: Instant,
) -> Result<bool, StoreError> {
    let done = update.exec(txn).await?;
    if won(&done) {
        changes::append(txn, ChangeKind::User, id.as_str(), at).await?;
    }
    Ok(won(&done))
}
