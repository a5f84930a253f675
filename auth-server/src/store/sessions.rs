//! Login sessions of browsers. The cookie holds a 256-bit handle; the row knows its SHA-256 only.

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
};

use super::StoreError;
use super::entity::session;
use super::prune::delete_before;
use super::row::{Row, instant, list_to_json, millis, won};
use crate::clock::Instant;
use crate::model::{SessionId, UserId};
use crate::secret::SecretDigest;

mod live;

pub use live::list_live;

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// `sid` in tokens.
    pub id: SessionId,
    /// Who is logged in.
    pub user_id: UserId,
    /// SHA-256 of the handle in the cookie.
    pub handle_digest: SecretDigest,
    /// How the user authenticated (RFC 8176).
    pub amr: Vec<String>,
    /// Authentication context class.
    pub acr: Option<String>,
    /// When: `auth_time`.
    pub authenticated_at: Instant,
    /// When it began.
    pub created_at: Instant,
    /// When it was last used.
    pub last_seen_at: Instant,
    /// End unless used before.
    pub idle_expires_at: Instant,
    /// Absolute end.
    pub expires_at: Instant,
    /// Set when the user logged out or was logged out.
    pub ended_at: Option<Instant>,
}

/// Begins a session.
pub async fn insert(txn: &impl ConnectionTrait, session: &Session) -> Result<(), StoreError> {
    let row = session::ActiveModel {
        id: Set(session.id.as_str().to_owned()),
        user_id: Set(session.user_id.as_str().to_owned()),
        handle_digest: Set(session.handle_digest.as_bytes().to_vec()),
        amr: Set(list_to_json(&session.amr)),
        acr: Set(session.acr.clone()),
        authenticated_at: Set(session.authenticated_at.as_millis()),
        created_at: Set(session.created_at.as_millis()),
        last_seen_at: Set(session.last_seen_at.as_millis()),
        idle_expires_at: Set(session.idle_expires_at.as_millis()),
        expires_at: Set(session.expires_at.as_millis()),
        ended_at: Set(millis(session.ended_at)),
    };
    session::Entity::insert(row)
        .exec_without_returning(txn)
        .await?;
    Ok(())
}

/// By the digest of the handle, whatever its state.
pub async fn find_by_handle(
    conn: &impl ConnectionTrait,
    handle: &SecretDigest,
) -> Result<Option<Session>, StoreError> {
    let row = session::Entity::find()
        .filter(session::Column::HandleDigest.eq(handle.as_bytes().to_vec()))
        .one(conn)
        .await?;
    row.map(to_session).transpose()
}

/// By `sid`, whatever its state.
pub async fn find(
    conn: &impl ConnectionTrait,
    id: &SessionId,
) -> Result<Option<Session>, StoreError> {
    let row = session::Entity::find_by_id(id.as_str()).one(conn).await?;
    row.map(to_session).transpose()
}

fn to_session(row: session::Model) -> Result<Session, StoreError> {
    let at = Row {
        table: "sessions",
        id: &row.id,
    };
    Ok(Session {
        handle_digest: at.digest("handle_digest", &row.handle_digest)?,
        amr: at.list("amr", &row.amr)?,
        user_id: UserId::new(row.user_id),
        acr: row.acr,
        authenticated_at: Instant::from_millis(row.authenticated_at),
        created_at: Instant::from_millis(row.created_at),
        last_seen_at: Instant::from_millis(row.last_seen_at),
        idle_expires_at: Instant::from_millis(row.idle_expires_at),
        expires_at: Instant::from_millis(row.expires_at),
        ended_at: instant(row.ended_at),
        id: SessionId::new(row.id),
    })
}

/// The same user authenticated again: a new handle, and new ends (matrix AZ-22). False when it has ended.
pub async fn renew(txn: &impl ConnectionTrait, session: &Session) -> Result<bool, StoreError> {
    let changes = session::ActiveModel {
        handle_digest: Set(session.handle_digest.as_bytes().to_vec()),
        amr: Set(list_to_json(&session.amr)),
        acr: Set(session.acr.clone()),
        authenticated_at: Set(session.authenticated_at.as_millis()),
        last_seen_at: Set(session.last_seen_at.as_millis()),
        idle_expires_at: Set(session.idle_expires_at.as_millis()),
        expires_at: Set(session.expires_at.as_millis()),
        ..Default::default()
    };
    let done = session::Entity::update_many()
        .set(changes)
        .filter(session::Column::Id.eq(session.id.as_str()))
        .filter(session::Column::UserId.eq(session.user_id.as_str()))
        .filter(session::Column::EndedAt.is_null())
        .exec(txn)
        .await?;
    Ok(won(&done))
}

/// Notes that the session was used. False when it has ended.
pub async fn touch(
    txn: &impl ConnectionTrait,
    id: &SessionId,
    at: Instant,
    idle_expires_at: Instant,
) -> Result<bool, StoreError> {
    let changes = session::ActiveModel {
        last_seen_at: Set(at.as_millis()),
        idle_expires_at: Set(idle_expires_at.as_millis()),
        ..Default::default()
    };
    let done = session::Entity::update_many()
        .set(changes)
        .filter(session::Column::Id.eq(id.as_str()))
        .filter(session::Column::EndedAt.is_null())
        .exec(txn)
        .await?;
    Ok(won(&done))
}

/// Ends the session. False when there is none, or it ended before.
pub async fn end(
    txn: &impl ConnectionTrait,
    id: &SessionId,
    at: Instant,
) -> Result<bool, StoreError> {
    let done = session::Entity::update_many()
        .set(ended(at))
        .filter(session::Column::Id.eq(id.as_str()))
        .filter(session::Column::EndedAt.is_null())
        .exec(txn)
        .await?;
    Ok(won(&done))
}

/// Ends every session of the user, and returns how many those were.
pub async fn end_all_for_user(
    txn: &impl ConnectionTrait,
    user: &UserId,
    at: Instant,
) -> Result<u64, StoreError> {
    let done = session::Entity::update_many()
        .set(ended(at))
        .filter(session::Column::UserId.eq(user.as_str()))
        .filter(session::Column::EndedAt.is_null())
        .exec(txn)
        .await?;
    Ok(done.rows_affected)
}

fn ended(at: Instant) -> session::ActiveModel {
    session::ActiveModel {
        ended_at: Set(Some(at.as_millis())),
        ..Default::default()
    }
}

/// Forgets at most `limit` sessions that expired before `before`, and returns how many those were.
pub async fn prune_expired(
    txn: &impl ConnectionTrait,
    before: Instant,
    limit: u64,
) -> Result<u64, StoreError> {
    let columns = (session::Column::Id, session::Column::ExpiresAt);
    delete_before::<session::Entity, String>(txn, columns, before, limit).await
}
