//! Clients that are still to be told of the end of a session: an outbox, written in the transaction that
//! ends it (OpenID Connect Back-Channel Logout 1.0 §2.5; matrix LO-20, LO-24, LO-25).
//!
//! Whoever tells one takes it first, by one conditional update. A taken delivery is free again after a
//! lease, so that nobody is forgotten when the instance that took it dies.

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, JoinType,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, RelationTrait as _,
};

use super::StoreError;
use super::entity::{client, logout_delivery as table, session, session_client};
use super::row::{Row, won};
use crate::clock::Instant;
use crate::model::{ClientId, ClientMetadata, SessionId, UserId};

/// A client to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Which session ended: `sid`.
    pub session_id: SessionId,
    /// Who is told.
    pub client_id: ClientId,
    /// Whose session it was.
    pub user_id: UserId,
    /// Tries that were begun.
    pub tries: u32,
}

/// Sessions that this transaction has just ended.
#[derive(Debug, Clone, Copy)]
pub enum Ended<'a> {
    /// One.
    One(&'a SessionId),
    /// Every one of a user that ended at this instant.
    OfUser(&'a UserId, Instant),
}

/// Writes a delivery for each client that took part in these sessions and wants to be told, and returns
/// them. They may be taken from `first_try_at` on.
pub async fn add(
    txn: &impl ConnectionTrait,
    ended: Ended<'_>,
    now: Instant,
    first_try_at: Instant,
) -> Result<Vec<Delivery>, StoreError> {
    let deliveries = listeners(txn, ended).await?;
    if deliveries.is_empty() {
        return Ok(deliveries);
    }
    let rows = deliveries.iter().map(|delivery| table::ActiveModel {
        session_id: Set(delivery.session_id.as_str().to_owned()),
        client_id: Set(delivery.client_id.as_str().to_owned()),
        user_id: Set(delivery.user_id.as_str().to_owned()),
        tries: Set(0),
        next_try_at: Set(first_try_at.as_millis()),
        created_at: Set(now.as_millis()),
    });
    let key = [table::Column::SessionId, table::Column::ClientId];
    // One that ended in the same millisecond before has its deliveries already.
    let or_nothing = OnConflict::columns(key).do_nothing_on(key).to_owned();
    table::Entity::insert_many(rows)
        .on_conflict(or_nothing)
        .exec_without_returning(txn)
        .await?;
    Ok(deliveries)
}

/// Who took part and has a back-channel logout URI.
async fn listeners(
    txn: &impl ConnectionTrait,
    ended: Ended<'_>,
) -> Result<Vec<Delivery>, StoreError> {
    let which = match ended {
        Ended::One(id) => Condition::all().add(session::Column::Id.eq(id.as_str())),
        Ended::OfUser(user, at) => Condition::all()
            .add(session::Column::UserId.eq(user.as_str()))
            .add(session::Column::EndedAt.eq(at.as_millis())),
    };
    let rows: Vec<(String, String, String, Option<String>)> = session_client::Entity::find()
        .join(JoinType::InnerJoin, session_client::Relation::Session.def())
        .join(JoinType::InnerJoin, session_client::Relation::Client.def())
        .select_only()
        .column(session_client::Column::SessionId)
        .column(session_client::Column::ClientId)
        .column(session::Column::UserId)
        .column(client::Column::Metadata)
        .filter(which)
        .filter(client::Column::DisabledAt.is_null())
        .order_by_asc(session_client::Column::SessionId)
        .order_by_asc(session_client::Column::ClientId)
        .into_tuple()
        .all(txn)
        .await?;
    let mut deliveries = Vec::new();
    for (session_id, client_id, user_id, metadata) in rows {
        if wants_to_be_told(&client_id, metadata.as_deref())? {
            deliveries.push(Delivery {
                session_id: SessionId::new(session_id),
                client_id: ClientId::new(client_id),
                user_id: UserId::new(user_id),
                tries: 0,
            });
        }
    }
    Ok(deliveries)
}

fn wants_to_be_told(client: &str, metadata: Option<&str>) -> Result<bool, StoreError> {
    let at = Row {
        table: "clients",
        id: client,
    };
    let metadata: Option<ClientMetadata> = metadata
        .map(serde_json::from_str)
        .transpose()
        .map_err(|error| at.broken(format!("`metadata`: {error}")))?;
    Ok(metadata.is_some_and(|metadata| metadata.backchannel_logout_uri.is_some()))
}

/// At most `limit` deliveries whose time has come, those that wait longest first.
pub async fn due(
    conn: &impl ConnectionTrait,
    now: Instant,
    limit: u64,
) -> Result<Vec<Delivery>, StoreError> {
    table::Entity::find()
        .filter(table::Column::NextTryAt.lte(now.as_millis()))
        .order_by_asc(table::Column::NextTryAt)
        .limit(limit)
        .all(conn)
        .await?
        .into_iter()
        .map(to_delivery)
        .collect()
}

fn to_delivery(row: table::Model) -> Result<Delivery, StoreError> {
    let at = Row {
        table: "logout_deliveries",
        id: &row.session_id,
    };
    Ok(Delivery {
        tries: at.number("tries", row.tries)?,
        session_id: SessionId::new(row.session_id),
        client_id: ClientId::new(row.client_id),
        user_id: UserId::new(row.user_id),
    })
}

/// Takes a delivery for one more try; nobody else does until `until`. False when somebody was faster.
pub async fn take(
    txn: &impl ConnectionTrait,
    delivery: &Delivery,
    until: Instant,
) -> Result<bool, StoreError> {
    let changes = table::ActiveModel {
        tries: Set(i64::from(delivery.tries) + 1),
        next_try_at: Set(until.as_millis()),
        ..Default::default()
    };
    let done = table::Entity::update_many()
        .set(changes)
        .filter(is(delivery))
        .filter(table::Column::Tries.eq(delivery.tries))
        .exec(txn)
        .await?;
    Ok(won(&done))
}

/// Puts a delivery that was taken back, for another try from `at` on. False when somebody else has
/// taken it since.
pub async fn put_back(
    txn: &impl ConnectionTrait,
    delivery: &Delivery,
    at: Instant,
) -> Result<bool, StoreError> {
    let changes = table::ActiveModel {
        next_try_at: Set(at.as_millis()),
        ..Default::default()
    };
    let done = table::Entity::update_many()
        .set(changes)
        .filter(is(delivery))
        .filter(table::Column::Tries.eq(delivery.tries))
        .exec(txn)
        .await?;
    Ok(won(&done))
}

/// The client was told, or will not be. False when it was removed before.
pub async fn remove(txn: &impl ConnectionTrait, delivery: &Delivery) -> Result<bool, StoreError> {
    let done = table::Entity::delete_many()
        .filter(is(delivery))
        .exec(txn)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Forgets deliveries made before `before`, those of at most `limit` sessions, and returns how many
/// those were.
pub async fn prune(
    txn: &impl ConnectionTrait,
    before: Instant,
    limit: u64,
) -> Result<u64, StoreError> {
    let is_old = || table::Column::CreatedAt.lt(before.as_millis());
    let sessions: Vec<String> = table::Entity::find()
        .select_only()
        .column(table::Column::SessionId)
        .filter(is_old())
        .limit(limit)
        .into_tuple()
        .all(txn)
        .await?;
    let done = table::Entity::delete_many()
        .filter(table::Column::SessionId.is_in(sessions))
        .filter(is_old())
        .exec(txn)
        .await?;
    Ok(done.rows_affected)
}

fn is(delivery: &Delivery) -> Condition {
    Condition::all()
        .add(table::Column::SessionId.eq(delivery.session_id.as_str()))
        .add(table::Column::ClientId.eq(delivery.client_id.as_str()))
}
