//! Is the target empty? Looks only. Empty is a database without our tables, and one that was just
//! migrated: nothing but the rows that its migrations put there.

use migrations::auth_server::Migrator;
use migrations::run;
use sea_orm::DatabaseConnection;
use sea_orm_migration::SchemaManager;

use super::TransferError;
use super::checksum::Checksum;
use super::seeds;
use super::snapshot::page;
use super::tables;
use super::unfinished;
use crate::store::{Store, not_migrated};

/// A database that was found empty.
#[derive(Debug)]
pub struct Empty {
    pub(super) store: Store,
}

/// Takes a database that is empty; changes nothing in it.
///
/// # Errors
/// [`TransferError`], with the table in the way.
pub async fn require_empty(store: &Store) -> Result<Empty, TransferError> {
    check(store.read()).await?;
    Ok(Empty {
        store: store.clone(),
    })
}

/// As [`require_empty`], for a connection.
pub(super) async fn check(db: &DatabaseConnection) -> Result<(), TransferError> {
    let states = run::status::<Migrator>(db).await.map_err(not_migrated)?;
    if states.iter().all(|state| !state.applied) {
        return check_unmigrated(db).await;
    }
    if states.iter().any(|state| !state.applied) {
        return Err(TransferError::OlderSchema);
    }
    if unfinished::is_marked(db).await? {
        return Err(TransferError::Unfinished);
    }
    check_rows(db).await
}

/// A migration takes a table that is there for its own: it would fill a stranger's `users`.
async fn check_unmigrated(db: &DatabaseConnection) -> Result<(), TransferError> {
    let manager = SchemaManager::new(db);
    for table in tables::all() {
        if manager.has_table(table.name).await? {
            return Err(TransferError::ForeignTable {
                table: table.name.to_owned(),
            });
        }
    }
    Ok(())
}

async fn check_rows(db: &DatabaseConnection) -> Result<(), TransferError> {
    for (table, seeds) in seeds::find().await? {
        // One row more than there may be is all that has to be read of a large table.
        let found = page(db, &table, None, seeds.len() as u64 + 1).await?;
        if Checksum::of(&found) != Checksum::of(&seeds) {
            return Err(TransferError::NotEmpty {
                table: table.name.to_owned(),
            });
        }
    }
    Ok(())
}
