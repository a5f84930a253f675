//! Key sets of clients that publish them at a `jwks_uri` (matrix PKJ-07; attacks JV-06, SS-03).
//!
//! A set is fetched when it is first needed and when it is old, and once more when it lacks the key an
//! assertion names, at most once in a window: a stranger who makes up key ids causes no crowd of calls,
//! and one who leaves while a call runs does not end it for the others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::OwnedMutexGuard;
use tracing::Instrument as _;

use crate::clock::Instant;
use crate::outgoing::{MAX_BYTES, Outgoing};

/// How long a set is used without asking again: so long a key that was taken out of it works on.
const FRESH: Duration = Duration::from_mins(5);
/// How long while nobody can be asked: then a key that was taken out, perhaps stolen, ends all the same.
const KNOWN: Duration = Duration::from_hours(24);
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
    /// one that is known keeps being used for a day; `None` without any.
    pub(super) async fn find(
        &self,
        outgoing: &Outgoing,
        uri: &str,
        now: Instant,
        is_enough: impl Fn(&Value) -> bool,
    ) -> Option<Arc<Value>> {
        // Others who want the same set wait for one call, not for one each.
        let mut held = self.entry(uri).lock_owned().await;
        let is_fresh = now.since(held.fetched_at) < FRESH;
        let is_good = held.jwks.as_ref().is_some_and(|jwks| is_enough(jwks));
        if (is_fresh && is_good) || held.was_tried(now) {
            return held.known(now);
        }
        held.tried_at = Some(now);
        let call = fetch(outgoing.clone(), uri.to_owned(), held, now);
        tokio::spawn(call.in_current_span()).await.ok().flatten()
    }

    fn entry(&self, uri: &str) -> Arc<tokio::sync::Mutex<Held>> {
        let mut sets = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        if sets.len() >= MAX_SETS && !sets.contains_key(uri) {
            sets.clear();
        }
        Arc::clone(sets.entry(uri.to_owned()).or_default())
    }
}

/// Asks for the set and keeps it. What is no key set is no answer.
async fn fetch(
    outgoing: Outgoing,
    uri: String,
    mut held: OwnedMutexGuard<Held>,
    now: Instant,
) -> Option<Arc<Value>> {
    match outgoing.fetch_json(&uri, MAX_BYTES).await {
        Ok(jwks) if jwks.get("keys").is_some_and(Value::is_array) => {
            held.jwks = Some(Arc::new(jwks));
            held.fetched_at = now;
        }
        Ok(_) => tracing::warn!("what should be the key set of a client is none"),
        Err(error) => {
            let cause: &(dyn std::error::Error + 'static) = &error;
            tracing::warn!(cause, "the key set of a client cannot be fetched");
        }
    }
    held.known(now)
}

impl Held {
    /// The set, unless nobody has vouched for it for too long.
    fn known(&self, now: Instant) -> Option<Arc<Value>> {
        let is_known = now.since(self.fetched_at) < KNOWN;
        self.jwks.clone().filter(|_| is_known)
    }

    /// A clock that was put back ends the window.
    fn was_tried(&self, now: Instant) -> bool {
        self.tried_at
            .is_some_and(|tried_at| tried_at <= now && now.since(tried_at) < WINDOW)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;
    use crate::settings::OutgoingSettings;

    const NOW: Instant = Instant::from_seconds(1_800_000_000);

    struct Site {
        listener: TcpListener,
        outgoing: Outgoing,
        uri: String,
        cache: KeyCache,
    }

    impl Site {
        async fn open() -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let settings = OutgoingSettings {
                extra_ca: None,
                allow_private: true,
            };
            Self {
                uri: format!("http://{}/jwks", listener.local_addr().unwrap()),
                outgoing: Outgoing::open(&settings).unwrap(),
                listener,
                cache: KeyCache::default(),
            }
        }

        /// Somebody asks, and any set will do.
        async fn ask(&self, after: Duration) -> Option<Arc<Value>> {
            let now = NOW.plus(after);
            self.cache
                .find(&self.outgoing, &self.uri, now, |_| true)
                .await
        }

        /// A call, with its question read.
        async fn called(&self) -> TcpStream {
            let (mut stream, _) = self.listener.accept().await.unwrap();
            let mut head = [0; 4096];
            assert_ne!(stream.read(&mut head).await.unwrap(), 0);
            stream
        }

        /// Somebody asks, and the site answers.
        async fn answered(&self, after: Duration, body: Value) -> Option<Arc<Value>> {
            let answer = async { answer(self.called().await, &body).await };
            tokio::join!(self.ask(after), answer).0
        }
    }

    async fn answer(mut stream: TcpStream, body: &Value) {
        let body = body.to_string();
        let length = body.len();
        let text = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}");
        stream.write_all(text.as_bytes()).await.unwrap();
    }

    /// PKJ-07, SS-03: a stranger who leaves in the middle does not take the keys from their client.
    #[tokio::test]
    async fn pkj_07_who_leaves_while_the_keys_are_fetched_does_not_end_the_call() {
        let site = Site::open().await;
        let stream = tokio::select! {
            stream = site.called() => stream,
            _ = site.ask(Duration::ZERO) => panic!("nobody has answered yet"),
        };
        let jwks = json!({"keys": [{"kid": "a"}]});
        answer(stream, &jwks).await;
        let found = site.ask(Duration::from_secs(1)).await;
        assert_eq!(found.as_deref(), Some(&jwks));
    }

    /// PKJ-07: an answer that is no key set takes nothing away.
    #[tokio::test]
    async fn pkj_07_what_is_no_key_set_does_not_replace_one() {
        let site = Site::open().await;
        let jwks = json!({"keys": []});
        let first = site.answered(Duration::ZERO, jwks.clone()).await;
        assert_eq!(first.as_deref(), Some(&jwks));
        let later = Duration::from_mins(6);
        let found = site.answered(later, json!({"error": "sorry"})).await;
        assert_eq!(found.as_deref(), Some(&jwks));
    }

    /// PKJ-07: keys that nobody vouches for end after a day.
    #[tokio::test]
    async fn pkj_07_a_set_that_cannot_be_asked_for_is_used_for_a_day() {
        let site = Site::open().await;
        let jwks = json!({"keys": []});
        assert!(site.answered(Duration::ZERO, jwks).await.is_some());
        let fail = async |after| {
            let fail = async { drop(site.called().await) };
            tokio::join!(site.ask(after), fail).0
        };
        assert!(fail(Duration::from_mins(24 * 60 - 1)).await.is_some());
        assert!(fail(Duration::from_mins(24 * 60 + 1)).await.is_none());
    }
}
