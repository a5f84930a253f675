//! Whether the stream says all there is to say about a list. While it does, the list need not be
//! fetched every few seconds, and each sign of life of the stream confirms it.
//!
//! The stream and the list may come from two instances of the issuer that take a moment to agree, and
//! the list out of a cache on the way, which keeps it for as long as its `ttl`. A list is followed once
//! it was asked for later than both together after the stream was opened and the list was first seen:
//! by then whatever the one said before is in the other.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use super::held::{Held, millis};

/// More than twice the time in which all instances serve the same list.
const AGREED_AFTER: Duration = Duration::from_secs(5);
/// How often a list is fetched that the stream speaks about.
pub(super) const SELDOM: Duration = Duration::from_mins(5);
/// No stream.
const CLOSED: u64 = u64::MAX;

/// Since when the stream has been open without a gap, in monotonic milliseconds.
#[derive(Debug)]
pub(super) struct Following(AtomicU64);

impl Default for Following {
    fn default() -> Self {
        Self(AtomicU64::new(CLOSED))
    }
}

impl Following {
    /// From now on nothing is missed.
    pub(super) fn begin(&self, at: Duration) {
        self.0.store(millis(at), Relaxed);
    }

    /// The stream has ended.
    pub(super) fn end(&self) {
        self.0.store(CLOSED, Relaxed);
    }

    /// Whether all that happens to this list is heard.
    pub(super) fn includes(&self, held: &Held) -> bool {
        let since = self.0.load(Relaxed);
        since != CLOSED
            && held.fetched_ms().is_some_and(|fetched| {
                let agreed_after = AGREED_AFTER + held.ttl().unwrap_or_default();
                let agreed = since
                    .max(held.seen_ms())
                    .saturating_add(millis(agreed_after));
                fetched >= agreed
            })
    }
}
