//! One status list at hand: the last good copy, its age, and what the stream has said since.
//!
//! The stream only ever denies. What it denied stays denied when a list arrives that does not know
//! of it yet, because it comes from another instance or out of a cache.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use arc_swap::ArcSwapOption;
use reqwest::Url;
use tokio::sync::Notify;

use crate::{
    remote::{FetchFailure, Freshness, OnStale},
    verify::{Rejection, StatusList, TokenStatus},
};

/// Not fetched yet, or without end.
const NEVER: u64 = u64::MAX;
/// The most denials that are remembered beside a list.
const MAX_DENIED: usize = 16_384;

/// A list, or the place for one.
pub(super) struct Held {
    pub(super) uri: Arc<str>,
    pub(super) url: Url,
    list: ArcSwapOption<StatusList>,
    /// Monotonic times, in milliseconds: when a token first named it, when it was last asked for
    /// with success, and when it was last known to be right.
    seen_ms: u64,
    fetched_ms: AtomicU64,
    confirmed_ms: AtomicU64,
    used_ms: AtomicU64,
    /// When the list ends to be good by its own `exp`.
    ends_ms: AtomicU64,
    settled: AtomicBool,
    denied: Mutex<BTreeSet<u64>>,
    wanted: Notify,
}

impl Held {
    pub(super) fn new(uri: Arc<str>, url: Url, at: Duration) -> Self {
        Self {
            uri,
            url,
            list: ArcSwapOption::empty(),
            seen_ms: millis(at),
            fetched_ms: AtomicU64::new(NEVER),
            confirmed_ms: AtomicU64::new(0),
            used_ms: AtomicU64::new(millis(at)),
            ends_ms: AtomicU64::new(NEVER),
            settled: AtomicBool::new(false),
            denied: Mutex::default(),
            wanted: Notify::new(),
        }
    }

    /// What the list says. A revocation that is known is said even when the list is too old.
    pub(super) fn check(
        &self,
        idx: u64,
        at: Duration,
        freshness: Freshness,
    ) -> Result<(), Rejection> {
        self.note_use(millis(at));
        let list = self.list.load();
        let list = list.as_ref().ok_or(Rejection::StatusMissing)?;
        match list.find(idx) {
            Some(TokenStatus::Valid) => {}
            Some(TokenStatus::Invalid) => return Err(Rejection::Revoked),
            Some(_) => return Err(Rejection::Suspended),
            None => {
                // The list may have grown since.
                self.refetch();
                return Err(Rejection::StatusOutOfBounds);
            }
        }
        let age = at.saturating_sub(self.confirmed_at());
        let is_too_old = age > freshness.max_staleness || self.left(at) == Some(Duration::ZERO);
        if is_too_old && freshness.on_stale == OnStale::Refuse {
            return Err(Rejection::StatusStale);
        }
        Ok(())
    }

    /// Takes a list that was right at this time, and good until that.
    pub(super) fn take(
        &self,
        list: StatusList,
        at: Duration,
        ends_at: Option<Duration>,
    ) -> Result<(), FetchFailure> {
        // Held while storing, so that no denial falls between the two lists.
        let denied = self.denied.lock().unwrap_or_else(PoisonError::into_inner);
        for idx in denied.iter() {
            list.deny(*idx);
        }
        if let Some(held) = self.list.load().as_ref()
            && !list.may_replace(held)
        {
            return Err(FetchFailure::Older);
        }
        self.list.store(Some(Arc::new(list)));
        drop(denied);
        self.ends_ms.store(ends_at.map_or(NEVER, millis), Relaxed);
        self.fetched(at);
        Ok(())
    }

    /// The issuer was asked, and what we have is what it had at this time.
    pub(super) fn fetched(&self, at: Duration) {
        self.fetched_ms.store(millis(at), Relaxed);
        self.confirm(at);
    }

    /// The list was right at this time.
    pub(super) fn confirm(&self, at: Duration) {
        self.confirmed_ms.fetch_max(millis(at), Relaxed);
    }

    pub(super) fn seen_ms(&self) -> u64 {
        self.seen_ms
    }

    pub(super) fn fetched_ms(&self) -> Option<u64> {
        Some(self.fetched_ms.load(Relaxed)).filter(|at| *at != NEVER)
    }

    /// Denies an entry at once and in the lists to come. `false` when too many are remembered
    /// already: then the list has to be fetched.
    pub(super) fn deny(&self, idx: u64) -> bool {
        let mut denied = self.denied.lock().unwrap_or_else(PoisonError::into_inner);
        let list = self.list.load();
        if let Some(list) = list.as_ref() {
            if denied.len() >= MAX_DENIED {
                // What the list says by itself needs no second memory.
                denied.clear();
            }
            list.deny(idx);
        }
        denied.len() < MAX_DENIED && {
            denied.insert(idx);
            true
        }
    }

    /// The list, for what it says about itself.
    pub(super) fn list(&self) -> Option<Arc<StatusList>> {
        self.list.load_full()
    }

    /// Has the list fetched before its time.
    pub(super) fn refetch(&self) {
        self.wanted.notify_one();
    }

    /// Returns when somebody wants the list before its time.
    pub(super) async fn is_wanted(&self) {
        self.wanted.notified().await;
    }

    /// The first attempt is over.
    pub(super) fn settle(&self) {
        self.settled.store(true, Relaxed);
    }

    pub(super) fn is_settled(&self) -> bool {
        self.settled.load(Relaxed)
    }

    /// Time since a token named it.
    pub(super) fn idle_for(&self, at: Duration) -> Duration {
        at.saturating_sub(Duration::from_millis(self.used_ms.load(Relaxed)))
    }

    /// Time since the issuer confirmed it.
    pub(super) fn age(&self, at: Duration) -> Option<Duration> {
        self.list.load().as_ref()?;
        Some(at.saturating_sub(self.confirmed_at()))
    }

    /// How long the list is good by its own `exp`; `None` without end.
    pub(super) fn left(&self, at: Duration) -> Option<Duration> {
        let ends_ms = Some(self.ends_ms.load(Relaxed)).filter(|ends_ms| *ends_ms != NEVER)?;
        Some(Duration::from_millis(ends_ms).saturating_sub(at))
    }

    /// How long the list may be used before it is asked for again, if it says so.
    pub(super) fn ttl(&self) -> Option<Duration> {
        self.list.load().as_ref()?.ttl()
    }

    /// Bytes in memory.
    pub(super) fn bytes(&self) -> u64 {
        self.list.load().as_ref().map_or(0, |list| list.bytes())
    }

    /// Written once a second at most: a hot list is shared by all cores.
    fn note_use(&self, at_ms: u64) {
        if at_ms.saturating_sub(self.used_ms.load(Relaxed)) >= 1_000 {
            self.used_ms.store(at_ms, Relaxed);
        }
    }

    fn confirmed_at(&self) -> Duration {
        Duration::from_millis(self.confirmed_ms.load(Relaxed))
    }
}

pub(super) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
