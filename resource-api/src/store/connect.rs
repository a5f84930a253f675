//! Opens the database and brings its schema up to date.
//!
//! SQLite runs with a write-ahead log, full synchronisation (an acknowledged change survives a power
//! cut), enforced foreign keys, and waits for a lock instead of failing.

use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::time::Duration;

use migrations::resource_api::Migrator;
use migrations::run::MigrationState;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, Database, DatabaseConnection};

use super::StoreError;
use crate::settings::Settings;

/// How long a statement waits for another writer of the SQLite file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a request waits for a free connection before it is answered with 503.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// Opens the database; makes the SQLite file and its directory when they are missing.
///
/// # Errors
/// The directory cannot be made, or the database does not answer.
pub async fn connect(settings: &Settings) -> Result<DatabaseConnection, StoreError> {
    let url = settings.database.url.expose();
    if let Some(directory) = sqlite_directory(url) {
        std::fs::create_dir_all(&directory).map_err(|cause| StoreError::Directory {
            directory,
            cause: cause.into(),
        })?;
    }
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(settings.database.max_connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_timeout(ACQUIRE_TIMEOUT)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .create_if_missing(true)
                .foreign_keys(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(BUSY_TIMEOUT)
        });
    Ok(Database::connect(options).await?)
}

/// Directory of the SQLite file, as the driver reads the URL; `None` for other databases and for memory.
fn sqlite_directory(url: &str) -> Option<PathBuf> {
    if !url.starts_with("sqlite:") {
        return None;
    }
    let options = SqliteConnectOptions::from_str(url).ok()?;
    let directory = options.get_filename().parent().map(Path::to_path_buf);
    directory.filter(|path| !path.as_os_str().is_empty())
}

/// Opens the database and applies every pending migration.
///
/// # Errors
/// As [`connect`], or a migration fails.
pub async fn connect_migrated(settings: &Settings) -> Result<DatabaseConnection, StoreError> {
    let db = connect(settings).await?;
    migrations::run::up::<Migrator>(&db).await?;
    Ok(db)
}

/// Takes the last `steps` migrations back, with the data of what they made. Returns how many.
///
/// # Errors
/// As [`connect_migrated`].
pub async fn migrate_down(settings: &Settings, steps: u32) -> Result<usize, StoreError> {
    let db = connect(settings).await?;
    Ok(migrations::run::down::<Migrator>(&db, steps).await?)
}

/// Every migration that this program knows, and whether the database has it. Changes nothing.
///
/// # Errors
/// As [`connect`], or the schema is newer than this program.
pub async fn migration_states(settings: &Settings) -> Result<Vec<MigrationState>, StoreError> {
    let db = connect(settings).await?;
    Ok(migrations::run::status::<Migrator>(&db).await?)
}
