//! Damaged rows are left out; the others serve, and nobody signs in their place (attack OP-09).

use super::*;
use crate::store::DatabaseTransaction;
use crate::store::signing_keys::Resealing;

async fn flip(world: &World, record: &SigningKeyRecord) {
    let mut sealed_private = record.sealed_private.clone();
    let middle = sealed_private.len() / 2;
    sealed_private[middle] ^= 1;
    let change = Resealing {
        kid: record.kid.clone(),
        from_version: record.seal_version,
        sealed_private,
        to_version: record.seal_version,
    };
    let flip = async move |txn: &DatabaseTransaction| signing_keys::reseal(txn, &change, NOW).await;
    assert!(world.store.write(flip).await.unwrap());
}

/// OP-09: one byte of a private key.
#[tokio::test]
async fn op_09_a_flipped_byte_isolates_one_key_and_the_others_serve() {
    let algorithms = [Algorithm::RS256, Algorithm::PS256, Algorithm::ES256];
    let world = World::new(&algorithms).await;
    let token = world.sign();
    let records = world.ring.list().await.unwrap();
    let damaged = records
        .iter()
        .find(|record| record.algorithm == Algorithm::RS256)
        .unwrap();
    flip(&world, damaged).await;

    let again = open_with(&world.store, &world.hand, &algorithms, encryption(1))
        .await
        .unwrap();
    assert!(
        again.signer(None).is_err(),
        "no other key signs in its place"
    );
    for algorithm in [Algorithm::PS256, Algorithm::ES256] {
        assert_eq!(
            again.signer(Some(algorithm)).unwrap().algorithm(),
            algorithm
        );
    }
    assert_eq!(again.algorithms(), [Algorithm::PS256, Algorithm::ES256]);
    assert!(
        verifies(&again, &token),
        "what it signed before still verifies"
    );

    // Whoever runs already keeps what is in memory.
    world.ring.reload(world.now()).await.unwrap();
    assert!(verifies(&again, &world.sign()));

    // The way out: a new key at once.
    again
        .rotate(Algorithm::RS256, Urgency::AtOnce, &world.console())
        .await
        .unwrap();
    assert!(again.signer(None).is_ok());
}

/// OP-09: a public half that is damaged, private, weak or somebody else's is not published.
#[tokio::test]
async fn op_09_a_damaged_public_half_is_not_published() {
    let world = World::new(&[Algorithm::ES256]).await;
    let good = world.ring.list().await.unwrap().remove(0);
    let bad_jwks = [
        "-----BEGIN PUBLIC KEY-----".to_owned(),
        good.public_jwk
            .replace(r#""use":"sig""#, r#""use":"sig","d":"AQAB""#),
        good.public_jwk.clone(),
    ];
    for (number, public_jwk) in bad_jwks.into_iter().enumerate() {
        let record = SigningKeyRecord {
            kid: KeyId::new(format!("damaged-{number}")),
            state: KeyState::Retiring,
            public_jwk,
            ..good.clone()
        };
        let insert =
            async move |txn: &DatabaseTransaction| signing_keys::insert(txn, &record).await;
        world.store.write(insert).await.unwrap();
    }
    let before = world.ring.jwks();
    world.ring.reload(world.now()).await.unwrap();
    assert_eq!(world.ring.jwks(), before);
    assert!(verifies(&world.ring, &world.sign()));
}

/// OP-09: a private key that was copied into another row does not open there.
#[tokio::test]
async fn op_09_a_private_key_in_another_row_does_not_sign() {
    let algorithms = [Algorithm::RS256, Algorithm::PS256];
    let world = World::new(&algorithms).await;
    let records = world.ring.list().await.unwrap();
    let (one, other) = (&records[0], &records[1]);
    let swap = Resealing {
        kid: one.kid.clone(),
        from_version: one.seal_version,
        sealed_private: other.sealed_private.clone(),
        to_version: one.seal_version,
    };
    let write = async move |txn: &DatabaseTransaction| signing_keys::reseal(txn, &swap, NOW).await;
    assert!(world.store.write(write).await.unwrap());
    let again = open_with(&world.store, &world.hand, &algorithms, encryption(1))
        .await
        .unwrap();
    assert!(again.signer(Some(one.algorithm)).is_err());
    assert!(again.signer(Some(other.algorithm)).is_ok());
}
