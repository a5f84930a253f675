//! Opens the database and brings its schema up to date.
//!
//! SQLite runs with a write-ahead log, full synchronisation (an acknowledged change survives a power
//! cut), enforced foreign keys, and waits for a lock instead of failing.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
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
    let file = sqlite_file(url);
    if let Some(directory) = file.as_deref().and_then(Path::parent)
        && !directory.as_os_str().is_empty()
    {
        // Applications are personal data: a directory that is made here is for this user alone.
        let made = DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory);
        made.map_err(|cause| StoreError::Directory {
            directory: directory.to_path_buf(),
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

/// The SQLite file, as the driver reads the URL; `None` for other databases and for memory.
fn sqlite_file(url: &str) -> Option<PathBuf> {
    if !url.starts_with("sqlite:") || url.contains(":memory:") || url.contains("mode=memory") {
        return None;
    }
    let options = SqliteConnectOptions::from_str(url).ok()?;
    Some(options.get_filename().to_path_buf())
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

/// Every migration that this program knows, and whether the database has it. Changes nothing, and makes
/// no SQLite file to look at.
///
/// # Errors
/// As [`connect`], or the schema is newer than this program.
pub async fn migration_states(settings: &Settings) -> Result<Vec<MigrationState>, StoreError> {
    let is_missing = sqlite_file(settings.database.url.expose()).is_some_and(|file| !file.exists());
    let db = if is_missing {
        Database::connect("sqlite::memory:").await?
    } else {
        connect(settings).await?
    };
    Ok(migrations::run::status::<Migrator>(&db).await?)
}
