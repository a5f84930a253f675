//! Registered clients (RFC 7591 §2), their secrets and their own roles.
//!
//! Lists that are only ever read whole (redirect URIs, grants, audiences) are JSON; secrets are rows,
//! because each has a life of its own, and of a secret only the SHA-256 is kept.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean, string_len, string_len_null, text, text_null,
    var_binary,
};

use super::m20261125_000001_roles::Roles;
use crate::portable::{ID, NAME, WORD, create_index, drop_table, instant, instant_null, table};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[derive(DeriveIden)]
pub(super) enum Clients {
    Table,
    Id,
    Name,
    Kind,
    AuthMethod,
    GrantTypes,
    RedirectUris,
    Scopes,
    DefaultScopes,
    Audiences,
    AccessTtl,
    TokenAlg,
    MayIntrospect,
    RequirePkce,
    PasswordGrantUntil,
    Metadata,
    DisabledAt,
    CreatedAt,
    UpdatedAt,
    Version,
}

#[derive(DeriveIden)]
enum ClientSecrets {
    Table,
    Id,
    ClientId,
    Digest,
    CreatedAt,
    ExpiresAt,
}

#[derive(DeriveIden)]
enum ClientRoles {
    Table,
    ClientId,
    Role,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_clients(manager).await?;
        create_client_secrets(manager).await?;
        create_client_roles(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, ClientRoles::Table).await?;
        drop_table(manager, ClientSecrets::Table).await?;
        drop_table(manager, Clients::Table).await
    }
}

async fn create_clients(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            table(manager, Clients::Table)
                .col(string_len(Clients::Id, ID).primary_key())
                .col(text(Clients::Name))
                .col(string_len(Clients::Kind, WORD))
                .col(string_len(Clients::AuthMethod, WORD))
                .col(text(Clients::GrantTypes))
                .col(text(Clients::RedirectUris))
                .col(text(Clients::Scopes))
                .col(text(Clients::DefaultScopes))
                .col(text(Clients::Audiences))
                .col(big_integer_null(Clients::AccessTtl))
                .col(string_len_null(Clients::TokenAlg, WORD))
                .col(boolean(Clients::MayIntrospect))
                .col(boolean(Clients::RequirePkce))
                .col(instant_null(Clients::PasswordGrantUntil))
                .col(text_null(Clients::Metadata))
                .col(instant_null(Clients::DisabledAt))
                .col(instant(Clients::CreatedAt))
                .col(instant(Clients::UpdatedAt))
                .col(big_integer(Clients::Version))
                .take(),
        )
        .await
}

async fn create_client_secrets(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut of_client = ForeignKey::create();
    of_client
        .name("client_secrets_of_client")
        .from(ClientSecrets::Table, ClientSecrets::ClientId)
        .to(Clients::Table, Clients::Id)
        .on_delete(ForeignKeyAction::Cascade);
    manager
        .create_table(
            table(manager, ClientSecrets::Table)
                .col(string_len(ClientSecrets::Id, ID).primary_key())
                .col(string_len(ClientSecrets::ClientId, ID))
                .col(var_binary(ClientSecrets::Digest, 32))
                .col(instant(ClientSecrets::CreatedAt))
                .col(instant_null(ClientSecrets::ExpiresAt))
                .foreign_key(&mut of_client)
                .take(),
        )
        .await?;
    let mut by_client = Index::create();
    by_client.col(ClientSecrets::ClientId);
    create_index(
        manager,
        &mut by_client,
        ClientSecrets::Table,
        "client_secrets_by_client",
    )
    .await?;
    let mut by_expiry = Index::create();
    by_expiry.col(ClientSecrets::ExpiresAt);
    create_index(
        manager,
        &mut by_expiry,
        ClientSecrets::Table,
        "client_secrets_by_expiry",
    )
    .await
}

async fn create_client_roles(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut of_client = ForeignKey::create();
    of_client
        .name("client_roles_of_client")
        .from(ClientRoles::Table, ClientRoles::ClientId)
        .to(Clients::Table, Clients::Id)
        .on_delete(ForeignKeyAction::Cascade);
    let mut of_role = ForeignKey::create();
    of_role
        .name("client_roles_of_role")
        .from(ClientRoles::Table, ClientRoles::Role)
        .to(Roles::Table, Roles::Name)
        .on_delete(ForeignKeyAction::Restrict);
    manager
        .create_table(
            table(manager, ClientRoles::Table)
                .col(string_len(ClientRoles::ClientId, ID))
                .col(string_len(ClientRoles::Role, NAME))
                .primary_key(
                    Index::create()
                        .col(ClientRoles::ClientId)
                        .col(ClientRoles::Role),
                )
                .foreign_key(&mut of_client)
                .foreign_key(&mut of_role)
                .take(),
        )
        .await
}
