//! SQLite files by their paths: opened to be read, changed or held, copied by `VACUUM INTO` (a
//! consistent copy while others write), checked, counted.

use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::time::Duration;

use migrations::auth_server::Migrator;
use sea_orm::sea_query::{Asterisk, Expr, ExprTrait as _, Query};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode};
use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database, DatabaseBackend, DatabaseConnection, DbErr,
    Statement,
};
use sea_orm_migration::{MigratorTrait as _, SchemaManager};

use super::report::Contents;
use super::{TransferError, tables};
use crate::error::Fault;
use crate::store::engine_error::{EngineError, find_engine_error};

/// How long a file that is to be held may be busy.
const BUSY: Duration = Duration::from_secs(1);
/// SQLITE_BUSY, CORRUPT, NOTADB.
const CODE_BUSY: i32 = 5;
const CODE_CORRUPT: i32 = 11;
const CODE_NOT_A_DATABASE: i32 = 26;

/// The file behind a URL.
pub(super) fn path_of(url: &str) -> Result<PathBuf, TransferError> {
    let options = SqliteConnectOptions::from_str(url).map_err(|_| TransferError::NoFile)?;
    let path = options.get_filename();
    let text = path.to_string_lossy();
    if text.contains(":memory:") || text.contains("mode=memory") {
        return Err(TransferError::NoFile);
    }
    Ok(path.to_owned())
}

/// Opens a file that is only read.
pub(super) async fn open_to_read(file: &Path) -> Result<DatabaseConnection, TransferError> {
    open(file, SqliteConnectOptions::new().read_only(true)).await
}

/// Opens a file that nobody else knows.
pub(super) async fn open_to_change(file: &Path) -> Result<DatabaseConnection, TransferError> {
    open(file, SqliteConnectOptions::new()).await
}

/// Opens a file and keeps everybody else out until it is closed.
///
/// # Errors
/// [`TransferError::InUse`] when somebody has it open.
pub(super) async fn hold(file: &Path) -> Result<DatabaseConnection, TransferError> {
    // Leaving the write-ahead log takes being alone, and an exclusive lock that is taken is kept.
    let options = SqliteConnectOptions::new()
        .locking_mode(SqliteLockingMode::Exclusive)
        .journal_mode(SqliteJournalMode::Delete)
        .busy_timeout(BUSY);
    let held = open(file, options).await?;
    held.execute_unprepared("BEGIN EXCLUSIVE; COMMIT")
        .await
        .map_err(|error| about(file, error))?;
    Ok(held)
}

async fn open(
    file: &Path,
    options: SqliteConnectOptions,
) -> Result<DatabaseConnection, TransferError> {
    let options = options.filename(file);
    // A URL would have to be escaped; the options take the path as it is.
    let mut connect = ConnectOptions::new("sqlite::memory:");
    connect
        .max_connections(1)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |_| options.clone());
    let opened = Database::connect(connect).await;
    opened.map_err(|error| about(file, error))
}

/// SQLite takes names in UTF-8 only; a replacement character would name another file.
pub(super) fn require_name(file: &Path) -> Result<&str, TransferError> {
    file.to_str().ok_or_else(|| TransferError::Failed {
        doing: format!("naming {}", file.display()),
        cause: Fault::broken("giving the name to SQLite", "it is not UTF-8"),
    })
}

/// Copies the database in one state into this empty file.
pub(super) async fn vacuum_into(db: &DatabaseConnection, file: &Path) -> Result<(), TransferError> {
    let path = require_name(file)?;
    let statement =
        Statement::from_sql_and_values(DatabaseBackend::Sqlite, "VACUUM INTO ?", [path.into()]);
    let done = db.execute_raw(statement).await;
    done.map_err(|error| TransferError::failed(format!("writing {}", file.display()), error))?;
    Ok(())
}

/// Lets SQLite check every page, row and index.
pub(super) async fn require_sound(
    db: &DatabaseConnection,
    file: &Path,
) -> Result<(), TransferError> {
    let check = Statement::from_string(DatabaseBackend::Sqlite, "PRAGMA integrity_check(1)");
    let row = db
        .query_one_raw(check)
        .await
        .map_err(|error| about(file, error))?;
    let verdict: Option<String> = row
        .map(|row| row.try_get_by_index(0))
        .transpose()
        .map_err(|error| about(file, error))?;
    match verdict {
        Some(verdict) if verdict == "ok" => Ok(()),
        verdict => Err(TransferError::Damaged {
            path: file.to_owned(),
            what: verdict.unwrap_or_default(),
        }),
    }
}

/// A table that is not ours: of another service that shares the file, or of another program.
pub(super) async fn find_foreign_table(
    db: &DatabaseConnection,
) -> Result<Option<String>, TransferError> {
    let list = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' \
                ESCAPE '\\' ORDER BY name";
    let rows = db
        .query_all_raw(Statement::from_string(DatabaseBackend::Sqlite, list))
        .await?;
    let migrations = Migrator::migration_table_name().to_string();
    let ours = tables::all();
    for row in rows {
        let name: String = row.try_get_by_index(0)?;
        if name != migrations && ours.iter().all(|table| table.name != name) {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// Rows of each table of ours, and the size of the file.
pub(super) async fn count(db: &DatabaseConnection, file: &Path) -> Result<Contents, TransferError> {
    let mut rows = Vec::new();
    let manager = SchemaManager::new(db);
    for table in tables::all() {
        // Of an older schema, which a backup may well have.
        if !manager.has_table(table.name).await? {
            continue;
        }
        let mut query = Query::select();
        query.expr(Expr::col(Asterisk).count()).from(table.name);
        let row = db.query_one(&query).await?;
        let count: Option<i64> = row.map(|row| row.try_get_by_index(0)).transpose()?;
        rows.push((table.name, count.unwrap_or_default().unsigned_abs()));
    }
    let doing = format!("measuring {}", file.display());
    let metadata = std::fs::metadata(file).map_err(TransferError::refused_by_system(doing))?;
    Ok(Contents {
        rows,
        bytes: metadata.len(),
    })
}

/// What SQLite says about a file, in our words where it means one thing only.
pub(super) fn about(file: &Path, error: DbErr) -> TransferError {
    let path = file.to_owned();
    match find_code(&error) {
        Some(CODE_BUSY) => TransferError::InUse(path),
        Some(CODE_NOT_A_DATABASE) => TransferError::NoDatabase(path),
        Some(CODE_CORRUPT) => TransferError::Damaged {
            path,
            what: "SQLite cannot read it".to_owned(),
        },
        _ => TransferError::failed(format!("opening {}", path.display()), error),
    }
}

/// The primary result code.
fn find_code(error: &DbErr) -> Option<i32> {
    match find_engine_error(error)? {
        EngineError::Said(said) => said.code()?.parse::<i32>().ok().map(|code| code & 0xff),
        EngineError::Lost => None,
    }
}
