//! What changed, in order, for the caches of every instance.
//!
//! The number comes from `counters`, not from the engine's sequence: the counter's row stays locked
//! until the change is committed, so numbers have no gaps and become visible in order. With a
//! sequence, 7 may appear before 6, and whoever has read 7 would never look for 6.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string_len};

use crate::portable::{RESOURCE, WORD, create_index, drop_table, instant, table};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[derive(DeriveIden)]
enum Counters {
    Table,
    Name,
    Value,
}

#[derive(DeriveIden)]
enum ChangeLog {
    Table,
    Seq,
    Kind,
    Key,
    At,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_counters(manager).await?;
        manager
            .create_table(
                table(manager, ChangeLog::Table)
                    .col(big_integer(ChangeLog::Seq).primary_key())
                    .col(string_len(ChangeLog::Kind, WORD))
                    .col(string_len(ChangeLog::Key, RESOURCE))
                    .col(instant(ChangeLog::At))
                    .take(),
            )
            .await?;
        let mut by_time = Index::create();
        by_time.col(ChangeLog::At);
        create_index(
            manager,
            &mut by_time,
            ChangeLog::Table,
            "change_log_by_time",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, ChangeLog::Table).await?;
        drop_table(manager, Counters::Table).await
    }
}

async fn create_counters(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            table(manager, Counters::Table)
                .col(string_len(Counters::Name, WORD).primary_key())
                .col(big_integer(Counters::Value))
                .take(),
        )
        .await?;
    let mut start = Query::insert();
    start
        .into_table(Counters::Table)
        .columns([Counters::Name, Counters::Value])
        .values_panic(["change_log".into(), 0_i64.into()])
        .on_conflict(
            OnConflict::column(Counters::Name)
                .do_nothing_on([Counters::Name])
                .to_owned(),
        );
    manager.execute(start).await
}
