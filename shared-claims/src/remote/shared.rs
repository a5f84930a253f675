//! What the tasks that fetch and those who verify have in common.

use std::{sync::Arc, time::Duration};

use arc_swap::ArcSwapOption;
use tokio::sync::{Notify, Semaphore, watch};

use super::{Clock, Freshness, OnStale, Stats, gate::Gate, lists::Lists, unknown::UnknownIds};
use crate::verify::{KeySet, Rejection};

/// How many may wait for one fetch; a flood of unknown key ids must not hold a flood of requests.
const WAITING_SEATS: usize = 32;

/// The least time between fetches that the issuer's own documents ask for.
const BREATH: Duration = Duration::from_secs(1);

/// The last good key set.
pub(super) struct Snapshot {
    pub(super) set: Arc<KeySet>,
    /// Another number whenever the keys are others.
    pub(super) generation: u64,
    /// When the issuer last said so, in monotonic time.
    confirmed_at: Duration,
}

/// The attempts to fetch so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Attempts {
    pub(super) finished: u64,
    pub(super) succeeded: u64,
    pub(super) running: bool,
}

/// The state behind every clone of a [`RemoteKeys`](super::RemoteKeys).
pub(super) struct Shared {
    pub(super) issuer: String,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) stats: Stats,
    pub(super) gate: Gate,
    /// For keys that the issuer itself has used in front of us.
    urgent: Gate,
    pub(super) unknown: UnknownIds,
    pub(super) attempts: watch::Sender<Attempts>,
    /// Wakes the task before its time.
    pub(super) wanted: Notify,
    pub(super) seats: Semaphore,
    pub(super) freshness: Freshness,
    /// `None`: the claim `status` is not looked at.
    pub(super) lists: Option<Lists>,
    snapshot: ArcSwapOption<Snapshot>,
}

impl Shared {
    pub(super) fn new(
        issuer: String,
        clock: Arc<dyn Clock>,
        freshness: Freshness,
        cool_down: Duration,
        lists: Option<Lists>,
    ) -> Self {
        Self {
            issuer,
            clock,
            stats: Stats::default(),
            gate: Gate::new(cool_down),
            urgent: Gate::new(BREATH),
            unknown: UnknownIds::default(),
            attempts: watch::Sender::new(Attempts::default()),
            wanted: Notify::new(),
            seats: Semaphore::new(WAITING_SEATS),
            freshness,
            lists,
            snapshot: ArcSwapOption::empty(),
        }
    }

    /// The keys to verify with now.
    pub(super) fn require_keys(&self, freshness: Freshness) -> Result<Arc<Snapshot>, Rejection> {
        let snapshot = self.snapshot.load_full().ok_or(Rejection::KeysMissing)?;
        let age = self.clock.monotonic().saturating_sub(snapshot.confirmed_at);
        if age > freshness.max_staleness && freshness.on_stale == OnStale::Refuse {
            return Err(Rejection::KeysStale);
        }
        Ok(snapshot)
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

    /// Takes a key set; `true` when its keys are others than before. Only the refreshing task calls
    /// this.
    ///
    /// A smaller set replaces a larger one: a key that is gone has been withdrawn, perhaps in an
    /// emergency, and keeping it would be to go on trusting whoever stole it. A set without a usable
    /// key does not get here.
    pub(super) fn replace(&self, set: KeySet, confirmed_at: Duration) -> bool {
        let before = self.snapshot.load_full();
        let is_other = before.as_ref().is_none_or(|before| *before.set != set);
        let generation = before.map_or(0, |before| before.generation + u64::from(is_other));
        self.snapshot.store(Some(Arc::new(Snapshot {
            set: Arc::new(set),
            generation,
            confirmed_at,
        })));
        is_other
    }

    /// Keeps the key set and notes that it is still right.
    pub(super) fn confirm(&self, confirmed_at: Duration) {
        if let Some(snapshot) = self.snapshot.load_full() {
            self.snapshot.store(Some(Arc::new(Snapshot {
                set: Arc::clone(&snapshot.set),
                generation: snapshot.generation,
                confirmed_at,
            })));
        }
    }

    /// Asks for other keys without waiting for them. `false` when the cool-down does not allow it.
    pub(super) fn ask_for_others(&self) -> bool {
        let permitted = self.gate.permit(self.clock.monotonic());
        if permitted {
            self.ask();
        }
        permitted
    }

    /// The same on the word of the issuer: a status list that it serves is signed by a key that is
    /// not in the set. No stranger can bring that about, and after a key was revoked in an emergency
    /// it must not wait for the cool-down.
    pub(super) fn ask_at_once(&self) {
        if self.urgent.permit(self.clock.monotonic()) {
            self.ask();
        }
    }

    fn ask(&self) {
        // Said here already, so that those who come next wait rather than give up.
        self.attempts
            .send_modify(|attempts| attempts.running = true);
        self.wanted.notify_one();
    }
}
