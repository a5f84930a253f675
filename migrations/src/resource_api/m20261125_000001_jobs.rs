//! Jobs: what recruiters offer.
//!
//! `version` counts the changes of a row; it is the entity tag of the HTTP answer (RFC 9110 §8.8.3)
//! and the condition of every update. Lists run along `id`, which grows with the creation time.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, string_len, string_len_null, text};

use crate::portable::{create_index, drop_table, instant, table};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[derive(DeriveIden)]
pub(super) enum Job {
    Table,
    Id,
    Owner,
    Title,
    Description,
    Location,
    EmploymentType,
    SalaryMin,
    SalaryMax,
    Currency,
    Status,
    Version,
    CreatedAt,
    UpdatedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                table(manager, Job::Table)
                    .col(string_len(Job::Id, 36).primary_key())
                    .col(string_len(Job::Owner, 255))
                    .col(string_len(Job::Title, 200))
                    .col(text(Job::Description))
                    .col(string_len(Job::Location, 200))
                    .col(string_len_null(Job::EmploymentType, 60))
                    .col(big_integer_null(Job::SalaryMin))
                    .col(big_integer_null(Job::SalaryMax))
                    .col(string_len_null(Job::Currency, 3))
                    .col(string_len(Job::Status, 16))
                    .col(big_integer(Job::Version))
                    .col(instant(Job::CreatedAt))
                    .col(instant(Job::UpdatedAt))
                    .take(),
            )
            .await?;
        let mut by_owner = Index::create();
        by_owner.col(Job::Owner).col(Job::Id);
        create_index(manager, &mut by_owner, Job::Table, "job_by_owner").await?;
        let mut by_status = Index::create();
        by_status.col(Job::Status).col(Job::Id);
        create_index(manager, &mut by_status, Job::Table, "job_by_status").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, Job::Table).await
    }
}
