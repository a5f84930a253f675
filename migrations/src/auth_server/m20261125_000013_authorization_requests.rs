//! Authorization requests that wait: for a login and a consent, or, pushed (RFC 9126), for a browser.
//!
//! The row is named by the SHA-256 of its 256-bit handle, and spent by the decision.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{boolean, string_len, string_len_null, text};

use super::m20261125_000003_clients::Clients;
use crate::portable::{ID, create_index, drop_table, instant, instant_null, table};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[derive(DeriveIden)]
enum AuthorizationRequests {
    Table,
    Id,
    ClientId,
    IsPushed,
    Parameters,
    Browser,
    CreatedAt,
    ExpiresAt,
    SpentAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut of_client = ForeignKey::create();
        of_client
            .name("authorization_requests_of_client")
            .from(
                AuthorizationRequests::Table,
                AuthorizationRequests::ClientId,
            )
            .to(Clients::Table, Clients::Id)
            .on_delete(ForeignKeyAction::Cascade);
        manager
            .create_table(
                table(manager, AuthorizationRequests::Table)
                    .col(string_len(AuthorizationRequests::Id, ID).primary_key())
                    .col(string_len(AuthorizationRequests::ClientId, ID))
                    .col(boolean(AuthorizationRequests::IsPushed))
                    .col(text(AuthorizationRequests::Parameters))
                    .col(string_len_null(AuthorizationRequests::Browser, ID))
                    .col(instant(AuthorizationRequests::CreatedAt))
                    .col(instant(AuthorizationRequests::ExpiresAt))
                    .col(instant_null(AuthorizationRequests::SpentAt))
                    .foreign_key(&mut of_client)
                    .take(),
            )
            .await?;
        let indexes = [
            (
                "authorization_requests_by_expiry",
                AuthorizationRequests::ExpiresAt,
            ),
            (
                "authorization_requests_by_client",
                AuthorizationRequests::ClientId,
            ),
        ];
        for (name, column) in indexes {
            let mut index = Index::create();
            index.col(column);
            create_index(manager, &mut index, AuthorizationRequests::Table, name).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, AuthorizationRequests::Table).await
    }
}
