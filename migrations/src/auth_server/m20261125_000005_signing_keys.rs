//! Signing keys (RFC 7517): the public half as a JWK, the private half sealed.
//!
//! `active_slot` holds the algorithm while a key signs and is NULL otherwise. It is unique, so that of
//! several processes that start on an empty database one makes the signing key and the others lose.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, blob, string_len, string_len_null, text};

use crate::portable::{ID, WORD, drop_table, instant, instant_null, table};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[derive(DeriveIden)]
enum SigningKeys {
    Table,
    Kid,
    Algorithm,
    State,
    ActiveSlot,
    PublicJwk,
    SealedPrivate,
    SealVersion,
    CreatedAt,
    ActivatesAt,
    RetiredAt,
    ExpiresAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                table(manager, SigningKeys::Table)
                    .col(string_len(SigningKeys::Kid, ID).primary_key())
                    .col(string_len(SigningKeys::Algorithm, WORD))
                    .col(string_len(SigningKeys::State, WORD))
                    .col(string_len_null(SigningKeys::ActiveSlot, WORD).unique_key())
                    .col(text(SigningKeys::PublicJwk))
                    .col(blob(SigningKeys::SealedPrivate))
                    .col(big_integer(SigningKeys::SealVersion))
                    .col(instant(SigningKeys::CreatedAt))
                    .col(instant(SigningKeys::ActivatesAt))
                    .col(instant_null(SigningKeys::RetiredAt))
                    .col(instant_null(SigningKeys::ExpiresAt))
                    .take(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, SigningKeys::Table).await
    }
}
