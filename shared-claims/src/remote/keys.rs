//! The handle to an issuer's keys: cheap to clone, and the reason the background task lives.

use std::{fmt, sync::Arc, time::Duration};

use tokio::{runtime::Handle, task::AbortHandle};

use super::{
    Clock, OnStale, RemoteKeysBuilder, Stats,
    refresh::keep_fresh,
    shared::{Limits, Shared},
    source::Source,
};
use crate::{
    NumericDate,
    verify::{KeySet, Rejection},
};

/// The longest an unknown key id waits for a fetch, should the fetch not keep its own deadlines.
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// The keys of one issuer. When the last clone is dropped, fetching ends.
#[derive(Clone)]
pub struct RemoteKeys {
    shared: Arc<Shared>,
    _task: Option<Arc<Task>>,
}

/// Stops the background task with the last handle.
struct Task(AbortHandle);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl RemoteKeys {
    /// Settings for the keys of this issuer, which is also the `iss` of its tokens.
    pub fn builder(issuer: impl Into<String>) -> RemoteKeysBuilder {
        RemoteKeysBuilder::new(issuer.into())
    }

    /// Keys that stay as they are, without any network: for tests, and where keys are delivered
    /// by hand.
    #[must_use]
    pub fn fixed(issuer: impl Into<String>, keys: KeySet, clock: Arc<dyn Clock>) -> Self {
        let limits = Limits {
            max_staleness: Duration::MAX,
            on_stale: OnStale::Accept,
            cool_down: Duration::MAX,
        };
        let shared = Shared::new(issuer.into(), clock, &limits);
        let now = shared.clock.monotonic();
        shared.gate.attempted(now);
        shared.replace(keys, now);
        Self {
            shared: Arc::new(shared),
            _task: None,
        }
    }

    pub(super) fn refreshed(shared: Arc<Shared>, source: Source, runtime: &Handle) -> Self {
        let task = runtime.spawn(keep_fresh(Arc::clone(&shared), source));
        Self {
            shared,
            _task: Some(Arc::new(Task(task.abort_handle()))),
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
        self.shared.require_keys().is_ok()
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

    pub(super) fn now(&self) -> NumericDate {
        self.shared.clock.now()
    }

    pub(super) fn require_keys(&self) -> Result<Arc<KeySet>, Rejection> {
        self.shared.require_keys()
    }

    /// Asks for other keys without waiting for them. `false` when the cool-down does not allow it.
    pub(super) fn ask_for_others(&self) -> bool {
        let permitted = self.shared.gate.permit(self.shared.clock.monotonic());
        if permitted {
            // Said here already, so that those who come next wait rather than give up.
            self.shared
                .attempts
                .send_modify(|attempts| attempts.running = true);
            self.shared.wanted.notify_one();
        }
        permitted
    }

    /// Asks for other keys and waits for the attempt. `false` at once when none is permitted and
    /// none is under way, or when enough others wait already.
    pub(super) async fn others_fetched(&self) -> bool {
        let mut attempts = self.shared.attempts.subscribe();
        let before = attempts.borrow_and_update().finished;
        let permitted = self.ask_for_others();
        let under_way = attempts.borrow().running;
        if !permitted && !under_way {
            return false;
        }
        let Ok(_seat) = self.shared.seats.try_acquire() else {
            return false;
        };
        let finished = attempts.wait_for(|attempts| attempts.finished > before);
        matches!(
            tokio::time::timeout(LONGEST_WAIT, finished).await,
            Ok(Ok(_))
        )
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
