//! The mark of a copy that is not finished: a row in `server_state` from before the first row is
//! copied until every table was compared. No server and no command works on a database that has it.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseConnection, EntityTrait as _, QueryFilter as _, Set,
};
use sea_orm_migration::SchemaManager;

use super::TransferError;
use crate::clock::Instant;
use crate::error::Fault;
use crate::store::entity::server_state::{ActiveModel, Column, Entity};
use crate::store::{Store, StoreError};

/// The table that holds the mark.
pub(super) const TABLE: &str = "server_state";
/// The column that names it.
pub(super) const COLUMN: &str = "name";
/// Its name.
pub(super) const MARK: &str = "unfinished_copy";

/// Refuses a database that a copy did not finish. For whoever opens a database.
///
/// # Errors
/// Broken, with a text that says what to do, when it is such a one.
pub async fn require_finished(store: &Store) -> Result<(), Fault> {
    if is_marked(store.read()).await? {
        return Err(Fault::broken(
            "opening the database",
            TransferError::Unfinished,
        ));
    }
    Ok(())
}

/// Whether the mark is there. A schema that was not made as far as its table has none.
pub(super) async fn is_marked(db: &DatabaseConnection) -> Result<bool, StoreError> {
    let has_marks = SchemaManager::new(db).has_table(TABLE).await?;
    Ok(has_marks && Entity::find_by_id(MARK).one(db).await?.is_some())
}

/// Leaves the mark.
///
/// # Errors
/// Conflict when another copy has left it.
pub(super) async fn mark(txn: &impl ConnectionTrait, at: Instant) -> Result<(), StoreError> {
    let row = ActiveModel {
        name: Set(MARK.to_owned()),
        value: Set(Vec::new()),
        updated_at: Set(at.as_millis()),
    };
    Entity::insert(row).exec_without_returning(txn).await?;
    Ok(())
}

/// Takes it away.
pub(super) async fn unmark(txn: &impl ConnectionTrait) -> Result<(), StoreError> {
    Entity::delete_many()
        .filter(Column::Name.eq(MARK))
        .exec(txn)
        .await?;
    Ok(())
}
