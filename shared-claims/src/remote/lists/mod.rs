//! The status lists that accepted tokens point at: fetched when first seen, kept fresh in the
//! background, dropped when no token has named them for an hour.
//!
//! Only a token whose signature has been verified gets this far, so only the issuer decides which
//! lists there are; still there are [`MAX_LISTS`] at most. Checking a token is one look into a
//! snapshot and one bit, without a lock.
//!
//! | file | what |
//! |---|---|
//! | `held` | one list, its age, and what the stream has said about it |
//! | `keeper` | the task that fetches one list again and again |
//! | `supervisor` | the task that starts and ends the others |
//! | `stream`, `events` | changes as they happen |
//! | `following` | whether the stream says all there is to say about a list |

mod events;
mod following;
mod held;
mod keeper;
mod stream;
mod supervisor;

use std::{collections::HashMap, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use tokio::sync::{Semaphore, mpsc, watch};

pub(super) use self::supervisor::supervise;
use self::{following::Following, held::Held};
use super::{Freshness, address::Base};
use crate::{StatusListEntry, verify::Rejection};

/// The most lists that are held at once; beyond it the one least recently used goes.
pub(super) const MAX_LISTS: usize = 256;
/// Requests for a list nobody has seen yet that may queue up; they come again by themselves.
const QUEUE: usize = 64;
/// How many may wait for the first fetch of a list.
const WAITING_SEATS: usize = 1_024;
/// The longest anybody waits for one, should the fetch not keep its own deadlines.
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// Three signs of life of the stream, which come three times in a `ttl`, but neither more often than
/// each second nor more seldom than every fifteen.
pub(super) const SHORTEST_SILENCE: Duration = Duration::from_secs(3);
const LONGEST_SILENCE: Duration = Duration::from_secs(45);

type ByUri = HashMap<Arc<str>, Arc<Held>>;

/// All lists at hand.
pub(super) struct Lists {
    base: Base,
    held: ArcSwap<ByUri>,
    wanted: mpsc::Sender<Arc<str>>,
    /// Counts the lists whose first attempt is over.
    settled: watch::Sender<u64>,
    seats: Semaphore,
    following: Following,
}

impl Lists {
    /// No lists yet, and what [`supervise`] listens to.
    pub(super) fn new(base: Base) -> (Self, mpsc::Receiver<Arc<str>>) {
        let (wanted, requests) = mpsc::channel(QUEUE);
        let lists = Self {
            base,
            held: ArcSwap::default(),
            wanted,
            settled: watch::Sender::new(0),
            seats: Semaphore::new(WAITING_SEATS),
            following: Following::default(),
        };
        (lists, requests)
    }

    /// What the list says of a token, at this monotonic time.
    pub(super) fn check(
        &self,
        entry: &StatusListEntry,
        at: Duration,
        freshness: Freshness,
    ) -> Result<(), Rejection> {
        match self.held.load().get(entry.uri.as_str()) {
            Some(held) => held.check(entry.idx, at, freshness),
            None if self.base.locate(&entry.uri).is_some() => Err(Rejection::StatusMissing),
            None => Err(Rejection::StatusForeign),
        }
    }

    /// Asks for a list without waiting for it.
    pub(super) fn ask_for(&self, uri: &str) {
        if !self.held.load().contains_key(uri) {
            // A full queue means that others ask already; the next token will ask again.
            let _ = self.wanted.try_send(Arc::from(uri));
        }
    }

    /// Asks for a list and waits for the first attempt to fetch it. Returns at once when that is
    /// over already, whatever came of it.
    pub(super) async fn first_attempt(&self, uri: &str) {
        let Ok(_seat) = self.seats.try_acquire() else {
            return;
        };
        let mut settled = self.settled.subscribe();
        let over = async {
            while !self.is_settled(uri) {
                self.ask_for(uri);
                // The sender lives in `self`, so the channel cannot close while we wait.
                let _ = settled.changed().await;
            }
        };
        // An error says that it took too long: judged as it is, then.
        let _ = tokio::time::timeout(LONGEST_WAIT, over).await;
    }

    /// How many lists are held.
    pub(super) fn len(&self) -> usize {
        self.held.load().len()
    }

    /// Time since the least recently confirmed list was confirmed.
    pub(super) fn age(&self, at: Duration) -> Option<Duration> {
        self.held
            .load()
            .values()
            .filter_map(|held| held.age(at))
            .max()
    }

    /// Bytes that the lists take in memory.
    pub(super) fn bytes(&self) -> u64 {
        self.held.load().values().map(|held| held.bytes()).sum()
    }

    fn is_settled(&self, uri: &str) -> bool {
        self.held
            .load()
            .get(uri)
            .is_some_and(|held| held.is_settled())
    }

    fn find(&self, uri: &str) -> Option<Arc<Held>> {
        self.held.load().get(uri).cloned()
    }

    /// Has every list fetched again now.
    fn refetch_all(&self) {
        for held in self.held.load().values() {
            held.refetch();
        }
    }

    /// The stream has been heard at this monotonic time: what it follows is as fresh as that.
    fn heard(&self, at: Duration) {
        for held in self.held.load().values() {
            if self.following.includes(held) {
                held.confirm(at);
            }
        }
    }

    /// How long the stream may be silent before it counts as dead: as long as a list may be used
    /// without news, so that a stream that dies unnoticed makes nothing later than polling would be.
    fn patience(&self) -> Duration {
        let held = self.held.load();
        let shortest = held.values().filter_map(|held| held.ttl()).min();
        shortest
            .unwrap_or(LONGEST_SILENCE)
            .clamp(SHORTEST_SILENCE, LONGEST_SILENCE)
    }

    /// Only the supervisor adds and removes, so that nothing is lost between reading and storing.
    fn change(&self, change: impl FnOnce(&mut ByUri)) {
        let mut next = ByUri::clone(&self.held.load());
        change(&mut next);
        self.held.store(Arc::new(next));
    }
}
