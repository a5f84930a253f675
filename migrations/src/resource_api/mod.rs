//! The schema of the jobs API, one file per change, applied in this order.
//!
//! Identifiers are UUIDs of version 7 in text form: lists run along the primary key, newest first.
//! Subjects of tokens are kept as they come, up to 255 characters.
#![expect(
    elided_lifetimes_in_paths,
    reason = "async_trait made the methods of MigrationTrait without the lifetime of the manager"
)]

use sea_orm_migration::prelude::*;

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
