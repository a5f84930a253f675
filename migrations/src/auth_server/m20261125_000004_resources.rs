//! Resources (RFC 8707: what becomes `aud`) and the scopes they understand.
//!
//! A scope without a resource belongs to the server itself (`openid`, `profile`, `offline_access`).

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{string_len, string_len_null, text};

use crate::portable::{NAME, RESOURCE, create_index, drop_table, table};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[derive(DeriveIden)]
enum Resources {
    Table,
    Id,
    Name,
}

#[derive(DeriveIden)]
enum Scopes {
    Table,
    Name,
    ResourceId,
    Description,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                table(manager, Resources::Table)
                    .col(string_len(Resources::Id, RESOURCE).primary_key())
                    .col(text(Resources::Name))
                    .take(),
            )
            .await?;
        let mut of_resource = ForeignKey::create();
        of_resource
            .name("scopes_of_resource")
            .from(Scopes::Table, Scopes::ResourceId)
            .to(Resources::Table, Resources::Id)
            .on_delete(ForeignKeyAction::Cascade);
        manager
            .create_table(
                table(manager, Scopes::Table)
                    .col(string_len(Scopes::Name, NAME).primary_key())
                    .col(string_len_null(Scopes::ResourceId, RESOURCE))
                    .col(text(Scopes::Description))
                    .foreign_key(&mut of_resource)
                    .take(),
            )
            .await?;
        let mut by_resource = Index::create();
        by_resource.col(Scopes::ResourceId);
        create_index(
            manager,
            &mut by_resource,
            Scopes::Table,
            "scopes_by_resource",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, Scopes::Table).await?;
        drop_table(manager, Resources::Table).await
    }
}
