//! Authorization codes (RFC 6749 §4.1.2): what was decided when the user allowed it, frozen.
//!
//! The row is named by the SHA-256 of the 256-bit code. A spent one stays for a while and names the
//! family it began, so that a replay ends what the first redemption gave (RFC 9700 §4.2.4).

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{string_len, string_len_null, text, text_null};

use super::m20261125_000002_users::Users;
use super::m20261125_000003_clients::Clients;
use super::m20261125_000006_sessions::Sessions;
use crate::portable::{ID, NAME, WORD, create_index, drop_table, instant, instant_null, table};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[derive(DeriveIden)]
enum AuthorizationCodes {
    Table,
    Id,
    ClientId,
    UserId,
    SessionId,
    FamilyId,
    RedirectUri,
    Scope,
    Audiences,
    Nonce,
    CodeChallenge,
    Claims,
    AuthTime,
    Sid,
    Amr,
    Acr,
    CreatedAt,
    ExpiresAt,
    SpentAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_codes(manager).await?;
        let indexes = [
            (
                "authorization_codes_by_expiry",
                AuthorizationCodes::ExpiresAt,
            ),
            (
                "authorization_codes_by_client",
                AuthorizationCodes::ClientId,
            ),
            ("authorization_codes_by_user", AuthorizationCodes::UserId),
            (
                "authorization_codes_by_session",
                AuthorizationCodes::SessionId,
            ),
        ];
        for (name, column) in indexes {
            let mut index = Index::create();
            index.col(column);
            create_index(manager, &mut index, AuthorizationCodes::Table, name).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, AuthorizationCodes::Table).await
    }
}

async fn create_codes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut of_client = ForeignKey::create();
    of_client
        .name("authorization_codes_of_client")
        .from(AuthorizationCodes::Table, AuthorizationCodes::ClientId)
        .to(Clients::Table, Clients::Id)
        .on_delete(ForeignKeyAction::Cascade);
    let mut of_user = ForeignKey::create();
    of_user
        .name("authorization_codes_of_user")
        .from(AuthorizationCodes::Table, AuthorizationCodes::UserId)
        .to(Users::Table, Users::Id)
        .on_delete(ForeignKeyAction::Cascade);
    let mut of_session = ForeignKey::create();
    of_session
        .name("authorization_codes_of_session")
        .from(AuthorizationCodes::Table, AuthorizationCodes::SessionId)
        .to(Sessions::Table, Sessions::Id)
        .on_delete(ForeignKeyAction::SetNull);
    manager
        .create_table(
            table(manager, AuthorizationCodes::Table)
                .col(string_len(AuthorizationCodes::Id, ID).primary_key())
                .col(string_len(AuthorizationCodes::ClientId, ID))
                .col(string_len(AuthorizationCodes::UserId, ID))
                .col(string_len_null(AuthorizationCodes::SessionId, ID))
                .col(string_len_null(AuthorizationCodes::FamilyId, ID))
                .col(text_null(AuthorizationCodes::RedirectUri))
                .col(text(AuthorizationCodes::Scope))
                .col(text(AuthorizationCodes::Audiences))
                .col(text_null(AuthorizationCodes::Nonce))
                .col(string_len_null(AuthorizationCodes::CodeChallenge, WORD))
                .col(text_null(AuthorizationCodes::Claims))
                .col(instant(AuthorizationCodes::AuthTime))
                .col(string_len(AuthorizationCodes::Sid, ID))
                .col(text(AuthorizationCodes::Amr))
                .col(string_len_null(AuthorizationCodes::Acr, NAME))
                .col(instant(AuthorizationCodes::CreatedAt))
                .col(instant(AuthorizationCodes::ExpiresAt))
                .col(instant_null(AuthorizationCodes::SpentAt))
                .foreign_key(&mut of_client)
                .foreign_key(&mut of_user)
                .foreign_key(&mut of_session)
                .take(),
        )
        .await
}
