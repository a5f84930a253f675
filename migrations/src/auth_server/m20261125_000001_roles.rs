//! Roles: what a user or a client is. The three that the jobs API knows are there from the start.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{string_len, text};

use crate::portable::{NAME, drop_table, table};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[derive(DeriveIden)]
pub(super) enum Roles {
    Table,
    Name,
    Description,
}

/// Role and description.
const KNOWN: [(&str, &str); 3] = [
    ("admin", "Administers everything."),
    (
        "recruiter",
        "Posts jobs and moves applications through their stages.",
    ),
    ("candidate", "Applies for jobs."),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                table(manager, Roles::Table)
                    .col(string_len(Roles::Name, NAME).primary_key())
                    .col(text(Roles::Description))
                    .take(),
            )
            .await?;
        let mut known = Query::insert();
        known
            .into_table(Roles::Table)
            .columns([Roles::Name, Roles::Description]);
        for (name, description) in KNOWN {
            known.values_panic([name.into(), description.into()]);
        }
        known.on_conflict(
            OnConflict::column(Roles::Name)
                .do_nothing_on([Roles::Name])
                .to_owned(),
        );
        manager.execute(known).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, Roles::Table).await
    }
}
