//! One value of a row, apart from any engine: how it is read, written and put into a checksum.

use sea_orm::{ColumnType, DbErr, QueryResult, Value};
use sha2::{Digest as _, Sha256};

/// A row, in the order of its table's columns.
pub(super) type Row = Vec<Cell>;

/// What a column holds. Our schema knows no other types (`migrations/README.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Integer,
    Flag,
    Text,
    Bytes,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// The engines want to know of which type it is not.
    Null(Kind),
    Integer(i64),
    Flag(bool),
    Text(String),
    Bytes(Vec<u8>),
}

impl Kind {
    /// `None` for a type that rows cannot be moved with.
    pub(super) fn find(column: &ColumnType) -> Option<Self> {
        match column {
            ColumnType::BigInteger => Some(Self::Integer),
            ColumnType::Boolean => Some(Self::Flag),
            ColumnType::String(_) | ColumnType::Text => Some(Self::Text),
            ColumnType::Blob | ColumnType::VarBinary(_) => Some(Self::Bytes),
            _ => None,
        }
    }

    /// Reads the value at this position.
    pub(super) fn read(self, row: &QueryResult, index: usize) -> Result<Cell, DbErr> {
        let cell = match self {
            Self::Integer => row
                .try_get_by_index::<Option<i64>>(index)?
                .map(Cell::Integer),
            Self::Flag => row.try_get_by_index::<Option<bool>>(index)?.map(Cell::Flag),
            Self::Text => row
                .try_get_by_index::<Option<String>>(index)?
                .map(Cell::Text),
            Self::Bytes => row
                .try_get_by_index::<Option<Vec<u8>>>(index)?
                .map(Cell::Bytes),
        };
        Ok(cell.unwrap_or(Cell::Null(self)))
    }
}

impl Cell {
    /// The value for a statement.
    pub(super) fn to_value(&self) -> Value {
        match self {
            Self::Null(Kind::Integer) => Value::BigInt(None),
            Self::Null(Kind::Flag) => Value::Bool(None),
            Self::Null(Kind::Text) => Value::String(None),
            Self::Null(Kind::Bytes) => Value::Bytes(None),
            Self::Integer(number) => (*number).into(),
            Self::Flag(flag) => (*flag).into(),
            Self::Text(text) => text.as_str().into(),
            Self::Bytes(bytes) => bytes.as_slice().into(),
        }
    }

    /// Bytes it takes in a statement, about.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Null(_) | Self::Integer(_) | Self::Flag(_) => 8,
            Self::Text(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
        }
    }

    /// Feeds the one encoding that is the same on every engine: a tag, and for what varies in length
    /// its length, so that no two rows have the same encoding.
    pub(super) fn feed(&self, hash: &mut Sha256) {
        match self {
            Self::Null(_) => hash.update([0]),
            Self::Integer(number) => {
                hash.update([1]);
                hash.update(number.to_be_bytes());
            }
            Self::Flag(flag) => hash.update([2, u8::from(*flag)]),
            Self::Text(text) => feed_sized(hash, 3, text.as_bytes()),
            Self::Bytes(bytes) => feed_sized(hash, 4, bytes),
        }
    }
}

fn feed_sized(hash: &mut Sha256, tag: u8, bytes: &[u8]) {
    hash.update([tag]);
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}
