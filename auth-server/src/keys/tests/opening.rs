//! The first start, the next one, and eight at once.

use super::*;
use crate::keys::seal::Place;
use crate::keys::snapshot::TABLE;
use crate::keys::vault::{FIRST_VERSION, Vault};

/// JWK-01, JWK-05: one key, published with public members only, and it signs.
#[tokio::test]
async fn jwk_01_the_first_start_makes_one_key_and_publishes_its_public_half() {
    let world = World::new(&[Algorithm::RS256]).await;
    let jwks = world.ring.jwks();
    let set: serde_json::Value = serde_json::from_str(&jwks.body).unwrap();
    let key = set["keys"][0].as_object().unwrap();
    let mut members: Vec<&str> = key.keys().map(String::as_str).collect();
    members.sort_unstable();
    assert_eq!(members, ["alg", "e", "kid", "kty", "n", "use"]);
    assert_eq!(published(&world.ring), [world.kid()]);
    assert!(
        jwks.etag.starts_with('"') && jwks.etag.ends_with('"'),
        "{}",
        jwks.etag
    );
    assert!(verifies(&world.ring, &world.sign()));
}

/// JWK-10: a private key is sealed at rest, and nothing that could be logged shows any of it.
#[tokio::test]
async fn jwk_10_a_private_key_is_nowhere_in_the_clear() {
    let world = World::new(&Algorithm::ALL).await;
    let vault = Vault::at(encryption(1), FIRST_VERSION);
    for record in world.ring.list().await.unwrap() {
        let place = Place {
            table: TABLE,
            row: record.kid.as_str(),
            version: record.seal_version,
        };
        let pkcs8 = vault.open_row(place, &record.sealed_private).unwrap();
        let signer = world.ring.signer(Some(record.algorithm)).unwrap();
        let shown = format!("{signer:?} {record:?} {vault:?} {:?}", world.ring);
        for part in pkcs8.windows(8) {
            assert!(
                !record
                    .sealed_private
                    .windows(8)
                    .any(|sealed| sealed == part)
            );
            let listed = format!("{part:?}");
            assert!(!shown.contains(listed.trim_matches(['[', ']'])), "{shown}");
        }
    }
}

/// JWK-06, JWK-11: every algorithm signs with its own key and verifies by the set alone.
#[tokio::test]
async fn jwk_11_every_algorithm_has_its_own_key_and_never_borrows_one() {
    let world = World::new(&Algorithm::ALL).await;
    assert_eq!(published(&world.ring).len(), 4);
    assert_eq!(world.ring.algorithms(), Algorithm::ALL);
    for algorithm in Algorithm::ALL {
        let signer = world.ring.signer(Some(algorithm)).unwrap();
        assert_eq!(signer.algorithm(), algorithm);
        let token = signer
            .sign("at+jwt", &serde_json::json!({"sub": "u"}))
            .unwrap();
        assert!(verifies(&world.ring, &token), "{algorithm:?}");
    }
    let only = World::new(&[Algorithm::ES256]).await;
    assert!(only.ring.signer(Some(Algorithm::EdDSA)).is_err());
}

/// JWK-03, JWK-09: a restart changes neither key nor entity tag.
#[tokio::test]
async fn jwk_03_a_restart_keeps_the_key() {
    let world = World::new(&[Algorithm::ES256]).await;
    let token = world.sign();
    let again = open(&world.store, &world.hand).await.unwrap();
    assert_eq!(again.jwks(), world.ring.jwks());
    assert!(verifies(&again, &token));
}

/// Eight processes on an empty database end with one key, and all sign with it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_that_start_at_once_end_with_one_key() {
    let (store, hand) = (fresh().await, HandClock::at(NOW));
    let mut stores = Vec::new();
    for _ in 0..8 {
        stores.push(crate::store::testing::open(&store.database).await);
    }
    let starting = stores.into_iter().map(|store| {
        let hand = hand.clone();
        tokio::spawn(async move { open(&store, &hand).await.unwrap() })
    });
    let starting: Vec<_> = starting.collect();
    let mut kids = Vec::new();
    for ring in starting {
        kids.push(ring.await.unwrap().signer(None).unwrap().kid().clone());
    }
    assert!(kids.iter().all(|kid| kid == &kids[0]), "{kids:?}");
    assert_eq!(signing_keys::all(store.read()).await.unwrap().len(), 1);
}

/// OP-09: another key-encryption key is refused with a text that says what to do; the right one works.
#[tokio::test]
async fn op_09_a_wrong_encryption_key_is_refused_and_nothing_is_lost() {
    let world = World::new(&[Algorithm::ES256]).await;
    let token = world.sign();
    let wrong = open_with(
        &world.store,
        &world.hand,
        &[Algorithm::ES256],
        encryption(2),
    )
    .await;
    let text = wrong.unwrap_err().chain();
    assert!(
        text.contains("Put the right one back") && text.contains("keys.encryption_key"),
        "{text}"
    );
    assert!(!text.contains("AgICAg"), "{text}");
    let right = open(&world.store, &world.hand).await.unwrap();
    assert!(verifies(&right, &token));
    assert_eq!(world.states().await.len(), 1);
}

/// OP-09: a sealed database whose key file is gone is not given a new one.
#[tokio::test]
async fn op_09_a_missing_key_file_is_not_replaced_once_something_was_sealed() {
    let (store, hand) = (fresh().await, HandClock::at(NOW));
    let data = tempfile::tempdir().unwrap();
    let random = Random::system();
    let places = KeyPlaces {
        configured: None,
        data_dir: data.path(),
        may_generate: true,
    };
    let key = EncryptionKey::locate(places, &store, &random)
        .await
        .unwrap();
    let file = data.path().join(ENCRYPTION_KEY_FILE);
    assert_eq!(key.source(), file.display().to_string());
    open_with(&store, &hand, &[Algorithm::ES256], key)
        .await
        .unwrap();
    assert!(EncryptionKey::locate(places, &store, &random).await.is_ok());
    std::fs::remove_file(&file).unwrap();
    let text = EncryptionKey::locate(places, &store, &random)
        .await
        .unwrap_err()
        .chain();
    assert!(text.contains("put the file") && !file.exists(), "{text}");
    let forbidden = KeyPlaces {
        may_generate: false,
        ..places
    };
    let text = EncryptionKey::locate(forbidden, &store, &random)
        .await
        .unwrap_err()
        .chain();
    assert!(text.contains("openssl rand"), "{text}");
}
