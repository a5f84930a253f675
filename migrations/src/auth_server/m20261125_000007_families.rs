//! Families of refresh tokens: one row for all generations of one authorization (RFC 9700 §4.14.2).
//!
//! No token is stored, only the newest generation: a refresh is one compare-and-swap on it.
//! `status_index` is the family's place in the status list that verifiers read.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean, string_len, string_len_null, text,
};

use super::m20261125_000002_users::Users;
use super::m20261125_000003_clients::Clients;
use super::m20261125_000006_sessions::Sessions;
use crate::portable::{ID, NAME, WORD, create_index, drop_table, instant, instant_null, table};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[derive(DeriveIden)]
pub(super) enum Families {
    Table,
    Id,
    ClientId,
    UserId,
    SessionId,
    Sid,
    Scope,
    Audiences,
    AuthTime,
    Amr,
    Acr,
    Generation,
    RotatedAt,
    Used,
    MacVersion,
    StatusIndex,
    CreatedAt,
    ExpiresAt,
    IdleExpiresAt,
    RevokedAt,
    RevokedReason,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_families(manager).await?;
        let indexes = [
            ("families_by_user", Families::UserId),
            ("families_by_client", Families::ClientId),
            ("families_by_session", Families::SessionId),
            ("families_by_expiry", Families::ExpiresAt),
            ("families_by_idle_expiry", Families::IdleExpiresAt),
        ];
        for (name, column) in indexes {
            let mut index = Index::create();
            index.col(column);
            create_index(manager, &mut index, Families::Table, name).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, Families::Table).await
    }
}

async fn create_families(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut of_client = ForeignKey::create();
    of_client
        .name("families_of_client")
        .from(Families::Table, Families::ClientId)
        .to(Clients::Table, Clients::Id)
        .on_delete(ForeignKeyAction::Cascade);
    let mut of_user = ForeignKey::create();
    of_user
        .name("families_of_user")
        .from(Families::Table, Families::UserId)
        .to(Users::Table, Users::Id)
        .on_delete(ForeignKeyAction::Cascade);
    let mut of_session = ForeignKey::create();
    of_session
        .name("families_of_session")
        .from(Families::Table, Families::SessionId)
        .to(Sessions::Table, Sessions::Id)
        .on_delete(ForeignKeyAction::SetNull);
    manager
        .create_table(
            table(manager, Families::Table)
                .col(string_len(Families::Id, ID).primary_key())
                .col(string_len(Families::ClientId, ID))
                .col(string_len(Families::UserId, ID))
                .col(string_len_null(Families::SessionId, ID))
                .col(string_len(Families::Sid, ID))
                .col(text(Families::Scope))
                .col(text(Families::Audiences))
                .col(instant(Families::AuthTime))
                .col(text(Families::Amr))
                .col(string_len_null(Families::Acr, NAME))
                .col(big_integer(Families::Generation))
                .col(instant_null(Families::RotatedAt))
                .col(boolean(Families::Used))
                .col(big_integer(Families::MacVersion))
                .col(big_integer_null(Families::StatusIndex).unique_key())
                .col(instant(Families::CreatedAt))
                .col(instant(Families::ExpiresAt))
                .col(instant(Families::IdleExpiresAt))
                .col(instant_null(Families::RevokedAt))
                .col(string_len_null(Families::RevokedReason, WORD))
                .foreign_key(&mut of_client)
                .foreign_key(&mut of_user)
                .foreign_key(&mut of_session)
                .take(),
        )
        .await
}
