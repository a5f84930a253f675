//! Authorization codes, spent by one conditional update (RFC 6749 §4.1.2, RFC 9700 §4.2.4).

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    UpdateMany,
};

use super::StoreError;
use super::entity::authorization_code as table;
use super::prune::delete_before;
use super::row::{Row, claims_to_json, instant, list_to_json, millis, won};
use crate::clock::Instant;
use crate::model::{AuthorizationCode, ClientId, FamilyId, SessionId, UserId};

/// Keeps a code.
///
/// # Errors
/// Missing when the client, the user or the session is gone.
pub async fn insert(
    txn: &impl ConnectionTrait,
    code: &AuthorizationCode,
) -> Result<(), StoreError> {
    let row = table::ActiveModel {
        id: Set(code.id.clone()),
        client_id: Set(code.client_id.as_str().to_owned()),
        user_id: Set(code.user_id.as_str().to_owned()),
        session_id: Set(code.session_id.as_ref().map(|id| id.as_str().to_owned())),
        family_id: Set(code.family_id.as_ref().map(|id| id.as_str().to_owned())),
        redirect_uri: Set(code.redirect_uri.clone()),
        scope: Set(code.scope.to_string()),
        audiences: Set(list_to_json(&code.audiences)),
        nonce: Set(code.nonce.clone()),
        code_challenge: Set(code.code_challenge.clone()),
        claims: Set(claims_to_json(&code.claims)),
        auth_time: Set(code.auth_time.as_millis()),
        sid: Set(code.sid.as_str().to_owned()),
        amr: Set(list_to_json(&code.amr)),
        acr: Set(code.acr.clone()),
        created_at: Set(code.created_at.as_millis()),
        expires_at: Set(code.expires_at.as_millis()),
        spent_at: Set(millis(code.spent_at)),
    };
    table::Entity::insert(row)
        .exec_without_returning(txn)
        .await?;
    Ok(())
}

/// By name, whatever its state.
pub async fn find(
    conn: &impl ConnectionTrait,
    id: &str,
) -> Result<Option<AuthorizationCode>, StoreError> {
    let row = table::Entity::find_by_id(id).one(conn).await?;
    row.map(to_code).transpose()
}

/// Spends the code; `family` is what its redemption begins. False when somebody else did.
pub async fn spend(
    txn: &impl ConnectionTrait,
    id: &str,
    family: Option<&FamilyId>,
    at: Instant,
) -> Result<bool, StoreError> {
    let changes = table::ActiveModel {
        spent_at: Set(Some(at.as_millis())),
        family_id: Set(family.map(|id| id.as_str().to_owned())),
        ..Default::default()
    };
    let done = unspent()
        .set(changes)
        .filter(table::Column::Id.eq(id))
        .exec(txn)
        .await?;
    Ok(won(&done))
}

/// Makes every open code of the user worthless.
///
/// Call it before the families are revoked: a redemption that is on its way holds the row of its code,
/// so either it finds the code spent, or its family is there to be revoked.
pub async fn spend_all_for_user(
    txn: &impl ConnectionTrait,
    user: &UserId,
    at: Instant,
) -> Result<u64, StoreError> {
    let which = unspent().filter(table::Column::UserId.eq(user.as_str()));
    spend_these(txn, which, at).await
}

/// Makes every open code of the client worthless; call it before the families are revoked.
pub async fn spend_all_for_client(
    txn: &impl ConnectionTrait,
    client: &ClientId,
    at: Instant,
) -> Result<u64, StoreError> {
    let which = unspent().filter(table::Column::ClientId.eq(client.as_str()));
    spend_these(txn, which, at).await
}

/// Makes every open code of the session worthless; call it before the families are revoked.
pub async fn spend_all_for_session(
    txn: &impl ConnectionTrait,
    session: &SessionId,
    at: Instant,
) -> Result<u64, StoreError> {
    let which = unspent().filter(table::Column::SessionId.eq(session.as_str()));
    spend_these(txn, which, at).await
}

/// Makes every open code of the user for the client worthless; call it before the families are revoked.
pub async fn spend_all_for_consent(
    txn: &impl ConnectionTrait,
    user: &UserId,
    client: &ClientId,
    at: Instant,
) -> Result<u64, StoreError> {
    let which = unspent()
        .filter(table::Column::UserId.eq(user.as_str()))
        .filter(table::Column::ClientId.eq(client.as_str()));
    spend_these(txn, which, at).await
}

/// Forgets at most `limit` codes that expired before `before`, and returns how many those were.
pub async fn prune_expired(
    txn: &impl ConnectionTrait,
    before: Instant,
    limit: u64,
) -> Result<u64, StoreError> {
    let columns = (table::Column::Id, table::Column::ExpiresAt);
    delete_before::<table::Entity, String>(txn, columns, before, limit).await
}

fn unspent() -> UpdateMany<table::Entity> {
    table::Entity::update_many().filter(table::Column::SpentAt.is_null())
}

async fn spend_these(
    txn: &impl ConnectionTrait,
    which: UpdateMany<table::Entity>,
    at: Instant,
) -> Result<u64, StoreError> {
    let changes = table::ActiveModel {
        spent_at: Set(Some(at.as_millis())),
        ..Default::default()
    };
    Ok(which.set(changes).exec(txn).await?.rows_affected)
}

fn to_code(row: table::Model) -> Result<AuthorizationCode, StoreError> {
    let at = Row {
        table: "authorization_codes",
        id: &row.id,
    };
    Ok(AuthorizationCode {
        scope: at.scopes("scope", &row.scope)?,
        audiences: at.list("audiences", &row.audiences)?,
        claims: at.claims("claims", row.claims.as_deref())?,
        amr: at.list("amr", &row.amr)?,
        client_id: ClientId::new(row.client_id),
        user_id: UserId::new(row.user_id),
        session_id: row.session_id.map(SessionId::new),
        family_id: row.family_id.map(FamilyId::new),
        redirect_uri: row.redirect_uri,
        nonce: row.nonce,
        code_challenge: row.code_challenge,
        auth_time: Instant::from_millis(row.auth_time),
        sid: SessionId::new(row.sid),
        acr: row.acr,
        created_at: Instant::from_millis(row.created_at),
        expires_at: Instant::from_millis(row.expires_at),
        spent_at: instant(row.spent_at),
        id: row.id,
    })
}
