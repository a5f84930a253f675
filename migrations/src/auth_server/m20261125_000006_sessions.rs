//! Login sessions of browsers. The cookie holds a 256-bit handle, the row its SHA-256.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{string_len, string_len_null, text, var_binary};

use super::m20261125_000002_users::Users;
use crate::portable::{ID, NAME, create_index, drop_table, instant, instant_null, table};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[derive(DeriveIden)]
pub(super) enum Sessions {
    Table,
    Id,
    UserId,
    HandleDigest,
    Amr,
    Acr,
    AuthenticatedAt,
    CreatedAt,
    LastSeenAt,
    IdleExpiresAt,
    ExpiresAt,
    EndedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut of_user = ForeignKey::create();
        of_user
            .name("sessions_of_user")
            .from(Sessions::Table, Sessions::UserId)
            .to(Users::Table, Users::Id)
            .on_delete(ForeignKeyAction::Cascade);
        manager
            .create_table(
                table(manager, Sessions::Table)
                    .col(string_len(Sessions::Id, ID).primary_key())
                    .col(string_len(Sessions::UserId, ID))
                    .col(var_binary(Sessions::HandleDigest, 32).unique_key())
                    .col(text(Sessions::Amr))
                    .col(string_len_null(Sessions::Acr, NAME))
                    .col(instant(Sessions::AuthenticatedAt))
                    .col(instant(Sessions::CreatedAt))
                    .col(instant(Sessions::LastSeenAt))
                    .col(instant(Sessions::IdleExpiresAt))
                    .col(instant(Sessions::ExpiresAt))
                    .col(instant_null(Sessions::EndedAt))
                    .foreign_key(&mut of_user)
                    .take(),
            )
            .await?;
        let mut by_user = Index::create();
        by_user.col(Sessions::UserId);
        create_index(manager, &mut by_user, Sessions::Table, "sessions_by_user").await?;
        let mut by_expiry = Index::create();
        by_expiry.col(Sessions::ExpiresAt);
        create_index(
            manager,
            &mut by_expiry,
            Sessions::Table,
            "sessions_by_expiry",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, Sessions::Table).await
    }
}
