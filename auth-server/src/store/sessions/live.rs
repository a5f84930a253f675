//! Looking at the sessions that go on.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

use super::{Session, to_session};
use crate::clock::Instant;
use crate::model::UserId;
use crate::store::entity::session;
use crate::store::{Page, StoreError};

/// At most `limit` live sessions after the id `after`, by id; of this user, or of everybody.
pub async fn list_live(
    conn: &impl ConnectionTrait,
    user: Option<&UserId>,
    now: Instant,
    (after, limit): (Option<&str>, u64),
) -> Result<Page<Session>, StoreError> {
    let mut query = session::Entity::find()
        .filter(session::Column::EndedAt.is_null())
        .filter(session::Column::IdleExpiresAt.gt(now.as_millis()))
        .filter(session::Column::ExpiresAt.gt(now.as_millis()))
        .order_by_asc(session::Column::Id)
        .limit(limit.saturating_add(1));
    if let Some(user) = user {
        query = query.filter(session::Column::UserId.eq(user.as_str()));
    }
    if let Some(after) = after {
        query = query.filter(session::Column::Id.gt(after));
    }
    let rows = query.all(conn).await?;
    let sessions = rows
        .into_iter()
        .map(to_session)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Page::of(sessions, limit, |session| session.id.as_str()))
}
