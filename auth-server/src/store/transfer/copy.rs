//! From one database to another: rows in pages along each key, read in one state of the source,
//! written in short transactions, then read again and compared.

use super::empty::Empty;
use super::report::{Comparison, Progress, Step, Summary};
use super::snapshot::Snapshot;
use super::target::Target;
use super::{TransferError, tables};
use crate::clock::Instant;
use crate::store::Store;

/// What is in a database, for a rehearsal.
///
/// # Errors
/// When it cannot be read.
pub async fn survey(
    source: &Store,
    progress: &mut dyn FnMut(Progress),
) -> Result<Vec<Summary>, TransferError> {
    let snapshot = Snapshot::of(source.read()).await?;
    snapshot.survey(Step::Reading, progress).await
}

/// Copies every row. The source may serve meanwhile: what it writes after the start stays behind.
///
/// The target is marked as unfinished until every table was found equal; a copy that is broken off
/// cannot be taken for a whole one.
///
/// # Errors
/// [`TransferError`] names the table at which it stopped. Tables that differ are no error: they are
/// in the result, and the target stays marked.
pub async fn copy(
    source: &Store,
    target: Empty,
    at: Instant,
    progress: &mut dyn FnMut(Progress),
) -> Result<Vec<Comparison>, TransferError> {
    let snapshot = Snapshot::of(source.read()).await?;
    let target = Target::begin(target, at).await?;
    let mut sent = Vec::new();
    for table in tables::all() {
        let mut reading = snapshot.read(&table);
        let mut page = reading.next_page().await?;
        while let Some(rows) = page {
            // The next page is read while this one is written: two are in memory, never more.
            let (written, next) = tokio::join!(target.insert(&table, &rows), reading.next_page());
            written?;
            page = next?;
            progress(reading.progress(Step::Copying));
        }
        sent.push(reading.summary());
        target.continue_numbering(&table).await?;
    }
    drop(snapshot);
    let arrived = Snapshot::of(target.store().read())
        .await?
        .survey(Step::Comparing, progress)
        .await?;
    let compared: Vec<Comparison> = sent
        .into_iter()
        .zip(arrived)
        .map(|(source, target)| Comparison { source, target })
        .collect();
    if compared.iter().all(Comparison::is_equal) {
        target.finish().await?;
    }
    Ok(compared)
}
