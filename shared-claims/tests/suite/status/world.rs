//! An issuer with one key and one status list, and a service that verifies its tokens.

use std::{io::Write as _, sync::Arc, time::Duration};

use flate2::{Compression, write::ZlibEncoder};
use serde_json::{Value, json};
use shared_claims::{
    remote::{Clock as _, ManualClock, RemoteKeys, RemoteKeysBuilder, RemoteVerifier},
    verify::{Policy, Rejection},
};

use crate::{
    injector::{Document, Injector},
    support::{API, TestKey, b64, jwks, now},
};

pub(crate) const KEYS: &str = "/keys";
pub(crate) const LIST: &str = "/oauth2/status/1";
pub(crate) const TTL: Duration = Duration::from_secs(10);
/// By then a list has been asked for again, whatever the jitter: 80 % of its `ttl`.
pub(crate) const DUE: Duration = Duration::from_secs(8);

pub(crate) struct World {
    pub(crate) key: TestKey,
    pub(crate) issuer: Injector,
    pub(crate) clock: ManualClock,
    pub(crate) verifier: RemoteVerifier,
}

impl World {
    /// The keys are there, and a list in which nothing is revoked is published.
    pub(crate) async fn start() -> Self {
        Self::with(|builder| builder.status_stream(false)).await
    }

    pub(crate) async fn with(set: impl FnOnce(RemoteKeysBuilder) -> RemoteKeysBuilder) -> Self {
        let key = TestKey::eddsa("k-1");
        let issuer = Injector::start().await;
        let metadata =
            json!({"issuer": issuer.url(), "jwks_uri": format!("{}{KEYS}", issuer.url())});
        let metadata = Document::new("application/json", metadata.to_string());
        issuer.publish("/.well-known/openid-configuration", metadata);
        issuer.publish(KEYS, keys_document(&[&key]));
        let clock = ManualClock::at(now());
        let builder = RemoteKeys::builder(issuer.url()).clock(Arc::new(clock.clone()));
        let keys = set(builder).start().unwrap();
        keys.ready().await;
        let verifier = RemoteVerifier::new(keys, Policy::new(issuer.url(), API)).unwrap();
        let world = Self {
            key,
            issuer,
            clock,
            verifier,
        };
        world.publish(&[]);
        world
    }

    pub(crate) fn uri(&self) -> String {
        format!("{}{LIST}", self.issuer.url())
    }

    /// Publishes a list of 64 entries made now, in which these are revoked.
    pub(crate) fn publish(&self, revoked: &[u64]) {
        self.issuer.publish(LIST, self.document(revoked, json!({})));
    }

    /// The document of a list, its claims patched.
    pub(crate) fn document(&self, revoked: &[u64], patch: Value) -> Document {
        let token = self.list_token(&self.key, revoked, patch);
        let tag = format!("\"{}\"", b64(&token[token.len() - 12..]));
        Document::new("application/statuslist+jwt", token).with("ETag", &tag)
    }

    pub(crate) fn list_token(&self, key: &TestKey, revoked: &[u64], patch: Value) -> String {
        let now = self.clock.now().seconds();
        let mut claims = json!({
            "iss": self.issuer.url(), "sub": self.uri(), "iat": now, "exp": now + 3_600,
            "ttl": TTL.as_secs(), "status_list": {"bits": 1, "lst": packed(revoked)},
        });
        for (name, value) in patch.as_object().unwrap() {
            claims[name] = value.clone();
        }
        let header = json!({"typ": "statuslist+jwt", "alg": key.alg(), "kid": key.kid});
        key.sign_text(header.to_string(), claims.to_string())
    }

    /// A token that is good now and stands at this index of the list.
    pub(crate) fn token(&self, idx: u64) -> String {
        self.token_at(idx, &self.uri())
    }

    pub(crate) fn token_at(&self, idx: u64, uri: &str) -> String {
        let now = self.clock.now().seconds();
        let status = json!({"status_list": {"idx": idx, "uri": uri}});
        let claims = json!({
            "iss": self.issuer.url(), "iat": now, "exp": now + 82_800, "status": status,
        });
        self.key.token(json!({}), claims)
    }

    /// What comes of the token now.
    pub(crate) fn judged(&self, token: &str) -> Option<Rejection> {
        self.verifier.verify_now(token).err()
    }

    pub(crate) fn clock_now(&self) -> i64 {
        self.clock.now().seconds()
    }

    pub(crate) fn clock_monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    /// Loads the list, as the first token does.
    pub(crate) async fn seen(self) -> Self {
        assert_eq!(self.verifier.verify(&self.token(0)).await.err(), None);
        self
    }

    /// Lets time pass until the list has been fetched again and the outcome noted.
    pub(crate) async fn fetched_after(&self, wait: Duration) {
        let outcomes = self.outcomes();
        self.clock.advance(wait);
        until(|| self.outcomes() > outcomes).await;
    }

    /// Fetches of lists that are over, for better or worse.
    pub(crate) fn outcomes(&self) -> u64 {
        let lists = self.verifier.keys().stats().lists();
        let failed: u64 = lists.failures().map(|(_, count)| count).sum();
        lists.fetched_anew() + lists.not_modified() + failed
    }

    pub(crate) fn list_failures(&self, label: &str) -> u64 {
        let mut failures = self.verifier.keys().stats().lists().failures();
        failures.find(|(name, _)| *name == label).unwrap().1
    }
}

pub(crate) fn keys_document(keys: &[&TestKey]) -> Document {
    Document::new("application/json", jwks(keys)).with("Cache-Control", "max-age=300")
}

/// 64 entries of one bit.
pub(crate) fn packed(revoked: &[u64]) -> String {
    let mut bytes = [0_u8; 8];
    for idx in revoked {
        bytes[usize::try_from(idx / 8).unwrap()] |= 1 << (idx % 8);
    }
    compressed(&bytes)
}

pub(crate) fn compressed(bytes: &[u8]) -> String {
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
    zlib.write_all(bytes).unwrap();
    b64(zlib.finish().unwrap())
}

/// Returns as soon as it is the case.
pub(crate) async fn until(mut is_so: impl FnMut() -> bool) {
    while !is_so() {
        tokio::task::yield_now().await;
    }
}
