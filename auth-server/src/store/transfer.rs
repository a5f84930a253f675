//! Moving a whole database: [`copy()`] from any engine to any other, [`backup()`] of a SQLite file and
//! [`BackupFile`] for the way back (issue 3 "Backup and move"; `docs/backup.md`).
//!
//! Rows move as they are, sealed keys included; nothing here knows what they mean. `tables` is the one
//! list of what there is, `dialect` the one place where the engines differ.

mod backup;
mod cell;
mod checksum;
mod copy;
mod dialect;
mod draft;
mod empty;
mod error;
mod report;
mod restore;
mod seeds;
mod snapshot;
mod sqlite;
mod tables;
mod target;
mod unfinished;

#[cfg(test)]
mod tests;

pub use backup::backup;
pub use copy::{copy, survey};
pub use empty::{Empty, require_empty};
pub use error::TransferError;
pub use report::{Comparison, Contents, Progress, Step, Summary};
pub use restore::BackupFile;
pub use unfinished::require_finished;
