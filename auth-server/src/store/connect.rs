//! Opening a database: the one place, beside the writer and the migrations, that knows the engines.
//!
//! SQLite gets a write-ahead log, full durability and foreign keys, and two pools: one connection
//! that writes, the others refuse to (design §4 rule 9). MySQL gets READ COMMITTED, as PostgreSQL has.

use std::time::Duration;

use sea_orm::sqlx::Executor as _;
use sea_orm::{Database, DatabaseConnection, DbErr};

use super::StoreError;
use super::knock::knock;
use super::liveness::tested;
use super::retry::Retries;
use super::sqlite_file;
use crate::error::Fault;
use crate::random::Random;
use crate::secret::Secret;

/// Nobody waits for a lock for long, and nobody who has gone in the middle of a transaction, without
/// the server noticing, keeps others waiting for theirs.
const POSTGRES_SESSION: &str =
    "SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '10s'";
/// The same, and no gap locks. MySQL has one limit for the idle, in a transaction or not.
const MYSQL_SESSION: &str = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED; \
     SET SESSION innodb_lock_wait_timeout = 5; SET SESSION wait_timeout = 30";
/// Below the limit of the server: it is us who close.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);
/// How long SQLite waits for another process that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const DEFAULT_CONNECTIONS: u32 = 10;
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);

/// Where the database is and how much of it we use.
#[derive(Debug, Clone)]
pub struct ConnectOptions {
    /// `sqlite:`, `postgres:` or `mysql:`. May hold a password, and TLS parameters (`sslmode`,
    /// `sslrootcert`; `ssl-mode`, `ssl-ca`).
    pub url: Secret,
    /// Connections of the pool; for SQLite, those that read.
    pub max_connections: u32,
    /// How long a request waits for a connection or for its turn to write before it is refused.
    pub acquire_timeout: Duration,
    /// For the pauses between two tries.
    pub random: Random,
}

impl ConnectOptions {
    /// Ten connections, five seconds.
    pub fn new(url: Secret, random: Random) -> Self {
        Self {
            url,
            max_connections: DEFAULT_CONNECTIONS,
            acquire_timeout: DEFAULT_TIMEOUT,
            random,
        }
    }

    /// A database that lives as long as its store. For tests.
    pub fn in_memory(random: Random) -> Self {
        Self::new(Secret::new("sqlite::memory:"), random)
    }

    fn is_sqlite(&self) -> bool {
        self.url.expose().starts_with("sqlite:")
    }

    pub(super) fn is_in_memory(&self) -> bool {
        let url = self.url.expose();
        self.is_sqlite() && (url.contains(":memory:") || url.contains("mode=memory"))
    }
}

/// The open connections.
pub(super) struct Pools {
    /// For reads; on PostgreSQL and MySQL for everything.
    pub(super) read: DatabaseConnection,
    /// The one connection that writes to SQLite.
    pub(super) sqlite_writer: Option<DatabaseConnection>,
}

/// Opens the database.
///
/// # Errors
/// Unavailable when it does not answer or may not be opened; broken when the URL is no database's.
pub(super) async fn open(options: &ConnectOptions) -> Result<Pools, Fault> {
    if !options.is_sqlite() {
        knock(&options.url, options.acquire_timeout).await?;
        let read = connect(options, server_options(options)).await?;
        return Ok(Pools {
            read,
            sqlite_writer: None,
        });
    }
    if options.is_in_memory() {
        // Each connection would get a database of its own: everybody shares one.
        let only = connect(options, sqlite_options(options, 1, false)).await?;
        return Ok(Pools {
            read: only.clone(),
            sqlite_writer: Some(only),
        });
    }
    sqlite_file::create_privately(options.url.expose())?;
    let writer = connect(options, sqlite_options(options, 1, false)).await?;
    let readers = options.max_connections.max(1);
    let read = connect(options, sqlite_options(options, readers, true)).await?;
    Ok(Pools {
        read,
        sqlite_writer: Some(writer),
    })
}

fn common(options: &ConnectOptions, max_connections: u32) -> sea_orm::ConnectOptions {
    let mut common = sea_orm::ConnectOptions::new(options.url.expose());
    common
        .max_connections(max_connections)
        .acquire_timeout(options.acquire_timeout)
        // Statements are none of the log's business; the spans of requests tell what is slow.
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    common
}

fn server_options(options: &ConnectOptions) -> sea_orm::ConnectOptions {
    let mut server = common(options, options.max_connections.max(1));
    server
        .set_application_name("auth-server")
        .idle_timeout(IDLE_TIMEOUT)
        .map_sqlx_postgres_pool_opts(|pool| {
            tested(pool).after_connect(|connection, _| {
                Box::pin(async move { connection.execute(POSTGRES_SESSION).await.map(drop) })
            })
        })
        .map_sqlx_mysql_pool_opts(|pool| {
            tested(pool).after_connect(|connection, _| {
                Box::pin(async move { connection.execute(MYSQL_SESSION).await.map(drop) })
            })
        });
    server
}

fn sqlite_options(
    options: &ConnectOptions,
    max_connections: u32,
    reads_only: bool,
) -> sea_orm::ConnectOptions {
    use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};

    let mut sqlite = common(options, max_connections);
    sqlite
        // A connection of our own process does not go stale, and one in memory must never close.
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .map_sqlx_sqlite_opts(move |file| {
            let file = file
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(BUSY_TIMEOUT);
            if reads_only {
                file.pragma("query_only", "ON")
            } else {
                file
            }
        });
    sqlite
}

/// Connects; again when another process holds the file: changing to the write-ahead log needs it
/// alone, and SQLite does not wait for that by itself.
async fn connect(
    options: &ConnectOptions,
    with: sea_orm::ConnectOptions,
) -> Result<DatabaseConnection, Fault> {
    let mut retries = Retries::new(options.random.clone());
    loop {
        match Database::connect(with.clone()).await {
            Ok(connection) => return Ok(connection),
            Err(error)
                if StoreError::Database(error.clone()).is_transient() && retries.pause().await => {}
            Err(error) => return Err(refused(error)),
        }
    }
}

fn refused(error: DbErr) -> Fault {
    Fault::from(StoreError::from(error))
}
