//! What the task that fetches and those who verify have in common.

use std::{sync::Arc, time::Duration};

use arc_swap::ArcSwapOption;
use tokio::sync::{Notify, Semaphore, watch};

use super::{Clock, Stats, gate::Gate};
use crate::verify::{KeySet, Rejection};

/// How many may wait for one fetch; a flood of unknown key ids must not hold a flood of requests.
const WAITING_SEATS: usize = 32;

/// What happens once the keys have not been confirmed for the longest time allowed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnStale {
    /// Refuse every token until the issuer answers again. A key the issuer has withdrawn is
    /// honoured for `max_staleness` at most.
    #[default]
    Refuse,
    /// Go on with the keys at hand, however old.
    Accept,
}

/// The last good key set.
pub(super) struct Snapshot {
    pub(super) keys: Arc<KeySet>,
    /// When the issuer last said so, in monotonic time.
    pub(super) confirmed_at: Duration,
}

/// The attempts to fetch so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Attempts {
    pub(super) finished: u64,
    pub(super) running: bool,
}

/// The state behind every clone of a [`RemoteKeys`](super::RemoteKeys).
pub(super) struct Shared {
    pub(super) issuer: String,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) stats: Stats,
    pub(super) gate: Gate,
    pub(super) attempts: watch::Sender<Attempts>,
    /// Wakes the task before its time.
    pub(super) wanted: Notify,
    pub(super) seats: Semaphore,
    pub(super) max_staleness: Duration,
    on_stale: OnStale,
    snapshot: ArcSwapOption<Snapshot>,
}

/// How long keys last and how often unknown ids may ask for others.
pub(super) struct Limits {
    pub(super) max_staleness: Duration,
    pub(super) on_stale: OnStale,
    pub(super) cool_down: Duration,
}

impl Shared {
    pub(super) fn new(issuer: String, clock: Arc<dyn Clock>, limits: &Limits) -> Self {
        Self {
            issuer,
            clock,
            stats: Stats::default(),
            gate: Gate::new(limits.cool_down),
            attempts: watch::Sender::new(Attempts::default()),
            wanted: Notify::new(),
            seats: Semaphore::new(WAITING_SEATS),
            max_staleness: limits.max_staleness,
            on_stale: limits.on_stale,
            snapshot: ArcSwapOption::empty(),
        }
    }

    /// The keys to verify with now.
    pub(super) fn require_keys(&self) -> Result<Arc<KeySet>, Rejection> {
        let snapshot = self.snapshot.load();
        let snapshot = snapshot.as_ref().ok_or(Rejection::KeysMissing)?;
        let age = self.clock.monotonic().saturating_sub(snapshot.confirmed_at);
        if age > self.max_staleness && self.on_stale == OnStale::Refuse {
            return Err(Rejection::KeysStale);
        }
        Ok(Arc::clone(&snapshot.keys))
    }

    /// Time since the keys were last confirmed.
    pub(super) fn age(&self) -> Option<Duration> {
        let confirmed_at = self.snapshot.load().as_ref()?.confirmed_at;
        Some(self.clock.monotonic().saturating_sub(confirmed_at))
    }

    /// Whether there is a key set at all.
    pub(super) fn has_keys(&self) -> bool {
        self.snapshot.load().is_some()
    }

    /// Takes a key set; `true` when its key ids are others than before.
    pub(super) fn replace(&self, keys: KeySet, confirmed_at: Duration) -> bool {
        let next = Arc::new(Snapshot {
            keys: Arc::new(keys),
            confirmed_at,
        });
        let before = self.snapshot.swap(Some(Arc::clone(&next)));
        before.is_none_or(|before| !before.keys.key_ids().eq(next.keys.key_ids()))
    }

    /// Keeps the key set and notes that it is still right.
    pub(super) fn confirm(&self, confirmed_at: Duration) {
        if let Some(snapshot) = self.snapshot.load_full() {
            let keys = Arc::clone(&snapshot.keys);
            self.snapshot
                .store(Some(Arc::new(Snapshot { keys, confirmed_at })));
        }
    }
}
