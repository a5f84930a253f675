//! How clients that registered themselves are managed: the token of each, and how long it may stay
//! unused (RFC 7592 §3; matrix DCM-06, DCR-13).

use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    QueryFilter as _, QuerySelect as _,
};

use super::StoreError;
use super::clients;
use super::entity::{client_registration as table, consent, family};
use super::row::{Row, is_storable, millis};
use crate::clock::Instant;
use crate::model::ClientId;
use crate::secret::SecretDigest;

/// A registration over the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The client.
    pub client_id: ClientId,
    /// SHA-256 of its registration access token.
    pub token_digest: SecretDigest,
    /// When it registered.
    pub created_at: Instant,
    /// When it is deleted if nobody has used it by then; `None` for never.
    pub unused_until: Option<Instant>,
}

/// Keeps a registration; the client must be there.
pub async fn insert(
    txn: &impl ConnectionTrait,
    registration: &Registration,
) -> Result<(), StoreError> {
    let row = table::ActiveModel {
        client_id: Set(registration.client_id.as_str().to_owned()),
        token_digest: Set(registration.token_digest.as_bytes().to_vec()),
        created_at: Set(registration.created_at.as_millis()),
        unused_until: Set(millis(registration.unused_until)),
    };
    table::Entity::insert(row)
        .exec_without_returning(txn)
        .await?;
    Ok(())
}

/// Of the client, byte by byte this one.
pub async fn find(
    conn: &impl ConnectionTrait,
    id: &ClientId,
) -> Result<Option<Registration>, StoreError> {
    if !is_storable(id.as_str()) {
        return Ok(None);
    }
    let row = table::Entity::find_by_id(id.as_str()).one(conn).await?;
    row.filter(|row| row.client_id == id.as_str())
        .map(|row| {
            let at = Row {
                table: "client_registrations",
                id: &row.client_id,
            };
            Ok(Registration {
                token_digest: at.digest("token_digest", &row.token_digest)?,
                created_at: Instant::from_millis(row.created_at),
                unused_until: row.unused_until.map(Instant::from_millis),
                client_id: ClientId::new(row.client_id),
            })
        })
        .transpose()
}

/// Deletes at most `limit` clients whose time to be used is over, and returns how many those were.
/// Who has a session or a consent was used, and stays for good.
pub async fn prune_unused(
    txn: &impl ConnectionTrait,
    now: Instant,
    limit: u64,
) -> Result<u64, StoreError> {
    let of_families = Query::select()
        .column(family::Column::ClientId)
        .from(family::Entity)
        .take();
    let of_consents = Query::select()
        .column(consent::Column::ClientId)
        .from(consent::Entity)
        .take();
    let is_used = Condition::any()
        .add(table::Column::ClientId.in_subquery(of_families))
        .add(table::Column::ClientId.in_subquery(of_consents));
    table::Entity::update_many()
        .col_expr(table::Column::UnusedUntil, Expr::value(None::<i64>))
        .filter(table::Column::UnusedUntil.is_not_null())
        .filter(is_used)
        .exec(txn)
        .await?;
    let unused: Vec<String> = table::Entity::find()
        .select_only()
        .column(table::Column::ClientId)
        .filter(table::Column::UnusedUntil.lt(now.as_millis()))
        .limit(limit)
        .into_tuple()
        .all(txn)
        .await?;
    for id in &unused {
        clients::delete(txn, &ClientId::new(id), now).await?;
    }
    Ok(unused.len() as u64)
}
