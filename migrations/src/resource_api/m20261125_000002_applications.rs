//! Applications of candidates to jobs, and the history of their stages.
//!
//! One application per candidate and job: the unique index decides, not a look before the write. A job
//! with applications cannot be deleted; a withdrawn application takes its history along.
//! `number` is the version that the application had after the change.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string_len, string_len_null, text, text_null};

use super::m20261125_000001_jobs::Job;
use crate::portable::{create_index, drop_table, instant, table};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[derive(Clone, Copy, DeriveIden)]
enum Application {
    Table,
    Id,
    JobId,
    Candidate,
    CoverLetter,
    ResumeUrl,
    Stage,
    Version,
    CreatedAt,
    UpdatedAt,
}

#[derive(DeriveIden)]
enum StageChange {
    Table,
    ApplicationId,
    Number,
    Stage,
    ChangedAt,
    ChangedBy,
    Note,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_applications(manager).await?;
        create_stage_changes(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, StageChange::Table).await?;
        drop_table(manager, Application::Table).await
    }
}

async fn create_applications(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut of_job = ForeignKey::create();
    of_job
        .name("application_of_job")
        .from(Application::Table, Application::JobId)
        .to(Job::Table, Job::Id)
        .on_delete(ForeignKeyAction::NoAction);
    manager
        .create_table(
            table(manager, Application::Table)
                .col(string_len(Application::Id, 36).primary_key())
                .col(string_len(Application::JobId, 36))
                .col(string_len(Application::Candidate, 255))
                .col(text(Application::CoverLetter))
                .col(string_len_null(Application::ResumeUrl, 2048))
                .col(string_len(Application::Stage, 16))
                .col(big_integer(Application::Version))
                .col(instant(Application::CreatedAt))
                .col(instant(Application::UpdatedAt))
                .foreign_key(&mut of_job)
                .take(),
        )
        .await?;
    let table = Application::Table;
    let mut once = Index::create();
    once.col(Application::JobId)
        .col(Application::Candidate)
        .unique();
    create_index(manager, &mut once, table, "application_once_per_candidate").await?;
    let mut by_job = Index::create();
    by_job.col(Application::JobId).col(Application::Id);
    create_index(manager, &mut by_job, table, "application_by_job").await?;
    let mut by_candidate = Index::create();
    by_candidate
        .col(Application::Candidate)
        .col(Application::Id);
    create_index(
        manager,
        &mut by_candidate,
        table,
        "application_by_candidate",
    )
    .await
}

async fn create_stage_changes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut of_application = ForeignKey::create();
    of_application
        .name("stage_change_of_application")
        .from(StageChange::Table, StageChange::ApplicationId)
        .to(Application::Table, Application::Id)
        .on_delete(ForeignKeyAction::Cascade);
    let mut key = Index::create();
    key.col(StageChange::ApplicationId).col(StageChange::Number);
    manager
        .create_table(
            table(manager, StageChange::Table)
                .col(string_len(StageChange::ApplicationId, 36))
                .col(big_integer(StageChange::Number))
                .col(string_len(StageChange::Stage, 16))
                .col(instant(StageChange::ChangedAt))
                .col(string_len(StageChange::ChangedBy, 255))
                .col(text_null(StageChange::Note))
                .primary_key(&mut key)
                .foreign_key(&mut of_application)
                .take(),
        )
        .await
}
