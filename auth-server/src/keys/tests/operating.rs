//! What an operator does by hand.

use super::*;

/// JWK-08: a revoked key leaves the set at once, and a new one signs.
#[tokio::test]
async fn jwk_08_a_revoked_key_is_gone_at_once_and_a_new_one_signs() {
    let world = World::new(&[Algorithm::ES256]).await;
    let (compromised, token) = (world.kid(), world.sign());
    world
        .ring
        .revoke(&compromised, &world.console())
        .await
        .unwrap();
    assert_ne!(world.kid(), compromised);
    assert_eq!(published(&world.ring), [world.kid()]);
    assert!(!verifies(&world.ring, &token));
    let again = world.ring.revoke(&compromised, &world.console()).await;
    assert!(
        matches!(again, Err(KeyOperationError::WrongState { .. })),
        "{again:?}"
    );
    // Its row goes when its last token has expired.
    world.hand.advance(HOUR);
    world.tend().await;
    assert_eq!(world.states().await, [(world.kid(), KeyState::Active)]);
}

/// JWK-08: the successor that was announced takes over from a revoked key.
#[tokio::test]
async fn jwk_08_an_announced_successor_takes_over_from_a_revoked_key() {
    let world = World::new(&[Algorithm::ES256]).await;
    let by = world.console();
    let next = world
        .ring
        .rotate(Algorithm::ES256, Urgency::Announced, &by)
        .await
        .unwrap();
    world.ring.revoke(&world.kid(), &by).await.unwrap();
    assert_eq!(world.kid(), next.kid);
}

/// JWK-07: by hand as well, a key is announced first, once, and signs when its time has come.
#[tokio::test]
async fn jwk_07_a_rotation_by_hand_is_announced_first() {
    let world = World::new(&[Algorithm::ES256]).await;
    let (first, by) = (world.kid(), world.console());
    let next = world
        .ring
        .rotate(Algorithm::ES256, Urgency::Announced, &by)
        .await
        .unwrap();
    assert_eq!(
        (next.state, next.activates_at),
        (KeyState::Next, NOW.plus(HOUR))
    );
    let again = world
        .ring
        .rotate(Algorithm::ES256, Urgency::Announced, &by)
        .await
        .unwrap();
    assert_eq!(again.kid, next.kid);
    assert_eq!(world.kid(), first);
    assert_eq!(published(&world.ring).len(), 2);
    world.hand.advance(HOUR);
    world.tend().await;
    assert_eq!(world.kid(), next.kid);
}

#[tokio::test]
async fn a_rotation_at_once_signs_at_once_and_keeps_the_old_key_published() {
    let world = World::new(&[Algorithm::ES256]).await;
    let (first, token) = (world.kid(), world.sign());
    let new = world
        .ring
        .rotate(Algorithm::ES256, Urgency::AtOnce, &world.console())
        .await
        .unwrap();
    assert_eq!(
        (new.state, world.kid()),
        (KeyState::Active, new.kid.clone())
    );
    assert_eq!(published(&world.ring), [new.kid, first]);
    assert!(verifies(&world.ring, &token));
}

/// JWK-11: a second algorithm comes and goes beside the first.
#[tokio::test]
async fn jwk_11_another_algorithm_comes_and_goes_by_hand() {
    let world = World::new(&[Algorithm::ES256]).await;
    let by = world.console();
    let made = world
        .ring
        .rotate(Algorithm::EdDSA, Urgency::Announced, &by)
        .await
        .unwrap();
    assert_eq!(made.state, KeyState::Active);
    assert_eq!(
        world.ring.algorithms(),
        [Algorithm::ES256, Algorithm::EdDSA]
    );
    let needed = world.ring.retire(&world.kid(), &by).await;
    assert!(
        matches!(needed, Err(KeyOperationError::WrongState { .. })),
        "{needed:?}"
    );
    world.ring.retire(&made.kid, &by).await.unwrap();
    assert_eq!(world.ring.algorithms(), [Algorithm::ES256]);
    assert!(
        published(&world.ring).contains(&made.kid),
        "its tokens still verify"
    );
    let unknown = world.ring.retire(&KeyId::new("none"), &by).await;
    assert!(
        matches!(unknown, Err(KeyOperationError::Unknown(_))),
        "{unknown:?}"
    );
}
