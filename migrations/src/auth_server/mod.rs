//! The schema of the authorization server, one file per change, applied in this order.
//!
//! Rules that keep the three engines alike: identifiers and enumerations are short texts, instants
//! are milliseconds since the epoch as BIGINT, lists are JSON in TEXT, and nothing has a default.
#![expect(
    elided_lifetimes_in_paths,
    reason = "async_trait made the methods of MigrationTrait without the lifetime of the manager"
)]

use sea_orm_migration::prelude::*;

mod m20261125_000001_roles;
mod m20261125_000002_users;
mod m20261125_000003_clients;
mod m20261125_000004_resources;
mod m20261125_000005_signing_keys;
mod m20261125_000006_sessions;
mod m20261125_000007_families;
mod m20261125_000008_change_log;
mod m20261125_000009_audit_events;
mod m20261125_000010_throttles;
mod m20261125_000011_server_state;
mod m20261125_000012_status_lists;
mod m20261125_000013_authorization_requests;
mod m20261125_000014_authorization_codes;
mod m20261125_000015_consents;
mod m20261125_000016_family_claims;
mod m20261125_000017_logout_deliveries;
mod m20261125_000020_spent_assertions;
mod m20261125_000021_client_registrations;

pub use m20261125_000008_change_log::CHANGE_CHANNEL;
pub use m20261125_000012_status_lists::STATUS_COUNTER;

/// Brings a database of the authorization server up to date, or back.
#[derive(Debug, Clone, Copy)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261125_000001_roles::Migration),
            Box::new(m20261125_000002_users::Migration),
            Box::new(m20261125_000003_clients::Migration),
            Box::new(m20261125_000004_resources::Migration),
            Box::new(m20261125_000005_signing_keys::Migration),
            Box::new(m20261125_000006_sessions::Migration),
            Box::new(m20261125_000007_families::Migration),
            Box::new(m20261125_000008_change_log::Migration),
            Box::new(m20261125_000009_audit_events::Migration),
            Box::new(m20261125_000010_throttles::Migration),
            Box::new(m20261125_000011_server_state::Migration),
            Box::new(m20261125_000012_status_lists::Migration),
            Box::new(m20261125_000013_authorization_requests::Migration),
            Box::new(m20261125_000014_authorization_codes::Migration),
            Box::new(m20261125_000015_consents::Migration),
            Box::new(m20261125_000016_family_claims::Migration),
            Box::new(m20261125_000017_logout_deliveries::Migration),
            Box::new(m20261125_000020_spent_assertions::Migration),
            Box::new(m20261125_000021_client_registrations::Migration),
        ]
    }

    /// A name of its own, so that both services may share one database.
    fn migration_table_name() -> DynIden {
        Alias::new("auth_server_migrations").into_iden()
    }
}
