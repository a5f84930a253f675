//! Rotation: announced, on time, once, and without one token that does not verify.

use super::*;

/// JWK-07: the life of a key as a verifier sees it.
#[tokio::test]
async fn jwk_07_both_keys_are_published_around_the_switch_and_old_tokens_verify_until_they_expire()
{
    let world = World::new(&[Algorithm::ES256]).await;
    let (first, etag) = (world.kid(), world.ring.jwks().etag.clone());
    assert!(!world.tend().await, "nothing is due");
    assert_eq!(world.ring.jwks().etag, etag);

    world.hand.advance(ANNOUNCE_AT);
    assert!(world.tend().await);
    assert_eq!(world.kid(), first, "announced, not used");
    assert_ne!(world.ring.jwks().etag, etag);
    let both = published(&world.ring);
    assert_eq!((both.len(), &both[0]), (2, &first));
    assert!(!world.tend().await, "announced once");

    world.hand.advance(HOUR);
    let old_token = world.sign();
    assert!(world.tend().await);
    let second = world.kid();
    assert_ne!(second, first);
    assert!(both.contains(&second));
    assert_eq!(published(&world.ring), [second.clone(), first.clone()]);
    assert!(verifies(&world.ring, &old_token) && verifies(&world.ring, &world.sign()));

    world.hand.advance(Duration::from_secs(3599));
    world.tend().await;
    assert!(verifies(&world.ring, &old_token), "until its last second");
    world.hand.advance(Duration::from_secs(1));
    world.tend().await;
    assert_eq!(published(&world.ring), std::slice::from_ref(&second));
    assert_eq!(world.states().await, [(second, KeyState::Active)]);
}

/// JWK-07: several instances rotate once, whoever comes first, and end with the same keys.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn jwk_07_many_instances_rotate_once() {
    let (store, hand) = (fresh().await, HandClock::at(NOW));
    let mut rings = Vec::new();
    for _ in 0..6 {
        let store = crate::store::testing::open(&store.database).await;
        rings.push(open(&store, &hand).await.unwrap());
    }
    for round in 1..=5 {
        hand.advance(ANNOUNCE_AT);
        tend_all(&rings, &hand).await;
        assert_eq!(
            count(&store, KeyState::Next).await,
            1,
            "round {round}: announced once"
        );
        hand.advance(HOUR);
        tend_all(&rings, &hand).await;
        for (state, expected) in [
            (KeyState::Next, 0),
            (KeyState::Active, 1),
            (KeyState::Retiring, 1),
        ] {
            assert_eq!(
                count(&store, state).await,
                expected,
                "round {round}: {state:?}"
            );
        }
        for ring in &rings {
            ring.reload(Clock::Hand(hand.clone()).now()).await.unwrap();
        }
        let kids: Vec<KeyId> = rings
            .iter()
            .map(|ring| ring.signer(None).unwrap().kid().clone())
            .collect();
        assert!(
            kids.iter().all(|kid| kid == &kids[0]),
            "round {round}: {kids:?}"
        );
    }
}

async fn count(store: &Store, state: KeyState) -> usize {
    let records = signing_keys::all(store.read()).await.unwrap();
    records
        .iter()
        .filter(|record| record.state == state)
        .count()
}

/// All instances at once.
async fn tend_all(rings: &[KeyRing], hand: &HandClock) {
    let now = Clock::Hand(hand.clone()).now();
    let tending: Vec<_> = rings
        .iter()
        .cloned()
        .map(|ring| tokio::spawn(async move { ring.tend(now).await.unwrap() }))
        .collect();
    let mut did = false;
    for ring in tending {
        did |= ring.await.unwrap();
    }
    assert!(did);
}

/// A verifier that caches the set for as long as it may never meets an unknown key: looks every four
/// minutes around ten rotations, at ever other moments of its cache.
#[tokio::test]
async fn jwk_07_a_verifier_with_a_cached_set_never_meets_an_unknown_key() {
    let world = World::new(&[Algorithm::EdDSA]).await;
    let cache_for = Duration::from_mins(5);
    let mut cached = (world.now(), published(&world.ring));
    let (mut looks, mut rotations, mut signing) = (0, 0, world.kid());
    while rotations < 10 {
        let step = if published(&world.ring).len() > 1 {
            Duration::from_mins(4)
        } else {
            Duration::from_hours(90 * 24 - 3) + Duration::from_secs(looks)
        };
        world.hand.advance(step);
        world.tend().await;
        if world.now().since(cached.0) >= cache_for {
            cached = (world.now(), published(&world.ring));
        }
        let kid = world.kid();
        assert!(
            cached.1.contains(&kid),
            "signed with a key the verifier has not seen"
        );
        looks += 1;
        if kid != signing {
            rotations += 1;
            signing = kid;
        }
    }
    println!("{rotations} rotations, {looks} looks, none at an unknown key");
}
