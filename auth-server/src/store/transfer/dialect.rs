//! Where the engines differ: how to see one state of all tables for as long as reading takes, and
//! how a sequence learns of numbers it did not give. Everything else is the same statement on all.

use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseBackend, DatabaseConnection, DatabaseTransaction, DbErr,
    IsolationLevel, SqliteTransactionMode, TransactionOptions, TransactionTrait as _,
};

use super::tables::Table;

/// Begins a transaction that reads one state of the whole database. Nobody waits for it: all three
/// engines keep the old versions of rows that others change meanwhile.
pub(super) async fn begin_snapshot(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let options = match db.get_database_backend() {
        // With the write-ahead log, a transaction that only reads sees the state of its first read.
        DatabaseBackend::Sqlite => TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred),
            ..TransactionOptions::default()
        },
        _ => TransactionOptions {
            isolation_level: Some(IsolationLevel::RepeatableRead),
            access_mode: Some(AccessMode::ReadOnly),
            ..TransactionOptions::default()
        },
    };
    db.begin_with_options(options).await
}

/// Makes the engine number the next row after the highest copied. SQLite and MySQL do it by
/// themselves; a sequence of PostgreSQL stands apart from the rows.
pub(super) async fn continue_numbering(
    conn: &impl ConnectionTrait,
    table: &Table,
) -> Result<(), DbErr> {
    let Some(column) = table.numbered else {
        return Ok(());
    };
    if conn.get_database_backend() != DatabaseBackend::Postgres {
        return Ok(());
    }
    let name = table.name;
    // Names of our own schema; an empty table leaves the sequence at its start.
    let statement = format!(
        "SELECT setval(pg_get_serial_sequence('{name}', '{column}'), max({column})) FROM {name} \
         HAVING count(*) > 0"
    );
    conn.execute_unprepared(&statement).await.map(drop)
}
