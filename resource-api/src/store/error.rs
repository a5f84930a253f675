//! What can go wrong in the database, sorted by what the caller does about it.

use std::path::PathBuf;
use std::sync::Arc;

use migrations::run::MigrationError;
use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

/// A failed statement, connection or transaction.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// A unique key exists already.
    #[error("a row with this key exists already")]
    Duplicate(#[source] DbErr),
    /// Another table needs the row, or the row that it refers to is missing.
    #[error("a foreign key forbids this")]
    Referenced(#[source] DbErr),
    /// Other writers were in the way; the transaction may be tried again.
    #[error("the database is busy with other writers")]
    Contended(#[source] DbErr),
    /// No connection could be had in time.
    #[error("the database does not answer")]
    Unavailable(#[source] DbErr),
    /// A row that our own code cannot have written.
    #[error("row {id} of table {table} has an impossible {column}")]
    Damaged {
        /// Table of the row.
        table: &'static str,
        /// Its key.
        id: String,
        /// The column that makes no sense.
        column: &'static str,
    },
    /// The directory of the SQLite file cannot be made.
    #[error("cannot make the directory {}", directory.display())]
    Directory {
        /// The directory.
        directory: PathBuf,
        /// Why not.
        #[source]
        cause: Arc<std::io::Error>,
    },
    /// The schema cannot be brought up to date.
    #[error("the schema cannot be brought up to date")]
    Migration(#[source] Arc<MigrationError>),
    /// Anything else: a fault of ours or of the database.
    #[error("the database refused a statement")]
    Database(#[source] DbErr),
}

impl StoreError {
    /// True when the same request may succeed a moment later: 503 instead of 500.
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Contended(_) | Self::Unavailable(_))
    }
}

impl From<MigrationError> for StoreError {
    fn from(cause: MigrationError) -> Self {
        Self::Migration(Arc::new(cause))
    }
}

impl From<DbErr> for StoreError {
    fn from(cause: DbErr) -> Self {
        match cause.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(_)) => return Self::Duplicate(cause),
            Some(SqlErr::ForeignKeyConstraintViolation(_)) => return Self::Referenced(cause),
            _ => {}
        }
        match &cause {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Self::Unavailable(cause),
            DbErr::Exec(RuntimeErr::SqlxError(inner))
            | DbErr::Query(RuntimeErr::SqlxError(inner)) => match &**inner {
                sqlx::Error::Database(inner) if is_contention(inner.code().as_deref()) => {
                    Self::Contended(cause)
                }
                sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => {
                    Self::Unavailable(cause)
                }
                _ => Self::Database(cause),
            },
            _ => Self::Database(cause),
        }
    }
}

/// Serialization failures and deadlocks: PostgreSQL 40001 and 40P01 (MySQL reports its 1213 as 40001),
/// SQLite 5 `BUSY`, 6 `LOCKED`, 261 `BUSY_RECOVERY` and 517 `BUSY_SNAPSHOT`.
fn is_contention(code: Option<&str>) -> bool {
    matches!(code, Some("40001" | "40P01" | "5" | "6" | "261" | "517"))
}
