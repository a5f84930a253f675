//! The schema of the jobs API, one file per change, applied in this order.
//!
//! Rules that keep the three engines alike: identifiers and enumerations are short texts, instants
//! are milliseconds since the epoch as BIGINT, long texts are TEXT, and nothing has a default.
#![expect(
    elided_lifetimes_in_paths,
    reason = "async_trait made the methods of MigrationTrait without the lifetime of the manager"
)]

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

mod m20261125_000001_jobs;
mod m20261125_000002_applications;
mod m20261125_000003_idempotent_requests;

/// Brings a database of the jobs API up to date, or back.
#[derive(Debug, Clone, Copy)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261125_000001_jobs::Migration),
            Box::new(m20261125_000002_applications::Migration),
            Box::new(m20261125_000003_idempotent_requests::Migration),
        ]
    }
}

/// A new table whose texts compare byte by byte on every engine: identifiers and owners must never
/// match case-insensitively, which is what MySQL does unless told otherwise.
fn table(manager: &SchemaManager<'_>, name: impl IntoIden + 'static) -> TableCreateStatement {
    let mut table = Table::create();
    table.table(name.into_iden());
    if manager.get_database_backend() == DatabaseBackend::MySql {
        table
            .engine("InnoDB")
            .character_set("utf8mb4")
            .collate("utf8mb4_bin");
    }
    table
}
