//! What a transfer tells: how far it is, and what was moved.

use super::checksum::Checksum;

/// What a long transfer is busy with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Reading the source.
    Reading,
    /// Reading the source and writing the target.
    Copying,
    /// Reading the target again.
    Comparing,
}

/// How far it is. Sent after every page of rows.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// What it does.
    pub step: Step,
    /// The table at hand.
    pub table: &'static str,
    /// Rows of this table so far.
    pub rows: u64,
}

/// Rows and checksum of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Its name.
    pub table: &'static str,
    /// How many rows it has.
    pub rows: u64,
    /// Over all values of all rows, the same on every engine: 64 hexadecimal digits.
    pub checksum: String,
}

impl Summary {
    pub(super) fn new(table: &'static str, checksum: Checksum) -> Self {
        Self {
            table,
            rows: checksum.rows(),
            checksum: checksum.to_text(),
        }
    }
}

/// One table on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// What was read from the source.
    pub source: Summary,
    /// What was found in the target afterwards.
    pub target: Summary,
}

impl Comparison {
    /// Whether every row arrived as it was.
    pub fn is_equal(&self) -> bool {
        self.source == self.target
    }
}

/// What is in a SQLite file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// Tables of ours and their rows, in the order of the schema.
    pub rows: Vec<(&'static str, u64)>,
    /// Size of the file.
    pub bytes: u64,
}

impl Contents {
    /// Rows of all tables.
    pub fn total(&self) -> u64 {
        self.rows.iter().map(|(_, rows)| rows).sum()
    }
}
