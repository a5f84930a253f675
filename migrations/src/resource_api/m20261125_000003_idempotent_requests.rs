//! Requests that carried an `Idempotency-Key`, kept for a day so that a repetition finds its answer.
//!
//! `id` is the SHA-256 of caller, route and key; `fingerprint` that of the body. Neither the body nor
//! the answer is kept: `resource_id` leads to what the first request made.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::string_len;

use crate::portable::{create_index, drop_table, instant, table};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[derive(DeriveIden)]
enum IdempotentRequest {
    Table,
    Id,
    Fingerprint,
    ResourceId,
    ExpiresAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                table(manager, IdempotentRequest::Table)
                    .col(string_len(IdempotentRequest::Id, 64).primary_key())
                    .col(string_len(IdempotentRequest::Fingerprint, 64))
                    .col(string_len(IdempotentRequest::ResourceId, 36))
                    .col(instant(IdempotentRequest::ExpiresAt))
                    .take(),
            )
            .await?;
        let mut by_expiry = Index::create();
        by_expiry.col(IdempotentRequest::ExpiresAt);
        let table = IdempotentRequest::Table;
        create_index(
            manager,
            &mut by_expiry,
            table,
            "idempotent_request_by_expiry",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, IdempotentRequest::Table).await
    }
}
