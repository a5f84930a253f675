//! Which clients took part in a session: each that a code was made for (OpenID Connect Back-Channel
//! Logout 1.0 §2.3, Front-Channel Logout 1.0 §2).

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use super::StoreError;
use super::entity::session_client as table;
use crate::model::{ClientId, SessionId};

/// Notes that the client takes part; once is enough.
///
/// # Errors
/// Missing when the session or the client is gone.
pub async fn join(
    txn: &impl ConnectionTrait,
    session: &SessionId,
    client: &ClientId,
) -> Result<(), StoreError> {
    let row = table::ActiveModel {
        session_id: Set(session.as_str().to_owned()),
        client_id: Set(client.as_str().to_owned()),
    };
    let key = [table::Column::SessionId, table::Column::ClientId];
    let or_nothing = OnConflict::columns(key).do_nothing_on(key).to_owned();
    table::Entity::insert(row)
        .on_conflict(or_nothing)
        .exec_without_returning(txn)
        .await?;
    Ok(())
}

/// Those of this session, by id.
pub async fn of_session(
    conn: &impl ConnectionTrait,
    session: &SessionId,
) -> Result<Vec<ClientId>, StoreError> {
    let ids: Vec<String> = table::Entity::find()
        .select_only()
        .column(table::Column::ClientId)
        .filter(table::Column::SessionId.eq(session.as_str()))
        .order_by_asc(table::Column::ClientId)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(ids.into_iter().map(ClientId::new).collect())
}
