//! Dynamic registration: the tokens that open it (RFC 7591 §3) and the token by which each registered
//! client manages itself (RFC 7592 §3). Of a token only the SHA-256 is kept.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer_null, string_len, text, var_binary};

use super::m20261125_000003_clients::Clients;
use crate::portable::{ID, create_index, drop_table, instant, instant_null, table};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[derive(DeriveIden)]
enum ClientRegistrations {
    Table,
    ClientId,
    TokenDigest,
    CreatedAt,
    /// When it is deleted, should nobody have used it.
    UnusedUntil,
}

#[derive(DeriveIden)]
enum InitialTokens {
    Table,
    Id,
    Digest,
    Note,
    UsesLeft,
    CreatedAt,
    ExpiresAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut of_client = ForeignKey::create();
        of_client
            .name("client_registrations_of_client")
            .from(ClientRegistrations::Table, ClientRegistrations::ClientId)
            .to(Clients::Table, Clients::Id)
            .on_delete(ForeignKeyAction::Cascade);
        manager
            .create_table(
                table(manager, ClientRegistrations::Table)
                    .col(string_len(ClientRegistrations::ClientId, ID).primary_key())
                    .col(var_binary(ClientRegistrations::TokenDigest, 32))
                    .col(instant(ClientRegistrations::CreatedAt))
                    .col(instant_null(ClientRegistrations::UnusedUntil))
                    .foreign_key(&mut of_client)
                    .take(),
            )
            .await?;
        let mut unused = Index::create();
        unused.col(ClientRegistrations::UnusedUntil);
        create_index(
            manager,
            &mut unused,
            ClientRegistrations::Table,
            "client_registrations_unused",
        )
        .await?;
        manager
            .create_table(
                table(manager, InitialTokens::Table)
                    .col(string_len(InitialTokens::Id, ID).primary_key())
                    .col(var_binary(InitialTokens::Digest, 32))
                    .col(text(InitialTokens::Note))
                    .col(big_integer_null(InitialTokens::UsesLeft))
                    .col(instant(InitialTokens::CreatedAt))
                    .col(instant_null(InitialTokens::ExpiresAt))
                    .take(),
            )
            .await?;
        let mut by_digest = Index::create();
        by_digest.col(InitialTokens::Digest).unique();
        create_index(
            manager,
            &mut by_digest,
            InitialTokens::Table,
            "initial_tokens_by_digest",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, InitialTokens::Table).await?;
        drop_table(manager, ClientRegistrations::Table).await
    }
}
