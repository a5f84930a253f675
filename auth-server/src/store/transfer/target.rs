//! The target of a copy while it is filled: marked as unfinished, emptied of the rows of its
//! migrations, filled in short transactions.

use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::InsertStatement;

use super::cell::{Cell, Row};
use super::empty::Empty;
use super::tables::Table;
use super::{TransferError, dialect, seeds, unfinished};
use crate::clock::Instant;
use crate::store::{DatabaseTransaction, Store};

/// A statement stays below it where rows are that long: MySQL takes no more than 4 MiB at once in
/// its smallest setup.
const STATEMENT_BYTES: usize = 1 << 20;

/// A target that takes rows.
pub(super) struct Target {
    store: Store,
}

impl Target {
    /// Migrates, marks and empties it.
    ///
    /// # Errors
    /// [`TransferError::Unfinished`] when another copy has begun meanwhile.
    pub(super) async fn begin(empty: Empty, at: Instant) -> Result<Self, TransferError> {
        let store = empty.store;
        store.migrate().await?;
        let seeds = seeds::find().await?;
        let begin = async move |txn: &DatabaseTransaction| {
            unfinished::mark(txn, at).await?;
            // Only these: whatever a server that starts just now writes must make the copy fail.
            for (table, rows) in seeds.iter().rev() {
                for row in rows {
                    txn.execute(&table.delete(row)).await?;
                }
            }
            Ok(())
        };
        match store.write(begin).await {
            Ok(()) => Ok(Self { store }),
            Err(error) if error.is_conflict() => Err(TransferError::Unfinished),
            Err(error) => Err(error.into()),
        }
    }

    /// Inserts a page, in one transaction.
    pub(super) async fn insert(&self, table: &Table, rows: &[Row]) -> Result<(), TransferError> {
        let statements = statements(table, rows);
        let insert = async move |txn: &DatabaseTransaction| {
            for statement in &statements {
                txn.execute(statement).await?;
            }
            Ok(())
        };
        self.store.write(insert).await.map_err(|error| {
            let first = rows.first().map(|row| table.key_text(row));
            let from = first.unwrap_or_default();
            TransferError::failed(
                format!("writing the table `{}` from row `{from}`", table.name),
                error,
            )
        })
    }

    /// Lets the engine continue its own numbering after the copied rows.
    pub(super) async fn continue_numbering(&self, table: &Table) -> Result<(), TransferError> {
        Ok(dialect::continue_numbering(self.store.read(), table).await?)
    }

    /// The store, for reading it again.
    pub(super) const fn store(&self) -> &Store {
        &self.store
    }

    /// Everything has arrived: takes the mark away.
    pub(super) async fn finish(self) -> Result<(), TransferError> {
        let finish = async |txn: &DatabaseTransaction| unfinished::unmark(txn).await;
        Ok(self.store.write::<(), _>(finish).await?)
    }
}

/// One statement for all rows, more where they are long.
pub(super) fn statements(table: &Table, rows: &[Row]) -> Vec<InsertStatement> {
    let mut statements = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (index, row) in rows.iter().enumerate() {
        let size: usize = row.iter().map(Cell::size).sum();
        if index > start && bytes + size > STATEMENT_BYTES {
            statements.push(table.insert(&rows[start..index]));
            (start, bytes) = (index, 0);
        }
        bytes += size;
    }
    if start < rows.len() {
        statements.push(table.insert(&rows[start..]));
    }
    statements
}
