//! Client assertions that were used (RFC 7523 §3, OpenID Connect Core 1.0 §9): each is good for one
//! request, on whatever instance, until it has expired by itself.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::string_len;

use crate::portable::{ID, create_index, drop_table, instant, table};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[derive(DeriveIden)]
enum SpentAssertions {
    Table,
    /// SHA-256 of client and `jti`, base64url.
    Id,
    ExpiresAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                table(manager, SpentAssertions::Table)
                    .col(string_len(SpentAssertions::Id, ID).primary_key())
                    .col(instant(SpentAssertions::ExpiresAt))
                    .take(),
            )
            .await?;
        let mut by_expiry = Index::create();
        by_expiry.col(SpentAssertions::ExpiresAt);
        create_index(
            manager,
            &mut by_expiry,
            SpentAssertions::Table,
            "spent_assertions_by_expiry",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, SpentAssertions::Table).await
    }
}
