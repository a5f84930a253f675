//! What makes one migration run unchanged on SQLite, PostgreSQL and MySQL (or MariaDB).
//!
//! Every step may be repeated: MySQL commits each DDL statement by itself, so a process that was
//! killed in the middle of a migration leaves half of it behind, and the next start finishes it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null};
use sea_orm_migration::sea_orm::DatabaseBackend;

/// A new table, unless it is there already. Texts compare byte by byte on every engine: MySQL would
/// otherwise take `Admin` for `admin`.
pub(crate) fn table(
    manager: &SchemaManager<'_>,
    name: impl IntoIden + 'static,
) -> TableCreateStatement {
    let mut table = Table::create();
    table.table(name.into_iden()).if_not_exists();
    if manager.get_database_backend() == DatabaseBackend::MySql {
        table
            .engine("InnoDB")
            .character_set("utf8mb4")
            .collate("utf8mb4_bin");
    }
    table
}

/// Creates the index unless it is there already. `IF NOT EXISTS` would do, but MySQL has none.
pub(crate) async fn create_index(
    manager: &SchemaManager<'_>,
    index: &mut IndexCreateStatement,
    table: impl IntoIden + 'static,
    name: &str,
) -> Result<(), DbErr> {
    let table = table.into_iden();
    if manager.has_index(table.to_string(), name).await? {
        return Ok(());
    }
    manager
        .create_index(index.table(table).name(name).take())
        .await
}

/// Drops the table unless it is gone already.
pub(crate) async fn drop_table(
    manager: &SchemaManager<'_>,
    name: impl IntoIden + 'static,
) -> Result<(), DbErr> {
    manager
        .drop_table(Table::drop().table(name.into_iden()).if_exists().take())
        .await
}

/// A point in time: milliseconds since the epoch, which the engines cannot round differently.
pub(crate) fn instant(column: impl IntoIden) -> ColumnDef {
    big_integer(column)
}

/// A point in time that may not have come yet.
pub(crate) fn instant_null(column: impl IntoIden) -> ColumnDef {
    big_integer_null(column)
}

/// Longest identifier of ours: user, client, family, session, key.
pub(crate) const ID: u32 = 128;
/// Longest word of an enumeration: a state, a kind, a reason.
pub(crate) const WORD: u32 = 64;
/// Longest role or scope name.
pub(crate) const NAME: u32 = 128;
/// Longest resource identifier. Four bytes each, it still fits an index key of InnoDB (3072 bytes).
pub(crate) const RESOURCE: u32 = 512;
