//! The handle to an issuer's keys: cheap to clone, and the reason the background task lives.

use std::{fmt, sync::Arc, time::Duration};

use tokio::task::AbortHandle;

use super::{
    Clock, Freshness, RemoteKeysBuilder, Stats,
    lists::Lists,
    shared::{Shared, Snapshot},
};
use crate::{
    NumericDate, StatusListEntry,
    verify::{KeySet, Rejection},
};

/// The longest an unknown key id waits for a fetch, should the fetch not keep its own deadlines.
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// The keys and status lists of one issuer. When the last clone is dropped, fetching ends.
#[derive(Clone)]
pub struct RemoteKeys {
    shared: Arc<Shared>,
    _tasks: Option<Arc<Tasks>>,
}

/// Stops the background tasks with the last handle.
struct Tasks(Vec<AbortHandle>);

impl Drop for Tasks {
    fn drop(&mut self) {
        for task in &self.0 {
            task.abort();
        }
    }
}

impl RemoteKeys {
    /// Settings for the keys of this issuer, which is also the `iss` of its tokens.
    pub fn builder(issuer: impl Into<String>) -> RemoteKeysBuilder {
        RemoteKeysBuilder::new(issuer.into())
    }

    /// Keys that stay as they are, without any network: for tests, and where keys are delivered
    /// by hand. The claim `status` is not looked at: there is nowhere to ask.
    #[must_use]
    pub fn fixed(issuer: impl Into<String>, keys: KeySet, clock: Arc<dyn Clock>) -> Self {
        let shared = Shared::new(issuer.into(), clock, Freshness::ANY, Duration::MAX, None);
        let now = shared.clock.monotonic();
        shared.gate.attempted(now);
        shared.replace(keys, now);
        Self {
            shared: Arc::new(shared),
            _tasks: None,
        }
    }

    pub(super) fn refreshed(shared: Arc<Shared>, tasks: Vec<AbortHandle>) -> Self {
        Self {
            shared,
            _tasks: Some(Arc::new(Tasks(tasks))),
        }
    }

    /// Whose keys these are.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.shared.issuer
    }

    /// Whether tokens can be judged now: there are keys, and not too old ones.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.shared.require_keys(self.freshness()).is_ok()
    }

    /// Returns once tokens can be judged.
    pub async fn ready(&self) {
        let mut attempts = self.shared.attempts.subscribe();
        while !self.is_ready() {
            // The sender lives in `self`, so the channel cannot close while we wait.
            let _ = attempts.changed().await;
        }
    }

    /// Time since the issuer last confirmed the keys; `None` before the first time.
    #[must_use]
    pub fn age(&self) -> Option<Duration> {
        self.shared.age()
    }

    /// What happened so far, in numbers.
    #[must_use]
    pub fn stats(&self) -> &Stats {
        &self.shared.stats
    }

    /// The date by which tokens are judged.
    #[must_use]
    pub fn now(&self) -> NumericDate {
        self.shared.clock.now()
    }

    /// How many status lists are at hand.
    #[must_use]
    pub fn status_lists(&self) -> usize {
        self.shared.lists.as_ref().map_or(0, Lists::len)
    }

    /// Bytes that the status lists take in memory.
    #[must_use]
    pub fn status_bytes(&self) -> u64 {
        self.shared.lists.as_ref().map_or(0, Lists::bytes)
    }

    /// Time since the issuer last confirmed the status list that has waited longest; `None` without
    /// a list.
    #[must_use]
    pub fn status_age(&self) -> Option<Duration> {
        self.shared
            .lists
            .as_ref()?
            .age(self.shared.clock.monotonic())
    }

    pub(super) fn freshness(&self) -> Freshness {
        self.shared.freshness
    }

    pub(super) fn require_keys(&self, freshness: Freshness) -> Result<Arc<Snapshot>, Rejection> {
        self.shared.require_keys(freshness)
    }

    /// What the status list says of a token; nothing when lists are not looked at.
    pub(super) fn check_status(
        &self,
        entry: &StatusListEntry,
        freshness: Freshness,
    ) -> Result<(), Rejection> {
        match &self.shared.lists {
            Some(lists) => lists.check(entry, self.shared.clock.monotonic(), freshness),
            None => Ok(()),
        }
    }

    pub(super) fn ask_for_list(&self, uri: &str) {
        if let Some(lists) = &self.shared.lists {
            lists.ask_for(uri);
        }
    }

    pub(super) async fn await_list(&self, uri: &str) {
        if let Some(lists) = &self.shared.lists {
            lists.first_attempt(uri).await;
        }
    }

    /// Remembers that the issuer has no key of this id.
    pub(super) fn note_unknown(&self, kid: &str) {
        self.shared.unknown.note(kid, self.shared.clock.monotonic());
    }

    /// Asks for a key without waiting for it.
    pub(super) fn ask_for(&self, kid: &str) {
        if !self.is_unknown(kid) {
            self.shared.ask_for_others();
        }
    }

    /// Asks for a key and waits for the attempt. `true` when the issuer has answered; `false` at
    /// once when it is known not to have the key, when no attempt is permitted and none is under
    /// way, or when enough others wait already.
    pub(super) async fn fetched_for(&self, kid: &str) -> bool {
        if self.is_unknown(kid) {
            return false;
        }
        let mut attempts = self.shared.attempts.subscribe();
        let before = *attempts.borrow_and_update();
        let permitted = self.shared.ask_for_others();
        let under_way = attempts.borrow().running;
        if !permitted && !under_way {
            return false;
        }
        let Ok(_seat) = self.shared.seats.try_acquire() else {
            return false;
        };
        let finished = attempts.wait_for(|attempts| attempts.finished > before.finished);
        match tokio::time::timeout(LONGEST_WAIT, finished).await {
            Ok(Ok(attempts)) => attempts.succeeded > before.succeeded,
            _ => false,
        }
    }

    fn is_unknown(&self, kid: &str) -> bool {
        self.shared.unknown.has(kid, self.shared.clock.monotonic())
    }
}

impl fmt::Debug for RemoteKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteKeys")
            .field("issuer", &self.shared.issuer)
            .field("has_keys", &self.shared.has_keys())
            .field("age", &self.age())
            .finish_non_exhaustive()
    }
}
