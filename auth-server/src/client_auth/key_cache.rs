//! Key sets of clients that publish them at a `jwks_uri` (matrix PKJ-07; attacks JV-06, SS-03).
//!
//! A set is fetched when it is first needed and when it is old, and once more when it lacks the key an
//! assertion names, at most once in a window: a stranger who makes up key ids causes no crowd of calls.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;

use crate::clock::Instant;
use crate::outgoing::{MAX_BYTES, Outgoing};

/// How long a set is used without asking again: so long a key that was taken out of it works on.
const FRESH: Duration = Duration::from_mins(5);
/// At most one call in this time, whatever comes.
const WINDOW: Duration = Duration::from_secs(10);
/// Sets kept; beyond, the map starts anew.
const MAX_SETS: usize = 500;

/// The key sets in memory.
#[derive(Default)]
pub struct KeyCache {
    sets: Mutex<HashMap<String, Arc<tokio::sync::Mutex<Held>>>>,
}

#[derive(Default)]
struct Held {
    jwks: Option<Arc<Value>>,
    fetched_at: Instant,
    tried_at: Option<Instant>,
}

impl KeyCache {
    /// The set at `uri`, fetched if it is missing, old, or not enough. When it cannot be fetched, the
    /// one that is known keeps being used; `None` without any.
    pub(super) async fn find(
        &self,
        outgoing: &Outgoing,
        uri: &str,
        now: Instant,
        is_enough: impl Fn(&Value) -> bool,
    ) -> Option<Arc<Value>> {
        let held = self.entry(uri);
        // Others who want the same set wait for one call, not for one each.
        let mut held = held.lock().await;
        let is_fresh = now.since(held.fetched_at) < FRESH;
        let is_good = held.jwks.as_ref().is_some_and(|jwks| is_enough(jwks));
        if (is_fresh && is_good) || held.was_tried(now) {
            return held.jwks.clone();
        }
        held.tried_at = Some(now);
        match outgoing.fetch_json(uri, MAX_BYTES).await {
            Ok(jwks) => {
                held.jwks = Some(Arc::new(jwks));
                held.fetched_at = now;
            }
            Err(error) => {
                let cause: &(dyn std::error::Error + 'static) = &error;
                tracing::warn!(cause, "the key set of a client cannot be fetched");
            }
        }
        held.jwks.clone()
    }

    fn entry(&self, uri: &str) -> Arc<tokio::sync::Mutex<Held>> {
        let mut sets = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        if sets.len() >= MAX_SETS && !sets.contains_key(uri) {
            sets.clear();
        }
        Arc::clone(sets.entry(uri.to_owned()).or_default())
    }
}

impl Held {
    /// A clock that was put back ends the window.
    fn was_tried(&self, now: Instant) -> bool {
        self.tried_at
            .is_some_and(|tried_at| tried_at <= now && now.since(tried_at) < WINDOW)
    }
}
