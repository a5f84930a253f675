//! Signing keys as rows. One key per algorithm signs: the unique column `active_slot` decides, so that
//! of several processes that make the first key one wins and the others load the winner's.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};

use super::StoreError;
use super::changes::{self, ChangeKind};
use super::entity::signing_key;
use super::row::{Row, instant, millis, won};
use crate::clock::Instant;
use crate::model::{Algorithm, KeyId, KeyState, SigningKeyRecord};

/// A step in the life of a key.
#[derive(Debug, Clone)]
pub struct KeyTransition {
    /// Which key.
    pub kid: KeyId,
    /// Where it must stand for the step to happen.
    pub from: KeyState,
    /// Where it goes.
    pub to: KeyState,
    /// When: the time of activation for a step to active, of retirement for any other.
    pub at: Instant,
    /// When it leaves the set, where that is known now.
    pub expires_at: Option<Instant>,
}

/// A private key under a new encryption key.
#[derive(Debug, Clone)]
pub struct Resealing {
    /// Which key.
    pub kid: KeyId,
    /// Version of the encryption key that sealed it so far.
    pub from_version: u32,
    /// The private key, sealed again.
    pub sealed_private: Vec<u8>,
    /// Version of the encryption key that seals it now.
    pub to_version: u32,
}

/// Every key, oldest first. A row that cannot be read is left out and reported: it must not stop the
/// others from serving.
pub async fn all(conn: &impl ConnectionTrait) -> Result<Vec<SigningKeyRecord>, StoreError> {
    let rows = signing_key::Entity::find()
        .order_by_asc(signing_key::Column::CreatedAt)
        .order_by_asc(signing_key::Column::Kid)
        .all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            to_record(row)
                .inspect_err(|error| tracing::error!(cause = %error, "a signing key is left out"))
                .ok()
        })
        .collect())
}

/// By thumbprint.
pub async fn find(
    conn: &impl ConnectionTrait,
    kid: &KeyId,
) -> Result<Option<SigningKeyRecord>, StoreError> {
    let row = signing_key::Entity::find_by_id(kid.as_str())
        .one(conn)
        .await?;
    row.map(to_record).transpose()
}

fn to_record(row: signing_key::Model) -> Result<SigningKeyRecord, StoreError> {
    let at = Row {
        table: "signing_keys",
        id: &row.kid,
    };
    Ok(SigningKeyRecord {
        algorithm: at.word("algorithm", &row.algorithm, Algorithm::parse)?,
        state: at.word("state", &row.state, KeyState::parse)?,
        seal_version: at.number("seal_version", row.seal_version)?,
        public_jwk: row.public_jwk,
        sealed_private: row.sealed_private,
        created_at: Instant::from_millis(row.created_at),
        activates_at: Instant::from_millis(row.activates_at),
        retired_at: instant(row.retired_at),
        expires_at: instant(row.expires_at),
        kid: KeyId::new(row.kid),
    })
}

/// Adds the key.
///
/// # Errors
/// Conflict when it is there, or when it is to sign and another of its algorithm does: load again.
pub async fn insert(txn: &impl ConnectionTrait, key: &SigningKeyRecord) -> Result<(), StoreError> {
    let signs = key.state == KeyState::Active;
    let row = signing_key::ActiveModel {
        kid: Set(key.kid.as_str().to_owned()),
        algorithm: Set(key.algorithm.as_str().to_owned()),
        state: Set(key.state.as_str().to_owned()),
        active_slot: Set(signs.then(|| key.algorithm.as_str().to_owned())),
        public_jwk: Set(key.public_jwk.clone()),
        sealed_private: Set(key.sealed_private.clone()),
        seal_version: Set(i64::from(key.seal_version)),
        created_at: Set(key.created_at.as_millis()),
        activates_at: Set(key.activates_at.as_millis()),
        retired_at: Set(millis(key.retired_at)),
        expires_at: Set(millis(key.expires_at)),
    };
    signing_key::Entity::insert(row)
        .exec_without_returning(txn)
        .await?;
    changes::append(txn, ChangeKind::Key, key.kid.as_str(), key.created_at).await?;
    Ok(())
}

/// One step, if the key still stands where the caller thinks: of N instances that rotate, one wins.
///
/// # Errors
/// Conflict when the key is to sign and another of its algorithm still does.
pub async fn transition(
    txn: &impl ConnectionTrait,
    step: &KeyTransition,
) -> Result<bool, StoreError> {
    let activates = step.to == KeyState::Active;
    let slot = if activates {
        Expr::col(signing_key::Column::Algorithm)
    } else {
        Expr::value(None::<String>)
    };
    let changes = signing_key::ActiveModel {
        state: Set(step.to.as_str().to_owned()),
        activates_at: if activates {
            Set(step.at.as_millis())
        } else {
            NotSet
        },
        retired_at: if activates {
            NotSet
        } else {
            Set(Some(step.at.as_millis()))
        },
        expires_at: step
            .expires_at
            .map_or(NotSet, |at| Set(Some(at.as_millis()))),
        ..Default::default()
    };
    let done = signing_key::Entity::update_many()
        .set(changes)
        .col_expr(signing_key::Column::ActiveSlot, slot)
        .filter(signing_key::Column::Kid.eq(step.kid.as_str()))
        .filter(signing_key::Column::State.eq(step.from.as_str()))
        .exec(txn)
        .await?;
    if won(&done) {
        changes::append(txn, ChangeKind::Key, step.kid.as_str(), step.at).await?;
    }
    Ok(won(&done))
}

/// Replaces the sealed private key, if it is still sealed as the caller thinks.
pub async fn reseal(
    txn: &impl ConnectionTrait,
    resealing: &Resealing,
    at: Instant,
) -> Result<bool, StoreError> {
    let changes = signing_key::ActiveModel {
        sealed_private: Set(resealing.sealed_private.clone()),
        seal_version: Set(i64::from(resealing.to_version)),
        ..Default::default()
    };
    let done = signing_key::Entity::update_many()
        .set(changes)
        .filter(signing_key::Column::Kid.eq(resealing.kid.as_str()))
        .filter(signing_key::Column::SealVersion.eq(resealing.from_version))
        .exec(txn)
        .await?;
    if won(&done) {
        changes::append(txn, ChangeKind::Key, resealing.kid.as_str(), at).await?;
    }
    Ok(won(&done))
}

/// Removes the keys whose last token has expired, and returns how many those were.
pub async fn delete_expired(txn: &impl ConnectionTrait, now: Instant) -> Result<u64, StoreError> {
    let done = signing_key::Entity::delete_many()
        .filter(signing_key::Column::State.ne(KeyState::Active.as_str()))
        .filter(signing_key::Column::ExpiresAt.lte(now.as_millis()))
        .exec(txn)
        .await?;
    if done.rows_affected > 0 {
        changes::append(txn, ChangeKind::Key, "expired", now).await?;
    }
    Ok(done.rows_affected)
}
