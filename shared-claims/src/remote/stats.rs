//! What happened so far, in numbers, for whatever metrics system the service uses.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::FetchFailure;
use crate::verify::Rejection;

/// Counters since the start. Reading them costs nothing and locks nothing.
#[derive(Debug, Default)]
pub struct Stats {
    accepted: AtomicU64,
    refusals: [AtomicU64; Rejection::ALL.len()],
    fetches: AtomicU64,
    replaced: AtomicU64,
    not_modified: AtomicU64,
    failures: [AtomicU64; FetchFailure::LABELS.len()],
}

impl Stats {
    /// Tokens accepted.
    pub fn accepted(&self) -> u64 {
        self.accepted.load(Relaxed)
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
        self.fetches.load(Relaxed)
    }

    /// Attempts that brought a key set.
    pub fn fetched_anew(&self) -> u64 {
        self.replaced.load(Relaxed)
    }

    /// Attempts that confirmed the key set (304).
    pub fn not_modified(&self) -> u64 {
        self.not_modified.load(Relaxed)
    }

    /// Attempts that failed, by the label of the [`FetchFailure`]; every label is listed.
    pub fn failures(&self) -> impl Iterator<Item = (&'static str, u64)> {
        FetchFailure::LABELS
            .into_iter()
            .zip(self.failures.iter().map(load))
    }

    pub(super) fn count_judged<T>(&self, judged: &Result<T, Rejection>) {
        let counter = match judged {
            Ok(_) => &self.accepted,
            Err(reason) => &self.refusals[*reason as usize],
        };
        counter.fetch_add(1, Relaxed);
    }

    pub(super) fn count_fetch(&self) {
        self.fetches.fetch_add(1, Relaxed);
    }

    pub(super) fn count_replaced(&self) {
        self.replaced.fetch_add(1, Relaxed);
    }

    pub(super) fn count_not_modified(&self) {
        self.not_modified.fetch_add(1, Relaxed);
    }

    pub(super) fn count_failure(&self, failure: FetchFailure) {
        self.failures[failure.position()].fetch_add(1, Relaxed);
    }
}

fn load(counter: &AtomicU64) -> u64 {
    counter.load(Relaxed)
}
