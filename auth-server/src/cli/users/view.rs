//! Looking at users: one, or page by page.

use serde_json::{Value, json};

use super::PageArgs;
use crate::accounts::LoginName;
use crate::cli::failure::Failure;
use crate::cli::globals::Format;
use crate::cli::output;
use crate::cli::workbench::Workbench;
use crate::clock::Instant;
use crate::model::{User, UserId};
use crate::store::users;

/// A user as it is printed. The password hash is nobody's business.
pub(super) fn json(user: &User) -> Value {
    json!({
        "id": user.id.as_str(),
        "username": user.username,
        "name": user.name,
        "email": user.email,
        "email_verified": user.email_verified,
        "profile": user.profile.claims(),
        "status": user.status.as_str(),
        "roles": user.roles,
        "has_password": user.password_hash.is_some(),
        "must_change_password": user.must_change_password,
        "password_changed_at": user.password_changed_at.map(Instant::to_rfc3339),
        "created_at": user.created_at.to_rfc3339(),
        "updated_at": user.updated_at.to_rfc3339(),
    })
}

/// `user list`.
pub(super) async fn list(
    bench: &Workbench,
    format: Format,
    page: &PageArgs,
) -> Result<(), Failure> {
    let found = users::list(bench.store.read(), page.cursor.as_deref(), page.limit).await?;
    let items: Vec<Value> = found.items.iter().map(json).collect();
    let columns = ["id", "username", "status", "roles", "created_at"];
    output::list(format, &columns, &items, found.next.as_deref())
}

/// `user show`.
pub(super) async fn show(bench: &Workbench, format: Format, name: &str) -> Result<(), Failure> {
    let first = ["id", "username", "name", "email", "status", "roles"];
    output::record(format, &first, &json(&require(bench, name).await?))
}

/// The user of that name or id.
pub(in crate::cli) async fn require(bench: &Workbench, name: &str) -> Result<User, Failure> {
    let conn = bench.store.read();
    if let Ok(login) = LoginName::parse(name)
        && let Some(user) = users::find_by_login_key(conn, login.canonical()).await?
    {
        return Ok(user);
    }
    let by_id = users::find_by_id(conn, &UserId::new(name)).await?;
    by_id.ok_or_else(|| {
        Failure::failed(format!(
            "There is no user `{name}`; `auth-server user list` shows them."
        ))
    })
}
