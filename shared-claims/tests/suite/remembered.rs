//! Tokens that have been checked before: their signature is not checked again, everything that may
//! have changed since is.

use std::time::Duration;

use serde_json::json;
use shared_claims::verify::Rejection;

use crate::{
    status::world::{DUE, KEYS, World, keys_document, until},
    support::TestKey,
};

fn recognised(world: &World) -> u64 {
    world.verifier.keys().stats().recognised()
}

#[tokio::test]
async fn a_token_is_checked_once_and_recognised_after_that() {
    let world = World::start().await.seen().await;
    let token = world.token(1);
    for _ in 0..5 {
        assert_eq!(world.judged(&token), None);
    }
    assert_eq!(recognised(&world), 4);
    let other = world.token(2);
    assert_eq!(world.judged(&other), None);
    assert_eq!(recognised(&world), 4);
    // Anything else, and it is another token.
    let forged = format!("{token}A");
    assert!(world.judged(&forged).is_some());
    let large = "x".repeat(9 * 1024);
    assert_eq!(world.judged(&large), Some(Rejection::TooLarge));
    assert_eq!(recognised(&world), 4);
}

/// RS-04: the bit is looked at every time.
#[tokio::test]
async fn a_recognised_token_is_refused_as_soon_as_it_is_revoked() {
    let world = World::start().await.seen().await;
    let token = world.token(1);
    assert_eq!((world.judged(&token), world.judged(&token)), (None, None));
    world.clock.advance(Duration::from_secs(1));
    world.publish(&[1]);
    world.fetched_after(DUE).await;
    assert_eq!(world.judged(&token), Some(Rejection::Revoked));
}

/// JV-11
#[tokio::test]
async fn jv_11_a_recognised_token_ends_at_its_time() {
    let world = World::start().await;
    let now = world.clock_now();
    let claims = json!({"iss": world.issuer.url(), "iat": now, "exp": now + 60});
    let token = world.key.token(json!({}), claims);
    assert_eq!((world.judged(&token), world.judged(&token)), (None, None));
    world.clock.advance(Duration::from_mins(1));
    assert_eq!(
        world.judged(&token),
        None,
        "within the leeway, by a full check"
    );
    assert_eq!(recognised(&world), 1);
    world.clock.advance(Duration::from_secs(30));
    assert_eq!(world.judged(&token), Some(Rejection::Expired));
}

/// JWK-08: other keys, and nothing is recognised any more.
#[tokio::test]
async fn a_recognised_token_is_refused_when_its_key_is_withdrawn() {
    let world = World::start().await;
    let claims = json!({"iss": world.issuer.url()});
    let token = world.key.token(json!({}), claims);
    assert_eq!((world.judged(&token), world.judged(&token)), (None, None));
    let next = TestKey::eddsa("k-2");
    world.issuer.publish(KEYS, keys_document(&[&next]));
    world.clock.advance(Duration::from_mins(4));
    until(|| world.verifier.keys().stats().fetched_anew() == 2).await;
    assert_eq!(world.judged(&token), Some(Rejection::UnknownKey));
    // The same id, another key.
    let impostor = TestKey::eddsa("k-1");
    world.issuer.publish(KEYS, keys_document(&[&impostor]));
    world.clock.advance(Duration::from_mins(4));
    until(|| world.verifier.keys().stats().fetched_anew() == 3).await;
    assert_eq!(world.judged(&token), Some(Rejection::BadSignature));
}

#[tokio::test]
async fn the_memory_is_bounded_and_may_be_none() {
    let world = World::start().await.seen().await;
    let none = world.verifier.clone().remembering(0);
    let small = world.verifier.clone().remembering(8);
    let token = world.token(1);
    for _ in 0..3 {
        assert!(none.verify_now(&token).is_ok());
    }
    assert_eq!(recognised(&world), 0);
    let tokens: Vec<String> = (0..60).map(|idx| world.token(idx)).collect();
    for token in tokens.iter().chain(&tokens) {
        assert!(small.verify_now(token).is_ok());
    }
    assert!(recognised(&world) <= 8, "{}", recognised(&world));
}
