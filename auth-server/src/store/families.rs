//! Families of refresh tokens: one row for all generations (design §5, RFC 9700 §4.14.2).
//!
//! A refresh is ONE conditional update on the generation. Of 64 tabs that refresh at once, one wins.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::StoreError;
use super::entity::{client, family, user};
use super::row::{Row, claims_to_json, instant, list_to_json, millis, won};
use crate::clock::Instant;
use crate::model::{ClientId, Family, FamilyId, SessionId, UserId, UserStatus};

mod change;
mod revoke;

pub use change::{Rotation, assign_place, mark_used, prune_expired, rotate};
pub use revoke::{
    OfSession, reindex, reindex_all_for_client, reindex_all_for_user, revoke,
    revoke_all_for_client, revoke_all_for_consent, revoke_all_for_session, revoke_all_for_user,
};

/// Begins a family.
///
/// # Errors
/// Missing when the client or the user is gone, or was switched off or locked since they were read.
pub async fn insert(txn: &impl ConnectionTrait, family: &Family) -> Result<(), StoreError> {
    require_live(txn, family).await?;
    let row = family::ActiveModel {
        id: Set(family.id.as_str().to_owned()),
        client_id: Set(family.client_id.as_str().to_owned()),
        user_id: Set(family.user_id.as_str().to_owned()),
        session_id: Set(family.session_id.as_ref().map(|id| id.as_str().to_owned())),
        sid: Set(family.sid.as_str().to_owned()),
        scope: Set(family.scope.to_string()),
        audiences: Set(list_to_json(&family.audiences)),
        auth_time: Set(family.auth_time.as_millis()),
        amr: Set(list_to_json(&family.amr)),
        acr: Set(family.acr.clone()),
        generation: Set(i64::from(family.generation)),
        rotated_at: Set(millis(family.rotated_at)),
        used: Set(family.used),
        mac_version: Set(i64::from(family.mac_version)),
        status_index: Set(family.status_index),
        status_index_before: Set(family.status_index_before),
        created_at: Set(family.created_at.as_millis()),
        expires_at: Set(family.expires_at.as_millis()),
        idle_expires_at: Set(family.idle_expires_at.as_millis()),
        revoked_at: Set(millis(family.revoked_at)),
        revoked_reason: Set(None),
        claims: Set(claims_to_json(&family.claims)),
    };
    family::Entity::insert(row)
        .exec_without_returning(txn)
        .await?;
    Ok(())
}

/// Changes nothing of the user, but whoever locks the account waits for the end of this transaction, and
/// then finds the family. The client is only looked at: all its users would queue for its row.
async fn require_live(txn: &impl ConnectionTrait, family: &Family) -> Result<(), StoreError> {
    let version = user::Column::Version;
    let done = user::Entity::update_many()
        .col_expr(version, Expr::col(version))
        .filter(user::Column::Id.eq(family.user_id.as_str()))
        .filter(user::Column::Status.eq(UserStatus::Active.as_str()))
        .exec(txn)
        .await?;
    let live_client = client::Entity::find_by_id(family.client_id.as_str())
        .filter(client::Column::DisabledAt.is_null());
    if won(&done) && live_client.one(txn).await?.is_some() {
        Ok(())
    } else {
        let gone = format!("user {} or client {}", family.user_id, family.client_id);
        Err(StoreError::Missing(gone))
    }
}

/// By id, whatever its state.
pub async fn find(
    conn: &impl ConnectionTrait,
    id: &FamilyId,
) -> Result<Option<Family>, StoreError> {
    let row = family::Entity::find_by_id(id.as_str()).one(conn).await?;
    row.map(to_family).transpose()
}

/// The family whose access tokens point to this index of the status lists.
pub async fn find_by_place(
    conn: &impl ConnectionTrait,
    status_index: i64,
) -> Result<Option<Family>, StoreError> {
    let either = Condition::any()
        .add(family::Column::StatusIndex.eq(status_index))
        .add(family::Column::StatusIndexBefore.eq(status_index));
    let row = family::Entity::find().filter(either).one(conn).await?;
    row.map(to_family).transpose()
}

/// At most `limit` families of the user, newest first, whatever their state.
pub async fn list_for_user(
    conn: &impl ConnectionTrait,
    user: &UserId,
    limit: u64,
) -> Result<Vec<Family>, StoreError> {
    family::Entity::find()
        .filter(family::Column::UserId.eq(user.as_str()))
        .order_by_desc(family::Column::CreatedAt)
        .order_by_asc(family::Column::Id)
        .limit(limit)
        .all(conn)
        .await?
        .into_iter()
        .map(to_family)
        .collect()
}

fn to_family(row: family::Model) -> Result<Family, StoreError> {
    let at = Row {
        table: "families",
        id: &row.id,
    };
    Ok(Family {
        scope: at.scopes("scope", &row.scope)?,
        audiences: at.list("audiences", &row.audiences)?,
        amr: at.list("amr", &row.amr)?,
        claims: at.claims("claims", row.claims.as_deref())?,
        generation: at.number("generation", row.generation)?,
        mac_version: at.number("mac_version", row.mac_version)?,
        client_id: ClientId::new(row.client_id),
        user_id: UserId::new(row.user_id),
        sid: SessionId::new(row.sid),
        session_id: row.session_id.map(SessionId::new),
        auth_time: Instant::from_millis(row.auth_time),
        acr: row.acr,
        rotated_at: instant(row.rotated_at),
        used: row.used,
        created_at: Instant::from_millis(row.created_at),
        expires_at: Instant::from_millis(row.expires_at),
        idle_expires_at: Instant::from_millis(row.idle_expires_at),
        revoked_at: instant(row.revoked_at),
        status_index: row.status_index,
        status_index_before: row.status_index_before,
        id: FamilyId::new(row.id),
    })
}
