//! What changed, in order, for the caches of every instance.
//!
//! The number comes from `counters`, not from the engine's sequence: the counter's row stays locked
//! until the change is committed, so numbers have no gaps and become visible in order. With a
//! sequence, 7 may appear before 6, and whoever has read 7 would never look for 6.
//!
//! PostgreSQL also tells who listens. Nothing that issues tokens writes here: a commit that notifies
//! waits for every other one that does.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string_len};
use sea_orm_migration::sea_orm::DatabaseBackend;

use crate::portable::{RESOURCE, WORD, create_index, drop_table, instant, table};

/// Where PostgreSQL tells of changes (`LISTEN`). The message is empty: the table has the news.
pub const CHANGE_CHANNEL: &str = "auth_server_changes";

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
        .await?;
        create_call(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_table(manager, ChangeLog::Table).await?;
        drop_call(manager).await?;
        drop_table(manager, Counters::Table).await
    }
}

async fn create_call(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() != DatabaseBackend::Postgres {
        return Ok(());
    }
    let statements = format!(
        "CREATE OR REPLACE FUNCTION call_changes() RETURNS trigger LANGUAGE plpgsql AS \
         $$ BEGIN PERFORM pg_notify('{CHANGE_CHANNEL}', ''); RETURN NULL; END $$; \
         CREATE OR REPLACE TRIGGER call_changes AFTER INSERT ON change_log \
         FOR EACH STATEMENT EXECUTE FUNCTION call_changes()"
    );
    manager
        .get_connection()
        .execute_unprepared(&statements)
        .await
        .map(drop)
}

/// The trigger has gone with its table.
async fn drop_call(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() != DatabaseBackend::Postgres {
        return Ok(());
    }
    let statement = "DROP FUNCTION IF EXISTS call_changes()";
    manager
        .get_connection()
        .execute_unprepared(statement)
        .await
        .map(drop)
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
    start_counter(manager, "change_log").await
}

/// A counter that begins with 0, unless it is there already.
pub(super) async fn start_counter(manager: &SchemaManager<'_>, name: &str) -> Result<(), DbErr> {
    let mut start = Query::insert();
    start
        .into_table(Counters::Table)
        .columns([Counters::Name, Counters::Value])
        .values_panic([name.into(), 0_i64.into()])
        .on_conflict(
            OnConflict::column(Counters::Name)
                .do_nothing_on([Counters::Name])
                .to_owned(),
        );
    manager.execute(start).await
}
