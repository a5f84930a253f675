//! Why a database was not moved. The texts are for the operator: what is wrong, and what to do.

use std::path::PathBuf;

use sea_orm::DbErr;

use crate::error::Fault;
use crate::store::StoreError;

/// Why a database was not moved, or not wholly.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The target has rows that no migration put there.
    #[error("it is not empty: there is something in its table `{table}`; give an empty database")]
    NotEmpty {
        /// The first table with a row too many.
        table: String,
    },
    /// The target has a table of ours that our migrations did not make.
    #[error(
        "it has a table `{table}` that this program did not make; give a database, or on PostgreSQL \
         a schema, of its own"
    )]
    ForeignTable {
        /// The first such table.
        table: String,
    },
    /// The target was migrated by another version of this program.
    #[error(
        "it has the schema of an older version and may hold data of it; give an empty database, or \
         run `auth-server migrate up` on it first"
    )]
    OlderSchema,
    /// A copy into this database was broken off, or did not arrive whole.
    #[error(
        "it holds a copy that was not finished and must not be used; remove it (drop the database \
         or delete the file) and copy again from the source"
    )]
    Unfinished,
    /// A file that would have been overwritten.
    #[error("{} exists; nothing is ever overwritten", .0.display())]
    Exists(PathBuf),
    /// The URL of the database is no file.
    #[error("it is no SQLite file")]
    NoFile,
    /// Not made by SQLite, or cut off.
    #[error("{} is no SQLite database", .0.display())]
    NoDatabase(PathBuf),
    /// SQLite's own check found something.
    #[error("{} is damaged: {what}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The first thing it found.
        what: String,
    },
    /// Another program's database.
    #[error("{} is a database, but not one of this program", .0.display())]
    NotOurs(PathBuf),
    /// Another process holds the file open.
    #[error("{} is in use; stop the server first", .0.display())]
    InUse(PathBuf),
    /// What SQLite left beside a file that is gone; it may hold the newest rows of that one.
    #[error(
        "{} was left by a database that is gone and may hold its newest rows; move it away first",
        .0.display()
    )]
    Leftover(PathBuf),
    /// One step failed.
    #[error("{doing} failed: {}", cause.chain())]
    Failed {
        /// What was being done, with the name of the table or file.
        doing: String,
        /// Why it did not work.
        cause: Fault,
    },
    /// The database is away or broken.
    #[error("{}", .0.chain())]
    Fault(#[from] Fault),
}

impl TransferError {
    /// The database refused while we were doing this.
    pub(super) fn failed(doing: impl Into<String>, cause: impl Into<StoreError>) -> Self {
        let cause = Fault::from(cause.into());
        Self::Failed {
            doing: doing.into(),
            cause,
        }
    }

    /// The system refused while we were doing this.
    pub(super) fn refused_by_system(
        doing: impl Into<String>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let doing = doing.into();
        move |cause| Self::Failed {
            doing,
            cause: Fault::unavailable("using the file system", cause),
        }
    }
}

impl From<DbErr> for TransferError {
    fn from(error: DbErr) -> Self {
        Self::Fault(StoreError::from(error).into())
    }
}

impl From<StoreError> for TransferError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}
