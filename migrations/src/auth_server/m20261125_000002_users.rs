//! Accounts and their roles.
//!
//! `username_key` and `email_key` are the canonical spellings that log in; `username` and `email` keep
//! what the person typed. `version` counts changes, for conditional updates by administrators.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, boolean, string_len, string_len_null, string_len_uniq, text_null,
};

use super::m20261125_000001_roles::Roles;
use crate::portable::{ID, NAME, WORD, create_index, drop_table, instant, instant_null, table};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[derive(DeriveIden)]
pub(super) enum Users {
    Table,
    Id,
    Username,
    UsernameKey,
    Email,
    EmailKey,
    EmailVerified,
    Name,
    Profile,
    PasswordHash,
    PasswordChangedAt,
    MustChangePassword,
    MfaRequired,
    Status,
    CreatedAt,
    UpdatedAt,
    Version,
}

#[derive(DeriveIden)]
enum UserRoles {
    Table,
    UserId,
    Role,
}

/// An address has at most 254 bytes (RFC 5321 §4.5.3.1.3); user names get a little more.
const LOGIN_NAME: u32 = 320;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                table(manager, Users::Table)
                    .col(string_len(Users::Id, ID).primary_key())
                    .col(string_len(Users::Username, LOGIN_NAME))
                    .col(string_len_uniq(Users::UsernameKey, LOGIN_NAME))
                    .col(string_len_null(Users::Email, LOGIN_NAME))
                    .col(string_len_null(Users::EmailKey, LOGIN_NAME).unique_key())
                    .col(boolean(Users::EmailVerified))
                    .col(text_null(Users::Name))
                    .col(text_null(Users::Profile))
                    .col(text_null(Users::PasswordHash))
                    .col(instant_null(Users::PasswordChangedAt))
                    .col(boolean(Users::MustChangePassword))
                    .col(boolean(Users::MfaRequired))
                    .col(string_len(Users::Status, WORD))
                    .col(instant(Users::CreatedAt))
                    .col(instant(Users::UpdatedAt))
                    .col(big_integer(Users::Version))
                    .take(),
            )
            .await?;
        create_user_roles(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, UserRoles::Table).await?;
        drop_table(manager, Users::Table).await
    }
}

async fn create_user_roles(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut of_user = ForeignKey::create();
    of_user
        .name("user_roles_of_user")
        .from(UserRoles::Table, UserRoles::UserId)
        .to(Users::Table, Users::Id)
        .on_delete(ForeignKeyAction::Cascade);
    let mut of_role = ForeignKey::create();
    of_role
        .name("user_roles_of_role")
        .from(UserRoles::Table, UserRoles::Role)
        .to(Roles::Table, Roles::Name)
        .on_delete(ForeignKeyAction::Restrict);
    manager
        .create_table(
            table(manager, UserRoles::Table)
                .col(string_len(UserRoles::UserId, ID))
                .col(string_len(UserRoles::Role, NAME))
                .primary_key(Index::create().col(UserRoles::UserId).col(UserRoles::Role))
                .foreign_key(&mut of_user)
                .foreign_key(&mut of_role)
                .take(),
        )
        .await?;
    let mut by_role = Index::create();
    by_role.col(UserRoles::Role);
    create_index(
        manager,
        &mut by_role,
        UserRoles::Table,
        "user_roles_by_role",
    )
    .await
}
