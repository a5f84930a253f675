//! Another key-encryption key, without logging anybody out.

use super::*;

#[tokio::test]
async fn a_new_encryption_key_opens_everything_and_the_old_one_nothing() {
    let algorithms = [Algorithm::ES256, Algorithm::EdDSA];
    let world = World::new(&algorithms).await;
    let token = world.sign();
    let before = world.ring.refresh_token_keys();
    assert_eq!(before.len(), 1);
    for (old, new, version) in [(1, 2, 2), (2, 3, 3)] {
        let (old, new) = (encryption(old), encryption(new));
        let (random, by) = (Random::system(), world.console());
        let done = reseal(&world.store, old.clone(), new.clone(), &random, &by)
            .await
            .unwrap();
        assert_eq!(
            (done.version, done.keys, done.skipped.len()),
            (version, 2, 0)
        );
        let refused = open_with(&world.store, &world.hand, &algorithms, old).await;
        assert!(
            refused
                .unwrap_err()
                .chain()
                .contains("Put the right one back")
        );
        let ring = open_with(&world.store, &world.hand, &algorithms, new)
            .await
            .unwrap();
        assert!(verifies(&ring, &token));
        assert_eq!(ring.jwks(), world.ring.jwks());
        // Tokens sealed with earlier MAC keys still open.
        let keys = ring.refresh_token_keys();
        let versions: Vec<u32> = keys.iter().map(|(version, _)| *version).collect();
        assert_eq!(versions, (1..=version).rev().collect::<Vec<_>>());
        assert_eq!(keys.last().unwrap().1.expose(), before[0].1.expose());
        // OC-60: a subject never changes.
        assert_eq!(
            ring.pairwise_key().expose(),
            world.ring.pairwise_key().expose()
        );
    }
}

#[tokio::test]
async fn a_wrong_old_key_changes_nothing() {
    let world = World::new(&[Algorithm::ES256]).await;
    let (random, by) = (Random::system(), world.console());
    let done = reseal(&world.store, encryption(9), encryption(2), &random, &by).await;
    assert!(done.is_err());
    assert!(open(&world.store, &world.hand).await.is_ok());
}

/// An instance that still runs with the old key adds no key that nobody could open later.
#[tokio::test]
async fn an_instance_with_the_old_key_adds_nothing_after_the_change() {
    let world = World::new(&[Algorithm::ES256]).await;
    let (old, new) = (encryption(1), encryption(2));
    reseal(&world.store, old, new, &Random::system(), &world.console())
        .await
        .unwrap();
    assert!(
        world.ring.signer(None).is_ok(),
        "it keeps signing with what it has in memory"
    );
    let done = world
        .ring
        .rotate(Algorithm::ES256, Urgency::Announced, &world.console())
        .await;
    assert!(matches!(done, Err(KeyOperationError::Lost)), "{done:?}");
    assert_eq!(world.states().await.len(), 1);
}
