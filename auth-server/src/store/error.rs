//! What can go wrong with the database, and how it looks from outside.
//!
//! A conflict or a dangling reference is an answer that callers decide about. Everything else becomes
//! a [`Fault`]: 503 when the database is away, busy or full, 500 when we are wrong.

use sea_orm::{ConnAcquireErr, DbErr, SqlErr};

use super::engine_error::{EngineError, find_engine_error};
use crate::error::{Fault, TokenError};

/// Why a verb did not do what it says.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A unique constraint: the name, key or slot is taken. The text is the engine's.
    #[error("already there: {0}")]
    Conflict(String),
    /// A foreign key: it refers to nothing, or something still refers to it. The text is the engine's.
    #[error("refers to nothing: {0}")]
    Missing(String),
    /// Anything else that the database or its driver says.
    #[error("{0}")]
    Database(#[source] DbErr),
    /// A broken row, a full queue, a database that is away.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl StoreError {
    /// True when a unique constraint refused.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict(_))
    }

    /// True when the same transaction may well succeed when it runs again.
    pub(super) fn is_transient(&self) -> bool {
        matches!(self, Self::Database(error) if find_engine_error(error).is_some_and(EngineError::is_transient))
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(text)) => Self::Conflict(text),
            Some(SqlErr::ForeignKeyConstraintViolation(text)) => Self::Missing(text),
            _ => Self::Database(error),
        }
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        const DOING: &str = "using the database";
        match error {
            StoreError::Fault(fault) => fault,
            StoreError::Database(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)) => {
                Self::overloaded("waiting for a database connection")
            }
            StoreError::Database(cause) if is_away(&cause) => Self::unavailable(DOING, cause),
            StoreError::Database(cause) => Self::broken(DOING, cause),
            // Nobody expected this conflict, or it would not have come here.
            unexpected => Self::broken(DOING, unexpected),
        }
    }
}

impl From<StoreError> for TokenError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

/// True when waiting helps: no connection, no space, too busy, read-only after a failover.
fn is_away(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        _ => find_engine_error(error).is_some_and(|error| error.is_transient() || error.is_away()),
    }
}
