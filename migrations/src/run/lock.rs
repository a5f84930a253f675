//! One migrating process at a time, by the means of each engine. The lock and the migrations share
//! one connection, so that a process that dies takes its lock with it.

use sea_orm_migration::sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseConnection, DatabaseTransaction, DbErr, RuntimeErr,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait, sqlx,
};

use super::MigrationError;

/// Key of the advisory lock: "CHANCERY" in ASCII.
const POSTGRES_KEY: i64 = 0x4348_414E_4345_5259;
/// Lock names of MySQL live in one space for the whole server: the database's name is part of it.
const MYSQL_NAME: &str = "SHA1(CONCAT('chancery migrations of ', DATABASE()))";
/// How long a second process waits for the first, in seconds.
const WAIT_SECONDS: u32 = 60;
/// On SQLite each try waits for the busy timeout of the connection (ours: 5 seconds).
const SQLITE_TRIES: u32 = 12;

/// The lock, held by an open connection.
pub(super) struct Lock {
    held: DatabaseTransaction,
}

impl Lock {
    /// Waits up to a minute.
    pub(super) async fn acquire(db: &DatabaseConnection) -> Result<Self, MigrationError> {
        match db.get_database_backend() {
            DatabaseBackend::Sqlite => acquire_sqlite(db).await,
            DatabaseBackend::MySql => acquire_mysql(db).await,
            _ => acquire_postgres(db).await,
        }
    }

    /// Where to migrate: the connection that holds the lock.
    pub(super) fn connection(&self) -> &DatabaseTransaction {
        &self.held
    }

    /// Commits what succeeded, takes back what failed (where the engine can) and lets the next in.
    pub(super) async fn release<T>(
        self,
        done: Result<T, MigrationError>,
    ) -> Result<T, MigrationError> {
        if self.held.get_database_backend() == DatabaseBackend::MySql {
            // The connection goes back to the pool and would keep the lock.
            self.held
                .execute_unprepared(&format!("DO RELEASE_LOCK({MYSQL_NAME})"))
                .await?;
        }
        match done {
            Ok(value) => {
                self.held.commit().await?;
                Ok(value)
            }
            Err(error) => {
                self.held.rollback().await?;
                Err(error)
            }
        }
    }
}

/// The write lock of the file is the lock; the whole change is one transaction.
async fn acquire_sqlite(db: &DatabaseConnection) -> Result<Lock, MigrationError> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..Default::default()
    };
    let mut last = None;
    for _ in 0..SQLITE_TRIES {
        match db.begin_with_options(options).await {
            Ok(held) => return Ok(Lock { held }),
            Err(error) if has_code(&error, &["5", "261", "517"]) => last = Some(error),
            Err(error) => return Err(error.into()),
        }
    }
    Err(MigrationError::Locked(last))
}

/// An advisory lock that ends with the transaction, which holds the whole change.
async fn acquire_postgres(db: &DatabaseConnection) -> Result<Lock, MigrationError> {
    let held = db.begin().await?;
    let limits =
        format!("SET LOCAL lock_timeout = '{WAIT_SECONDS}s'; SET LOCAL statement_timeout = 0");
    held.execute_unprepared(&limits).await?;
    let lock = format!("SELECT pg_advisory_xact_lock({POSTGRES_KEY})");
    match held.execute_unprepared(&lock).await {
        Ok(_) => Ok(Lock { held }),
        // lock_not_available
        Err(error) if has_code(&error, &["55P03"]) => Err(MigrationError::Locked(Some(error))),
        Err(error) => Err(error.into()),
    }
}

/// A named lock of the session. The transaction only pins the connection: DDL commits it.
async fn acquire_mysql(db: &DatabaseConnection) -> Result<Lock, MigrationError> {
    let held = db.begin().await?;
    let lock = format!("SELECT GET_LOCK({MYSQL_NAME}, {WAIT_SECONDS}) AS granted");
    let row = held
        .query_one_raw(Statement::from_string(DatabaseBackend::MySql, lock))
        .await?;
    let granted: Option<i64> = match row {
        Some(row) => row.try_get("", "granted")?,
        None => None,
    };
    if granted == Some(1) {
        Ok(Lock { held })
    } else {
        Err(MigrationError::Locked(None))
    }
}

fn has_code(error: &DbErr, codes: &[&str]) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) =
        error
    else {
        return false;
    };
    let sqlx::Error::Database(cause) = &**cause else {
        return false;
    };
    cause.code().is_some_and(|code| codes.contains(&&*code))
}
