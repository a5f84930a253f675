//! Small facts about the server itself, such as the proof that the encryption key is the right one.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{blob, string_len};

use crate::portable::{NAME, drop_table, instant, table};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[derive(DeriveIden)]
enum ServerState {
    Table,
    Name,
    Value,
    UpdatedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                table(manager, ServerState::Table)
                    .col(string_len(ServerState::Name, NAME).primary_key())
                    .col(blob(ServerState::Value))
                    .col(instant(ServerState::UpdatedAt))
                    .take(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, ServerState::Table).await
    }
}
