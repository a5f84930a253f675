//! Signing keys: one signs, whoever else tries loses and loads the winner's.

use sea_orm::ConnectionTrait as _;

use super::side_by_side;
use crate::model::{Algorithm, KeyId, KeyState, SigningKeyRecord};
use crate::store::signing_keys::{self, KeyTransition, Resealing};
use crate::store::testing::{NOW, fresh, open};
use crate::store::{Store, StoreError};

fn key(kid: &str, state: KeyState) -> SigningKeyRecord {
    SigningKeyRecord {
        kid: KeyId::new(kid),
        algorithm: Algorithm::RS256,
        state,
        public_jwk: r#"{"kty":"RSA"}"#.to_owned(),
        sealed_private: vec![0, 255, 7],
        seal_version: 1,
        created_at: NOW,
        activates_at: NOW,
        retired_at: None,
        expires_at: None,
    }
}

async fn insert(store: &Store, key: SigningKeyRecord) -> Result<(), StoreError> {
    store
        .write(async move |txn| signing_keys::insert(txn, &key).await)
        .await
}

async fn step(store: &Store, kid: &str, from: KeyState, to: KeyState) -> Result<bool, StoreError> {
    let step = KeyTransition {
        kid: KeyId::new(kid),
        from,
        to,
        at: NOW,
        expires_at: None,
    };
    store
        .write(async move |txn| signing_keys::transition(txn, &step).await)
        .await
}

/// JWK-07: eight instances start on an empty database; one makes the signing key.
#[tokio::test]
async fn jwk_07_of_eight_first_keys_one_signs() {
    let first = fresh().await;
    let mut instances = Vec::new();
    for _ in 0..8 {
        instances.push(open(&first.database).await);
    }
    let outcomes = side_by_side(8, |number| {
        let store = instances[number].clone();
        async move { insert(&store, key(&format!("k-{number}"), KeyState::Active)).await }
    })
    .await;
    let won = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let lost = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Err(StoreError::Conflict(_))));
    assert_eq!((won, lost.count()), (1, 7), "{outcomes:?}");
    assert_eq!(signing_keys::all(first.read()).await.unwrap().len(), 1);
    for instance in instances {
        instance.close().await;
    }
}

#[tokio::test]
async fn a_key_comes_back_as_it_was_made() {
    let store = fresh().await;
    let made = SigningKeyRecord {
        expires_at: Some(NOW),
        ..key("k-1", KeyState::Retiring)
    };
    insert(&store, made.clone()).await.unwrap();
    assert_eq!(
        signing_keys::find(store.read(), &made.kid).await.unwrap(),
        Some(made)
    );
}

#[tokio::test]
async fn keys_of_different_algorithms_sign_side_by_side() {
    let store = fresh().await;
    insert(&store, key("k-1", KeyState::Active)).await.unwrap();
    let other = SigningKeyRecord {
        algorithm: Algorithm::ES256,
        ..key("k-2", KeyState::Active)
    };
    insert(&store, other).await.unwrap();
}

#[tokio::test]
async fn of_many_that_rotate_at_once_one_wins() {
    let store = fresh().await;
    insert(&store, key("old", KeyState::Active)).await.unwrap();
    insert(&store, key("new", KeyState::Next)).await.unwrap();
    assert!(
        step(&store, "new", KeyState::Next, KeyState::Active)
            .await
            .unwrap_err()
            .is_conflict(),
        "while the old key signs"
    );
    let won = side_by_side(16, |_| {
        let store = store.store.clone();
        async move {
            let retire = KeyTransition {
                kid: KeyId::new("old"),
                from: KeyState::Active,
                to: KeyState::Retiring,
                at: NOW,
                expires_at: Some(NOW),
            };
            let activate = KeyTransition {
                kid: KeyId::new("new"),
                from: KeyState::Next,
                to: KeyState::Active,
                ..retire.clone()
            };
            store
                .write(async move |txn| {
                    if !signing_keys::transition(txn, &retire).await? {
                        return Ok(false);
                    }
                    signing_keys::transition(txn, &activate).await
                })
                .await
                .unwrap()
        }
    })
    .await;
    assert_eq!(won.iter().filter(|won| **won).count(), 1);
    let states: Vec<_> = signing_keys::all(store.read()).await.unwrap();
    let states: Vec<_> = states
        .iter()
        .map(|key| (key.kid.as_str(), key.state))
        .collect();
    assert_eq!(
        states,
        [("new", KeyState::Active), ("old", KeyState::Retiring)]
    );
}

#[tokio::test]
async fn a_key_is_sealed_again_once() {
    let store = fresh().await;
    insert(&store, key("k-1", KeyState::Active)).await.unwrap();
    let again = Resealing {
        kid: KeyId::new("k-1"),
        from_version: 1,
        sealed_private: vec![9; 40],
        to_version: 2,
    };
    let done = store
        .write(async move |txn| {
            let first = signing_keys::reseal(txn, &again, NOW).await?;
            Ok([first, signing_keys::reseal(txn, &again, NOW).await?])
        })
        .await;
    assert_eq!(done.unwrap(), [true, false]);
    let stored = signing_keys::find(store.read(), &KeyId::new("k-1"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (stored.sealed_private, stored.seal_version),
        (vec![9; 40], 2)
    );
}

#[tokio::test]
async fn expired_keys_go_and_the_signing_one_stays() {
    let store = fresh().await;
    let expired = |kid, state| SigningKeyRecord {
        expires_at: Some(NOW),
        ..key(kid, state)
    };
    insert(&store, expired("gone", KeyState::Retiring))
        .await
        .unwrap();
    insert(&store, expired("signs", KeyState::Active))
        .await
        .unwrap();
    insert(&store, key("stays", KeyState::Retiring))
        .await
        .unwrap();
    let gone = store
        .write(async |txn| signing_keys::delete_expired(txn, NOW).await)
        .await;
    assert_eq!(gone.unwrap(), 1);
    assert_eq!(signing_keys::all(store.read()).await.unwrap().len(), 2);
}

/// A row that fits no state names itself, and does not stop the others.
#[tokio::test]
async fn a_broken_key_row_is_left_out_by_name() {
    let store = fresh().await;
    insert(&store, key("good", KeyState::Active)).await.unwrap();
    insert(&store, key("bad", KeyState::Retiring))
        .await
        .unwrap();
    let broken = "UPDATE signing_keys SET state = 'asleep' WHERE kid = 'bad'";
    store
        .write(async move |txn| Ok(txn.execute_unprepared(broken).await.map(drop)?))
        .await
        .unwrap();
    let usable = signing_keys::all(store.read()).await.unwrap();
    assert_eq!(usable, [key("good", KeyState::Active)]);
    let error = signing_keys::find(store.read(), &KeyId::new("bad"))
        .await
        .unwrap_err();
    let chain = crate::error::Fault::from(error).chain();
    assert!(
        chain.contains("signing_keys") && chain.contains("bad"),
        "{chain}"
    );
}
