//! The list of tables against the schema of the engine of the round, and pages along every kind of
//! key. Copies and refusals are tested on the real binary (`tests/transfer`).

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait as _, DatabaseBackend, Statement};
use shared_claims::Role;

use super::cell::{Cell, Kind, Row};
use super::checksum::Checksum;
use super::snapshot::{PAGE_ROWS, page};
use super::tables::{self, Table};
use super::{seeds, target};
use crate::model::User;
use crate::store::testing::{Fresh, add_user, fresh, user};

type Schema = BTreeMap<String, BTreeMap<String, Kind>>;

/// Columns by table and what they hold, as the engine has them; without the list of migrations.
async fn schema(fresh: &Fresh) -> Schema {
    let backend = fresh.read().get_database_backend();
    let query = match backend {
        DatabaseBackend::Sqlite => {
            "SELECT m.name AS t, c.name AS c, lower(c.type) AS k FROM sqlite_master m \
             JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'"
        }
        DatabaseBackend::MySql => {
            "SELECT table_name AS t, column_name AS c, data_type AS k \
             FROM information_schema.columns WHERE table_schema = DATABASE()"
        }
        _ => {
            "SELECT table_name::text AS t, column_name::text AS c, data_type::text AS k \
             FROM information_schema.columns WHERE table_schema = current_schema()"
        }
    };
    let rows = fresh
        .read()
        .query_all_raw(Statement::from_string(backend, query))
        .await
        .unwrap();
    let mut tables = Schema::new();
    for row in rows {
        let column: String = row.try_get("", "c").unwrap();
        let kind: String = row.try_get("", "k").unwrap();
        tables
            .entry(row.try_get("", "t").unwrap())
            .or_default()
            .insert(column, kind_of(&kind));
    }
    tables.remove("auth_server_migrations").unwrap();
    tables
}

fn kind_of(engines_word: &str) -> Kind {
    let word = engines_word.split('(').next().unwrap_or_default();
    match word {
        "bigint" | "integer" => Kind::Integer,
        "boolean" | "tinyint" => Kind::Flag,
        "varchar" | "character varying" | "text" => Kind::Text,
        "blob" | "bytea" | "varbinary" | "varbinary_blob" => Kind::Bytes,
        other => panic!("`{other}` is no type that rows are copied with"),
    }
}

/// A migration that adds a table or a column has to add it to the entities as well, or a copy would
/// leave it behind without a word.
#[tokio::test]
async fn every_table_and_every_column_of_the_schema_is_copied() {
    let fresh = fresh().await;
    let known: Schema = tables::all()
        .iter()
        .map(|table| {
            let columns = table.columns.iter();
            let columns = columns.map(|column| (column.name.to_owned(), column.kind));
            (table.name.to_owned(), columns.collect())
        })
        .collect();
    assert_eq!(known, schema(&fresh).await);
    assert_eq!(known.len(), tables::all().len(), "no table is there twice");
}

#[test]
fn the_values_of_a_page_fit_into_one_statement() {
    for table in tables::all() {
        let values = table.columns.len() as u64 * PAGE_ROWS;
        assert!(values <= 32_766, "{} has too many columns", table.name);
    }
}

async fn all_in_pages_of(fresh: &Fresh, name: &str, limit: u64) -> Vec<Row> {
    let table = find(name);
    let mut rows: Vec<Row> = Vec::new();
    loop {
        let next = page(&**fresh.read(), &table, rows.last(), limit)
            .await
            .unwrap();
        if next.is_empty() {
            return rows;
        }
        rows.extend(next);
    }
}

fn find(name: &str) -> Table {
    let mut tables = tables::all().into_iter();
    tables.find(|table| table.name == name).unwrap()
}

#[tokio::test]
async fn pages_of_any_size_give_every_row_once() {
    let fresh = fresh().await;
    for name in ["b1", "B2", "ä", "a", "_", "z1", "Z2"] {
        let roles = ["admin", "candidate", "recruiter"].map(|role| Role::parse(role).unwrap());
        let user = User {
            roles: roles.to_vec(),
            ..user(name)
        };
        add_user(&fresh.store, &user).await;
    }
    for (table, expected) in [("users", 7), ("user_roles", 21), ("change_log", 7)] {
        let whole = all_in_pages_of(&fresh, table, PAGE_ROWS).await;
        assert_eq!(whole.len(), expected, "{table}");
        for limit in 1..=5 {
            let pages = all_in_pages_of(&fresh, table, limit).await;
            assert_eq!(pages, whole, "{table} in pages of {limit}");
        }
    }
}

#[tokio::test]
async fn a_new_database_has_the_rows_that_every_new_database_has() {
    let fresh = fresh().await;
    let mut seeded = Vec::new();
    for (table, rows) in seeds::find().await.unwrap() {
        let found = page(&**fresh.read(), &table, None, PAGE_ROWS)
            .await
            .unwrap();
        assert_eq!(Checksum::of(&found), Checksum::of(&rows), "{}", table.name);
        if !rows.is_empty() {
            seeded.push(table.name);
        }
    }
    assert!(seeded.contains(&"roles"), "{seeded:?}");
}

#[test]
fn long_rows_are_spread_over_statements_and_none_is_lost() {
    let table = find("roles");
    let row = |size: usize| vec![Cell::Text("r".to_owned()), Cell::Text("d".repeat(size))];
    for (sizes, expected) in [
        (vec![], 0),
        (vec![10; 500], 1),
        (vec![3 << 20], 1),
        (vec![600 << 10; 3], 3),
        (vec![500 << 10, 500 << 10, 500 << 10], 2),
    ] {
        let rows: Vec<Row> = sizes.iter().map(|size| row(*size)).collect();
        let statements = target::statements(&table, &rows);
        assert_eq!(statements.len(), expected, "{} rows", sizes.len());
        let places: usize = statements
            .iter()
            .map(|statement| {
                let (sql, _) = statement.build(sea_orm::sea_query::SqliteQueryBuilder);
                sql.matches("(?, ?)").count()
            })
            .sum();
        assert_eq!(places, rows.len());
    }
}
