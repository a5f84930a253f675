//! A schema as text: each table with its columns, keys and indexes, sorted. One query per engine asks
//! the engine's own catalogue, so that it is what is there and not what was asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use sea_orm_migration::sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};

/// All tables of the database. The same schema is the same text.
pub(crate) async fn schema(db: &DatabaseConnection) -> String {
    let backend = db.get_database_backend();
    let query = match backend {
        DbBackend::Sqlite => include_str!("sqlite.sql"),
        DbBackend::MySql => include_str!("mysql.sql"),
        _ => include_str!("postgres.sql"),
    };
    let rows = db
        .query_all_raw(Statement::from_string(backend, query))
        .await
        .unwrap();
    let mut tables = BTreeMap::<String, BTreeSet<String>>::new();
    for row in rows {
        let table = tables.entry(row.try_get("", "owner").unwrap());
        table.or_default().insert(row.try_get("", "line").unwrap());
    }
    let mut text = String::new();
    for (table, lines) in tables {
        writeln!(text, "table {table}").unwrap();
        for line in lines {
            writeln!(text, "    {line}").unwrap();
        }
    }
    text
}
