//! The key ring against a real store: first start, rotation, damage, a changed encryption key.

use std::time::Duration;

use super::*;
use crate::audit::Actor;
use crate::clock::{Clock, HandClock, Instant};
use crate::error::Fault;
use crate::model::{Algorithm, KeyId, KeyState, SigningKeyRecord};
use crate::random::Random;
use crate::secret::SecretKey;
use crate::store::testing::{Fresh, NOW, fresh};
use crate::store::{Store, signing_keys};

mod damage;
mod opening;
mod operating;
mod resealing;
mod rotating;

const HOUR: Duration = Duration::from_hours(1);
const ROTATE_EVERY: Duration = Duration::from_hours(90 * 24);
/// Age of a key when its successor is announced.
const ANNOUNCE_AT: Duration = Duration::from_hours(90 * 24 - 1);

fn policy(algorithms: &[Algorithm]) -> KeyPolicy {
    KeyPolicy {
        algorithms: algorithms.to_vec(),
        rsa_bits: 2048,
        rotate_every: ROTATE_EVERY,
        announce_for: HOUR,
        retire_after: HOUR,
    }
}

fn encryption(byte: u8) -> EncryptionKey {
    EncryptionKey::new(SecretKey::new([byte; 32]))
}

/// A ring of elliptic keys on a store, with a clock that is moved by hand.
pub(super) async fn open(store: &Store, hand: &HandClock) -> Result<KeyRing, Fault> {
    open_with(store, hand, &[Algorithm::ES256], encryption(1)).await
}

async fn open_with(
    store: &Store,
    hand: &HandClock,
    algorithms: &[Algorithm],
    encryption: EncryptionKey,
) -> Result<KeyRing, Fault> {
    let clock = Clock::Hand(hand.clone());
    KeyRing::open(
        store.clone(),
        encryption,
        policy(algorithms),
        clock,
        Random::system(),
    )
    .await
}

struct World {
    ring: KeyRing,
    hand: HandClock,
    store: Fresh,
}

impl World {
    async fn new(algorithms: &[Algorithm]) -> Self {
        let (store, hand) = (fresh().await, HandClock::at(NOW));
        let ring = open_with(&store, &hand, algorithms, encryption(1))
            .await
            .unwrap();
        Self { ring, hand, store }
    }

    fn now(&self) -> Instant {
        Clock::Hand(self.hand.clone()).now()
    }

    fn console(&self) -> Actor {
        Actor::console(self.now())
    }

    fn kid(&self) -> KeyId {
        self.ring.signer(None).unwrap().kid().clone()
    }

    async fn tend(&self) -> bool {
        self.ring.tend(self.now()).await.unwrap()
    }

    async fn states(&self) -> Vec<(KeyId, KeyState)> {
        let records = self.ring.list().await.unwrap();
        records
            .into_iter()
            .map(|record| (record.kid, record.state))
            .collect()
    }

    fn sign(&self) -> String {
        self.ring
            .signer(None)
            .unwrap()
            .sign("at+jwt", &serde_json::json!({"sub": "u"}))
            .unwrap()
    }
}

fn published(ring: &KeyRing) -> Vec<KeyId> {
    let set: serde_json::Value = serde_json::from_str(&ring.jwks().body).unwrap();
    let keys = set["keys"].as_array().unwrap();
    keys.iter()
        .map(|key| KeyId::new(key["kid"].as_str().unwrap()))
        .collect()
}

/// What a verifier does that knows nothing but the published set.
fn verifies(ring: &KeyRing, token: &str) -> bool {
    let set: jsonwebtoken::jwk::JwkSet = serde_json::from_str(&ring.jwks().body).unwrap();
    let kid = jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    let Some(jwk) = set.find(&kid) else {
        return false;
    };
    let key = jsonwebtoken::DecodingKey::from_jwk(jwk).unwrap();
    let algorithm = jwk
        .common
        .key_algorithm
        .unwrap()
        .to_string()
        .parse()
        .unwrap();
    let mut validation = jsonwebtoken::Validation::new(algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    jsonwebtoken::decode::<serde_json::Value>(token, &key, &validation).is_ok()
}
