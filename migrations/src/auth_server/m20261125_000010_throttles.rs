//! Failed attempts per account and per address, counted where every instance sees them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string_len};

use crate::portable::{RESOURCE, create_index, drop_table, instant, instant_null, table};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[derive(DeriveIden)]
enum Throttles {
    Table,
    Key,
    Failures,
    WindowStartedAt,
    BlockedUntil,
    UpdatedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                table(manager, Throttles::Table)
                    .col(string_len(Throttles::Key, RESOURCE).primary_key())
                    .col(big_integer(Throttles::Failures))
                    .col(instant(Throttles::WindowStartedAt))
                    .col(instant_null(Throttles::BlockedUntil))
                    .col(instant(Throttles::UpdatedAt))
                    .take(),
            )
            .await?;
        let mut by_update = Index::create();
        by_update.col(Throttles::UpdatedAt);
        create_index(
            manager,
            &mut by_update,
            Throttles::Table,
            "throttles_by_update",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, Throttles::Table).await
    }
}
