//! What happened so far, in numbers, for whatever metrics system the service uses.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

use super::FetchFailure;
use crate::verify::Rejection;

/// Counters since the start. Reading them costs nothing and locks nothing.
#[derive(Debug, Default)]
pub struct Stats {
    accepted: AtomicU64,
    recognised: AtomicU64,
    refusals: [AtomicU64; Rejection::ALL.len()],
    pub(super) keys: FetchStats,
    pub(super) lists: FetchStats,
    pub(super) stream: StreamStats,
}

/// Counters of one kind of document.
#[derive(Debug, Default)]
pub struct FetchStats {
    fetches: AtomicU64,
    replaced: AtomicU64,
    not_modified: AtomicU64,
    failures: [AtomicU64; FetchFailure::LABELS.len()],
}

/// Counters of the stream of status changes.
#[derive(Debug, Default)]
pub struct StreamStats {
    connected: AtomicBool,
    connections: AtomicU64,
    events: AtomicU64,
    resets: AtomicU64,
    denied: AtomicU64,
    failures: AtomicU64,
}

impl Stats {
    /// Tokens accepted.
    pub fn accepted(&self) -> u64 {
        self.accepted.load(Relaxed)
    }

    /// Tokens whose signature had been checked before and was not checked again.
    pub fn recognised(&self) -> u64 {
        self.recognised.load(Relaxed)
    }

    /// Tokens refused, by the label of the [`Rejection`]; every label is listed.
    pub fn refusals(&self) -> impl Iterator<Item = (&'static str, u64)> {
        Rejection::ALL
            .iter()
            .map(|reason| reason.as_str())
            .zip(self.refusals.iter().map(load))
    }

    /// Attempts to fetch the key set.
    pub fn fetches(&self) -> u64 {
        self.keys.fetches()
    }

    /// Attempts that brought a key set.
    pub fn fetched_anew(&self) -> u64 {
        self.keys.fetched_anew()
    }

    /// Attempts that confirmed the key set (304).
    pub fn not_modified(&self) -> u64 {
        self.keys.not_modified()
    }

    /// Attempts to fetch the key set that failed, by the label of the [`FetchFailure`]; every label
    /// is listed.
    pub fn failures(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.keys.failures()
    }

    /// The same of the status lists, all together.
    pub fn lists(&self) -> &FetchStats {
        &self.lists
    }

    /// The stream of status changes.
    pub fn stream(&self) -> &StreamStats {
        &self.stream
    }

    pub(super) fn count_judged<T>(&self, judged: &Result<T, Rejection>) {
        add(match judged {
            Ok(_) => &self.accepted,
            Err(reason) => &self.refusals[*reason as usize],
        });
    }

    pub(super) fn count_recognised(&self) {
        add(&self.recognised);
    }
}

impl FetchStats {
    /// Attempts to fetch.
    pub fn fetches(&self) -> u64 {
        load(&self.fetches)
    }

    /// Attempts that brought a document.
    pub fn fetched_anew(&self) -> u64 {
        load(&self.replaced)
    }

    /// Attempts that confirmed the one at hand (304).
    pub fn not_modified(&self) -> u64 {
        load(&self.not_modified)
    }

    /// Attempts that failed, by the label of the [`FetchFailure`]; every label is listed.
    pub fn failures(&self) -> impl Iterator<Item = (&'static str, u64)> {
        FetchFailure::LABELS
            .into_iter()
            .zip(self.failures.iter().map(load))
    }

    pub(super) fn count_fetch(&self) {
        add(&self.fetches);
    }

    pub(super) fn count_replaced(&self) {
        add(&self.replaced);
    }

    pub(super) fn count_not_modified(&self) {
        add(&self.not_modified);
    }

    pub(super) fn count_failure(&self, failure: FetchFailure) {
        add(&self.failures[failure.position()]);
    }
}

impl StreamStats {
    /// Whether it is open now.
    pub fn is_connected(&self) -> bool {
        self.connected.load(Relaxed)
    }

    /// How often it was opened.
    pub fn connections(&self) -> u64 {
        load(&self.connections)
    }

    /// Changes received.
    pub fn events(&self) -> u64 {
        load(&self.events)
    }

    /// Orders to fetch all lists again.
    pub fn resets(&self) -> u64 {
        load(&self.resets)
    }

    /// Entries made invalid by the stream, ahead of the next list.
    pub fn denied(&self) -> u64 {
        load(&self.denied)
    }

    /// Attempts to open it that failed, and streams that broke.
    pub fn failures(&self) -> u64 {
        load(&self.failures)
    }

    pub(super) fn count_opened(&self) {
        self.connected.store(true, Relaxed);
        add(&self.connections);
    }

    pub(super) fn count_broken(&self) {
        self.connected.store(false, Relaxed);
        add(&self.failures);
    }

    pub(super) fn count_event(&self) {
        add(&self.events);
    }

    pub(super) fn count_reset(&self) {
        add(&self.resets);
    }

    pub(super) fn count_denied(&self) {
        add(&self.denied);
    }
}

fn add(counter: &AtomicU64) {
    counter.fetch_add(1, Relaxed);
}

fn load(counter: &AtomicU64) -> u64 {
    counter.load(Relaxed)
}
