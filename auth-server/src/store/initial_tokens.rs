//! Initial access tokens: they let their holder register clients (RFC 7591 §3; matrix DCR-01).

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    ExprTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::entity::initial_token as table;
use super::row::{Row, millis, won};
use super::{Page, StoreError};
use crate::clock::Instant;
use crate::secret::SecretDigest;

/// A token as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InitialToken {
    /// Names it; no secret.
    pub id: String,
    /// SHA-256 of the token.
    pub digest: SecretDigest,
    /// Whom it was given to, for people.
    pub note: String,
    /// Registrations it is good for; `None` for any number.
    pub uses_left: Option<u32>,
    /// When it was made.
    pub created_at: Instant,
    /// When it ends; `None` for never.
    pub expires_at: Option<Instant>,
}

/// Keeps a token.
pub async fn insert(txn: &impl ConnectionTrait, token: &InitialToken) -> Result<(), StoreError> {
    let row = table::ActiveModel {
        id: Set(token.id.clone()),
        digest: Set(token.digest.as_bytes().to_vec()),
        note: Set(token.note.clone()),
        uses_left: Set(token.uses_left.map(i64::from)),
        created_at: Set(token.created_at.as_millis()),
        expires_at: Set(millis(token.expires_at)),
    };
    table::Entity::insert(row)
        .exec_without_returning(txn)
        .await?;
    Ok(())
}

/// At most `limit` tokens after the id `after`, by id.
pub async fn list(
    conn: &impl ConnectionTrait,
    after: Option<&str>,
    limit: u64,
) -> Result<Page<InitialToken>, StoreError> {
    let mut query = table::Entity::find()
        .order_by_asc(table::Column::Id)
        .limit(limit.saturating_add(1));
    if let Some(after) = after {
        query = query.filter(table::Column::Id.gt(after));
    }
    let rows = query.all(conn).await?;
    let tokens = rows
        .into_iter()
        .map(to_token)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Page::of(tokens, limit, |token| token.id.as_str()))
}

/// Whether a registration with this token would be let in at `now`.
pub async fn is_good(
    conn: &impl ConnectionTrait,
    digest: SecretDigest,
    now: Instant,
) -> Result<bool, StoreError> {
    let found = table::Entity::find()
        .filter(good(digest, now))
        .one(conn)
        .await?;
    Ok(found.is_some())
}

/// Uses the token once. False when it is unknown, expired or used up.
pub async fn spend(
    txn: &impl ConnectionTrait,
    digest: SecretDigest,
    now: Instant,
) -> Result<bool, StoreError> {
    // Where the number is NULL, it stays NULL.
    let done = table::Entity::update_many()
        .col_expr(
            table::Column::UsesLeft,
            Expr::col(table::Column::UsesLeft).sub(1),
        )
        .filter(good(digest, now))
        .exec(txn)
        .await?;
    Ok(won(&done))
}

/// Deletes a token. False when there is none of that id.
pub async fn delete(txn: &impl ConnectionTrait, id: &str) -> Result<bool, StoreError> {
    let done = table::Entity::delete_by_id(id).exec(txn).await?;
    Ok(done.rows_affected == 1)
}

/// Forgets at most `limit` tokens that ended before `before`, and returns how many those were.
pub async fn prune(
    txn: &impl ConnectionTrait,
    before: Instant,
    limit: u64,
) -> Result<u64, StoreError> {
    let is_over = Condition::any()
        .add(table::Column::ExpiresAt.lt(before.as_millis()))
        .add(table::Column::UsesLeft.lte(0));
    let ids: Vec<String> = table::Entity::find()
        .select_only()
        .column(table::Column::Id)
        .filter(is_over)
        .limit(limit)
        .into_tuple()
        .all(txn)
        .await?;
    let done = table::Entity::delete_many()
        .filter(table::Column::Id.is_in(ids))
        .exec(txn)
        .await?;
    Ok(done.rows_affected)
}

fn good(digest: SecretDigest, now: Instant) -> Condition {
    let has_uses = Condition::any()
        .add(table::Column::UsesLeft.is_null())
        .add(table::Column::UsesLeft.gt(0));
    let is_live = Condition::any()
        .add(table::Column::ExpiresAt.is_null())
        .add(table::Column::ExpiresAt.gt(now.as_millis()));
    Condition::all()
        .add(table::Column::Digest.eq(digest.as_bytes().to_vec()))
        .add(has_uses)
        .add(is_live)
}

fn to_token(row: table::Model) -> Result<InitialToken, StoreError> {
    let at = Row {
        table: "initial_tokens",
        id: &row.id,
    };
    Ok(InitialToken {
        digest: at.digest("digest", &row.digest)?,
        uses_left: row
            .uses_left
            .map(|uses| at.number("uses_left", uses))
            .transpose()?,
        note: row.note,
        created_at: Instant::from_millis(row.created_at),
        expires_at: row.expires_at.map(Instant::from_millis),
        id: row.id,
    })
}
