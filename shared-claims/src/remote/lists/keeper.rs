//! The task that keeps one status list fresh: at 80 % of its `ttl`, less some jitter, or seldom while
//! the stream says what happens to it; until no token names it any more. `ttl` and `exp` of the list outrank the headers it came with (§8.2).

use std::{sync::Arc, time::Duration};

use reqwest::header::HeaderValue;

use super::{following::SELDOM, held::Held};
use crate::{
    remote::{
        FetchFailure, Freshness,
        backoff::{Backoff, jittered, refresh_after},
        http::{Answer, Http, Kind, Timing},
        shared::Shared,
    },
    verify::{LEEWAY, MAX_STATUS_LIST_BYTES, Rejection, StatusList, StatusListError},
};

const STATUS_LIST: Kind = Kind {
    accept: "application/statuslist+jwt",
    media_type: Some("application/statuslist+jwt"),
    cap: MAX_STATUS_LIST_BYTES,
};
const SHORTEST_TTL: Duration = Duration::from_secs(1);
const LONGEST_TTL: Duration = Duration::from_hours(1);
/// The least time between two attempts, however often the list is wanted.
const BREATH: Duration = Duration::from_millis(500);
/// Longer than access tokens usually live: by then nobody can name the list.
const IDLE: Duration = Duration::from_hours(1);

/// Fetches again and again; returns when the list is not used any more.
pub(super) async fn keep(shared: Arc<Shared>, http: Http, held: Arc<Held>) {
    let mut keeper = Keeper {
        shared,
        http,
        held,
        etag: None,
    };
    let mut backoff = Backoff::LIST;
    loop {
        let wait = match keeper.attempt().await {
            Ok(ttl) => {
                backoff = Backoff::LIST;
                keeper
                    .refresh_after(ttl)
                    .min(keeper.shared.freshness.max_staleness / 2)
            }
            Err(failure) => {
                let wait = backoff.step();
                keeper.report(failure, wait);
                wait
            }
        };
        keeper.settle();
        let clock = Arc::clone(&keeper.shared.clock);
        if keeper.held.idle_for(clock.monotonic()) > IDLE {
            return;
        }
        tokio::select! {
            () = clock.sleep(jittered(wait)) => {}
            // All verifiers hear at once that the lists are to be fetched.
            () = keeper.held.is_wanted() => clock.sleep(jittered(BREATH.min(wait))).await,
        }
    }
}

struct Keeper {
    shared: Arc<Shared>,
    http: Http,
    held: Arc<Held>,
    /// The tag of the list in use.
    etag: Option<HeaderValue>,
}

impl Keeper {
    /// One attempt. Returns how long the list may be used.
    async fn attempt(&mut self) -> Result<Duration, FetchFailure> {
        let stats = &self.shared.stats.lists;
        stats.count_fetch();
        // What was true when we asked is not fresher than that, and older when a cache answered.
        let asked_at = self.shared.clock.monotonic();
        let outcome = match self.fetch().await {
            Ok(Fetched::Same { ttl, age }) => {
                self.held.fetched(asked_at.saturating_sub(age));
                stats.count_not_modified();
                Ok(ttl)
            }
            Ok(Fetched::New(new)) => {
                let ends_at = self.ends_at(&new.list);
                let ttl = ttl(Some(&new.list), new.timing.max_age);
                let at = asked_at.saturating_sub(new.timing.age);
                self.held.take(new.list, at, ends_at).map(|()| {
                    self.etag = new.etag;
                    stats.count_replaced();
                    ttl
                })
            }
            Err(failure) => Err(failure),
        };
        let stats = &self.shared.stats.lists;
        outcome.inspect_err(|failure| stats.count_failure(*failure))
    }

    /// When to ask again for a list that may be used for so long.
    fn refresh_after(&self, ttl: Duration) -> Duration {
        let lists = self.shared.lists.as_ref();
        let is_followed = lists.is_some_and(|lists| lists.following.includes(&self.held));
        let due = if is_followed {
            SELDOM.max(ttl)
        } else {
            refresh_after(ttl)
        };
        match self.held.left(self.shared.clock.monotonic()) {
            Some(left) => due.min(refresh_after(left)).max(SHORTEST_TTL),
            None => due,
        }
    }

    /// When the list ends, in monotonic time: whatever the date does later changes nothing about it.
    fn ends_at(&self, list: &StatusList) -> Option<Duration> {
        let clock = &self.shared.clock;
        let left = list.expires_at()?.plus(LEEWAY).since(clock.now());
        Some(clock.monotonic() + left.unwrap_or_default())
    }

    /// Tells those who wait for the first attempt that it is over.
    fn settle(&self) {
        self.held.settle();
        if let Some(lists) = &self.shared.lists {
            lists.settled.send_modify(|count| *count += 1);
        }
    }

    async fn fetch(&self) -> Result<Fetched, FetchFailure> {
        // Past its `exp` a list needs a new signature, not a confirmation.
        let left = self.held.left(self.shared.clock.monotonic());
        let is_current = left.is_none_or(|left| left > LEEWAY);
        let etag = self.etag.as_ref().filter(|_| is_current);
        match self.http.get(&self.held.url, &STATUS_LIST, etag).await? {
            Answer::NotModified(timing) => Ok(Fetched::Same {
                ttl: ttl(self.held.list().as_deref(), timing.max_age),
                age: timing.age,
            }),
            Answer::Body {
                bytes,
                etag,
                timing,
            } => Ok(Fetched::New(New {
                list: self.read(&bytes)?,
                etag,
                timing,
            })),
        }
    }

    fn read(&self, bytes: &[u8]) -> Result<StatusList, FetchFailure> {
        let shared = &self.shared;
        let keys = shared
            .require_keys(Freshness::ANY)
            .map_err(|_| FetchFailure::NoKeys)?;
        let token = str::from_utf8(bytes).map_err(|_| StatusListError::Malformed)?;
        let now = shared.clock.now();
        let read = StatusList::verify(&keys.set, &shared.issuer, &self.held.uri, token, now);
        if matches!(read, Err(StatusListError::Token(Rejection::UnknownKey))) {
            // Signed by a key that is newer than our key set.
            shared.ask_at_once();
        }
        Ok(read?)
    }

    fn report(&self, failure: FetchFailure, wait: Duration) {
        tracing::warn!(
            list = &*self.held.uri,
            reason = failure.as_str(),
            detail = %failure,
            age_seconds = self
                .held
                .age(self.shared.clock.monotonic())
                .map(|age| age.as_secs()),
            retry_in_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
            "status list not refreshed, the last good one stays"
        );
    }
}

/// What an attempt brought.
enum Fetched {
    /// The list we have is still the right one.
    Same { ttl: Duration, age: Duration },
    /// Another list.
    New(New),
}

struct New {
    list: StatusList,
    etag: Option<HeaderValue>,
    timing: Timing,
}

/// What the list says, or else what its headers say.
fn ttl(list: Option<&StatusList>, max_age: Duration) -> Duration {
    list.and_then(StatusList::ttl)
        .unwrap_or(max_age)
        .clamp(SHORTEST_TTL, LONGEST_TTL)
}
