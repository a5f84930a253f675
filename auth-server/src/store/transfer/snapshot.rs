//! Reading a whole database in one state, page by page along each key: memory holds pages of
//! [`PAGE_ROWS`] rows, however long the table is.

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, QueryResult};

use super::cell::Row;
use super::checksum::Checksum;
use super::report::{Progress, Step, Summary};
use super::tables::{self, Table};
use super::{TransferError, dialect, unfinished};

/// Rows read and written at once. With at most 30 columns, their values fit into one statement on
/// every engine (SQLite: 32,766, the others 65,535).
pub(super) const PAGE_ROWS: u64 = 500;

/// One state of a database, until it is dropped.
pub(super) struct Snapshot {
    txn: DatabaseTransaction,
}

impl Snapshot {
    /// The present state.
    pub(super) async fn of(db: &DatabaseConnection) -> Result<Self, TransferError> {
        let txn = dialect::begin_snapshot(db).await?;
        Ok(Self { txn })
    }

    /// Rows and checksums of all tables.
    pub(super) async fn survey(
        &self,
        step: Step,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Vec<Summary>, TransferError> {
        let mut summaries = Vec::new();
        for table in tables::all() {
            let mut reading = self.read(&table);
            while reading.next_page().await?.is_some() {
                progress(reading.progress(step));
            }
            summaries.push(reading.summary());
        }
        Ok(summaries)
    }

    /// Reads one table from its beginning.
    pub(super) fn read<'a>(&'a self, table: &'a Table) -> Reading<'a> {
        Reading {
            txn: &self.txn,
            table,
            last: None,
            checksum: Checksum::default(),
        }
    }
}

/// A table that is being read.
pub(super) struct Reading<'a> {
    txn: &'a DatabaseTransaction,
    table: &'a Table,
    last: Option<Row>,
    checksum: Checksum,
}

impl Reading<'_> {
    /// The next rows; `None` after the last.
    pub(super) async fn next_page(&mut self) -> Result<Option<Vec<Row>>, TransferError> {
        let page = page(self.txn, self.table, self.last.as_ref(), PAGE_ROWS)
            .await
            .map_err(|error| TransferError::failed(self.place(), error))?;
        let Some(last) = page.last() else {
            return Ok(None);
        };
        self.last = Some(last.clone());
        for row in &page {
            self.checksum.add(row);
        }
        Ok(Some(page))
    }

    /// How far it is.
    pub(super) fn progress(&self, step: Step) -> Progress {
        Progress {
            step,
            table: self.table.name,
            rows: self.checksum.rows(),
        }
    }

    /// Of all rows so far.
    pub(super) fn summary(&self) -> Summary {
        Summary::new(self.table.name, self.checksum)
    }

    fn place(&self) -> String {
        let name = self.table.name;
        match &self.last {
            None => format!("reading the table `{name}`"),
            Some(last) => {
                let key = self.table.key_text(last);
                format!("reading the table `{name}` after row `{key}`")
            }
        }
    }
}

/// Rows after `last`, in the order of the key. The mark of an unfinished copy is no row.
pub(super) async fn page(
    conn: &impl ConnectionTrait,
    table: &Table,
    last: Option<&Row>,
    limit: u64,
) -> Result<Vec<Row>, DbErr> {
    let mut select = table.select_after(last, limit);
    if table.name == unfinished::TABLE {
        select.and_where(Expr::col(unfinished::COLUMN).ne(unfinished::MARK));
    }
    let rows = conn.query_all(&select).await?;
    rows.iter().map(|row| to_row(table, row)).collect()
}

fn to_row(table: &Table, row: &QueryResult) -> Result<Row, DbErr> {
    table
        .columns
        .iter()
        .enumerate()
        .map(|(index, column)| column.kind.read(row, index))
        .collect()
}
