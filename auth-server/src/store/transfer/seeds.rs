//! The rows that migrations put into a new database: known roles, counters at zero. A target that has
//! these and no other is empty. Nobody lists them: a database in memory is migrated and looked at.

use migrations::auth_server::Migrator;
use migrations::run;
use sea_orm::{ConnectOptions, Database};

use super::TransferError;
use super::cell::Row;
use super::snapshot::{PAGE_ROWS, page};
use super::tables::{self, Table};
use crate::error::Fault;

/// Every table with the rows it is born with, in the order of [`tables::all`].
pub(super) async fn find() -> Result<Vec<(Table, Vec<Row>)>, TransferError> {
    let mut options = ConnectOptions::new("sqlite::memory:");
    // A second connection would have a database of its own.
    options.max_connections(1).sqlx_logging(false);
    let newborn = Database::connect(options).await?;
    run::up::<Migrator>(&newborn)
        .await
        .map_err(|error| Fault::broken("making a schema in memory", error))?;
    let mut seeds = Vec::new();
    for table in tables::all() {
        let rows = page(&newborn, &table, None, PAGE_ROWS).await?;
        seeds.push((table, rows));
    }
    newborn.close().await?;
    Ok(seeds)
}
