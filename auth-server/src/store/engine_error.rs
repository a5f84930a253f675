//! The error numbers of the three engines that mean "again" or "later".
//!
//! Sources: SQLite result codes, appendix A of the PostgreSQL manual, server error reference of MySQL.

use sea_orm::sqlx::Error;
use sea_orm::sqlx::error::DatabaseError;
use sea_orm::{DbErr, RuntimeErr, SqlxMySqlError, SqlxSqliteError};

/// SQLITE_BUSY, SQLITE_LOCKED (primary codes; the extended ones end in the same byte).
const SQLITE_TRANSIENT: [i32; 2] = [5, 6];
/// SQLITE_READONLY, IOERR, FULL, CANTOPEN.
const SQLITE_AWAY: [i32; 4] = [8, 10, 13, 14];
/// Serialization failure, deadlock.
const POSTGRES_TRANSIENT: [&str; 2] = ["40001", "40P01"];
/// Connection exceptions, insufficient resources, operator intervention (classes); read-only
/// transaction, as on a standby; system error, as a full disk; no right to write, as an operator's
/// mistake; a lock or a statement that took longer than the server allows.
const POSTGRES_AWAY: [&str; 8] = ["08", "53", "57P", "25006", "58", "42501", "55P03", "57014"];
/// Deadlock, lock wait timeout.
const MYSQL_TRANSIENT: [u16; 2] = [1213, 1205];
/// Disk full, too many connections, shutting down, table full, no right to write, read-only server
/// (three spellings).
const MYSQL_AWAY: [u16; 8] = [1021, 1040, 1053, 1114, 1142, 1290, 1792, 1836];

/// What the driver said.
#[derive(Clone, Copy)]
pub(super) enum EngineError<'a> {
    /// The engine answered with an error of its own.
    Said(&'a dyn DatabaseError),
    /// The driver lost the engine.
    Lost,
}

/// The driver's error within; `None` for errors of sea-orm itself.
pub(super) fn find_engine_error(error: &DbErr) -> Option<EngineError<'_>> {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause))
    | DbErr::Query(RuntimeErr::SqlxError(cause))
    | DbErr::Conn(RuntimeErr::SqlxError(cause))) = error
    else {
        return None;
    };
    match &**cause {
        Error::Database(said) => Some(EngineError::Said(&**said)),
        Error::Io(_)
        | Error::Tls(_)
        | Error::PoolTimedOut
        | Error::PoolClosed
        | Error::WorkerCrashed => Some(EngineError::Lost),
        _ => None,
    }
}

/// True when the engine has said anything.
pub(super) fn is_answer<T>(answer: &Result<T, DbErr>) -> bool {
    match answer {
        Ok(_) => true,
        Err(error) => matches!(find_engine_error(error), Some(EngineError::Said(_))),
    }
}

impl EngineError<'_> {
    /// Everything was rolled back, and doing it again may well work.
    pub(super) fn is_transient(self) -> bool {
        let Self::Said(error) = self else {
            return false;
        };
        if let Some(mysql) = error.try_downcast_ref::<SqlxMySqlError>() {
            return MYSQL_TRANSIENT.contains(&mysql.number());
        }
        let code = error.code().unwrap_or_default();
        if error.try_downcast_ref::<SqlxSqliteError>().is_some() {
            return primary_code(&code).is_some_and(|code| SQLITE_TRANSIENT.contains(&code));
        }
        POSTGRES_TRANSIENT.contains(&&*code)
    }

    /// The engine cannot serve at present.
    pub(super) fn is_away(self) -> bool {
        let Self::Said(error) = self else { return true };
        if let Some(mysql) = error.try_downcast_ref::<SqlxMySqlError>() {
            return MYSQL_AWAY.contains(&mysql.number());
        }
        let code = error.code().unwrap_or_default();
        if error.try_downcast_ref::<SqlxSqliteError>().is_some() {
            return primary_code(&code).is_some_and(|code| SQLITE_AWAY.contains(&code));
        }
        POSTGRES_AWAY.iter().any(|class| code.starts_with(class))
    }
}

/// SQLite's extended result codes carry the primary one in their lowest byte.
fn primary_code(code: &str) -> Option<i32> {
    code.parse::<i32>().ok().map(|code| code & 0xff)
}
