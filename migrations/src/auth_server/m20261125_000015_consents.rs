//! What users have allowed: one row per user and client, with the union of the scope.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{string_len, text};

use super::m20261125_000002_users::Users;
use super::m20261125_000003_clients::Clients;
use crate::portable::{ID, create_index, drop_table, instant, table};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[derive(DeriveIden)]
enum Consents {
    Table,
    UserId,
    ClientId,
    Scope,
    CreatedAt,
    UpdatedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut of_user = ForeignKey::create();
        of_user
            .name("consents_of_user")
            .from(Consents::Table, Consents::UserId)
            .to(Users::Table, Users::Id)
            .on_delete(ForeignKeyAction::Cascade);
        let mut of_client = ForeignKey::create();
        of_client
            .name("consents_of_client")
            .from(Consents::Table, Consents::ClientId)
            .to(Clients::Table, Clients::Id)
            .on_delete(ForeignKeyAction::Cascade);
        let mut key = Index::create();
        key.col(Consents::UserId).col(Consents::ClientId).primary();
        manager
            .create_table(
                table(manager, Consents::Table)
                    .col(string_len(Consents::UserId, ID))
                    .col(string_len(Consents::ClientId, ID))
                    .col(text(Consents::Scope))
                    .col(instant(Consents::CreatedAt))
                    .col(instant(Consents::UpdatedAt))
                    .primary_key(&mut key)
                    .foreign_key(&mut of_user)
                    .foreign_key(&mut of_client)
                    .take(),
            )
            .await?;
        let mut by_client = Index::create();
        by_client.col(Consents::ClientId);
        create_index(
            manager,
            &mut by_client,
            Consents::Table,
            "consents_by_client",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, Consents::Table).await
    }
}
