//! Changes as they happen: `GET {issuer}/oauth2/status/events`, an event stream that is opened
//! again whenever it breaks, after the last event seen.
//!
//! The stream makes revocation faster and fetching rarer. It is not signed, so it may deny and never
//! forgive; once it has been silent for a `ttl`, whatever the connection says, it counts as broken and
//! every list is fetched as often as its `ttl` asks.

use std::{sync::Arc, time::Duration};

use reqwest::{Response, Url};
use serde::Deserialize;

use super::{
    Lists, SHORTEST_SILENCE,
    events::{Event, EventReader},
};
use crate::remote::{
    FetchFailure,
    backoff::{Backoff, jittered},
    http::{self, Http},
    shared::Shared,
};

/// A stream that was open for less may break again as soon: the next waits longer.
const STEADY: Duration = Duration::from_secs(30);
/// How long opening it may take.
const OPENING: Duration = Duration::from_secs(5);

#[derive(Deserialize)]
struct Change {
    uri: String,
    idx: Vec<u64>,
}

/// Follows the stream for ever.
pub(super) async fn follow(shared: Arc<Shared>, http: Http) {
    let Some(url) = shared.lists.as_ref().and_then(|lists| lists.base.events()) else {
        return;
    };
    let mut follower = Follower {
        shared: Arc::clone(&shared),
        last_event_id: None,
    };
    let mut backoff = Backoff::STREAM;
    loop {
        let failure = match follower.open(&http, &url).await {
            Ok(response) => {
                let opened_at = shared.clock.monotonic();
                let failure = follower.listen(response).await;
                if shared.clock.monotonic().saturating_sub(opened_at) >= STEADY {
                    backoff = Backoff::STREAM;
                }
                if let Some(lists) = &shared.lists {
                    // Back to fetching, at once: nobody says what happens now.
                    lists.following.end();
                    lists.refetch_all();
                }
                failure
            }
            Err(failure) => failure,
        };
        shared.stats.stream.count_broken();
        let wait = jittered(backoff.step());
        tracing::info!(
            reason = failure.as_str(),
            retry_in_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
            "no stream of status changes; lists are fetched as often as their ttl asks"
        );
        shared.clock.sleep(wait).await;
    }
}

struct Follower {
    shared: Arc<Shared>,
    last_event_id: Option<String>,
}

impl Follower {
    async fn open(&self, http: &Http, url: &Url) -> Result<Response, FetchFailure> {
        tokio::select! {
            opened = http.open(url, self.last_event_id.as_deref()) => opened,
            () = self.shared.clock.sleep(OPENING) => Err(FetchFailure::TimedOut),
        }
    }

    /// Reads until the stream ends, breaks, falls silent or makes no sense.
    async fn listen(&mut self, mut response: Response) -> FetchFailure {
        let shared = Arc::clone(&self.shared);
        let Some(lists) = &shared.lists else {
            return FetchFailure::NoKeys;
        };
        shared.stats.stream.count_opened();
        lists.following.begin(shared.clock.monotonic());
        if self.last_event_id.is_none() {
            // What happened before the stream was open is in the lists.
            lists.refetch_all();
        }
        let mut reader = EventReader::default();
        let mut heard_at = shared.clock.monotonic();
        loop {
            let silent_for = shared.clock.monotonic().saturating_sub(heard_at);
            let left = lists.patience().saturating_sub(silent_for);
            if left.is_zero() {
                return FetchFailure::TimedOut;
            }
            let piece = tokio::select! {
                piece = response.chunk() => piece,
                // In short turns: a list that comes meanwhile may leave less.
                () = shared.clock.sleep(left.min(SHORTEST_SILENCE)) => continue,
            };
            heard_at = shared.clock.monotonic();
            match piece {
                Ok(Some(piece)) => {
                    let Ok(events) = reader.read(&piece) else {
                        // Never to be met again: next time all lists are fetched instead.
                        self.last_event_id = None;
                        return FetchFailure::TooLarge;
                    };
                    for event in events {
                        self.take(lists, event);
                    }
                    lists.heard(shared.clock.monotonic());
                }
                Ok(None) => return FetchFailure::Unreachable,
                Err(error) => return http::failure(&error),
            }
        }
    }

    fn take(&mut self, lists: &Lists, event: Event) {
        let stats = &self.shared.stats.stream;
        match event.name.as_str() {
            "status" => {
                stats.count_event();
                // What cannot be read is a change that cannot be applied: ask for all of them.
                match serde_json::from_str(&event.data) {
                    Ok(change) => self.apply(lists, &change),
                    Err(_) => lists.refetch_all(),
                }
            }
            "reset" => {
                stats.count_reset();
                lists.following.begin(self.shared.clock.monotonic());
                lists.refetch_all();
            }
            _ => {}
        }
        self.last_event_id = event.id.or_else(|| self.last_event_id.take());
    }

    fn apply(&self, lists: &Lists, change: &Change) {
        // A list nobody has named yet is fetched when somebody does, with the change in it.
        let Some(held) = lists.find(&change.uri) else {
            return;
        };
        let mut all_noted = true;
        for idx in &change.idx {
            all_noted &= held.deny(*idx);
            self.shared.stats.stream.count_denied();
        }
        if !all_noted {
            held.refetch();
        }
    }
}
