//! Lists that are fetched when a token first names them, and again and again after that.

use std::time::Duration;

use serde_json::json;
use shared_claims::{remote::OnStale, verify::Rejection};

use super::world::{DUE, KEYS, LIST, World, keys_document, until};
use crate::{
    injector::{Document, Fault, Injector},
    support::TestKey,
};

/// TSL-20, TSL-24, RS-04
#[tokio::test]
async fn tsl_24_a_revoked_token_is_refused_with_the_next_list() {
    let world = World::start().await;
    let (revoked, other) = (world.token(7), world.token(8));
    assert_eq!(world.verifier.verify(&revoked).await.err(), None);
    world.clock.advance(Duration::from_secs(1));
    world.publish(&[7]);
    assert_eq!(world.judged(&revoked), None);
    world.fetched_after(DUE).await;
    assert_eq!(world.judged(&revoked), Some(Rejection::Revoked));
    assert!(!Rejection::Revoked.is_outage());
    assert_eq!(world.judged(&other), None);
    assert_eq!(world.verifier.keys().status_lists(), 1);
}

/// TSL-20: fetched once for all who wait, and not again for who comes after them.
#[tokio::test]
async fn tsl_20_a_list_is_fetched_when_first_seen_and_waited_for() {
    let world = World::start().await;
    let tokens: Vec<String> = (0..20).map(|idx| world.token(idx)).collect();
    assert_eq!(world.judged(&tokens[0]), Some(Rejection::StatusMissing));
    assert!(Rejection::StatusMissing.is_outage());
    let mut waiting = tokio::task::JoinSet::new();
    for token in tokens {
        let verifier = world.verifier.clone();
        waiting.spawn(async move { verifier.verify(&token).await.err() });
    }
    assert!(waiting.join_all().await.iter().all(Option::is_none));
    assert_eq!(world.issuer.hits(LIST), 1);
    assert_eq!(world.judged(&world.token(30)), None);
    assert_eq!(world.issuer.hits(LIST), 1);
}

/// JV-04, TSL-20: a list elsewhere is not asked for, however well the token is signed.
#[tokio::test]
async fn jv_04_a_list_that_is_not_the_issuers_is_never_asked_for() {
    let canary = Injector::start().await;
    let world = World::start().await;
    for uri in [
        format!("{}/oauth2/status/1", canary.url()),
        format!("{}@127.0.0.1/1", world.issuer.url()),
        format!("{}/../oauth2/status/1", world.issuer.url()),
        "file:///etc/passwd".to_owned(),
        String::new(),
    ] {
        let token = world.token_at(1, &uri);
        let judged = world.verifier.verify(&token).await.err();
        assert_eq!(judged, Some(Rejection::StatusForeign), "{uri}");
    }
    assert_eq!(canary.all_hits(), 0);
    assert_eq!(world.issuer.hits(LIST), 0);

    let stranger = TestKey::eddsa("k-1");
    let forged = stranger.token(
        json!({}),
        json!({"iss": world.issuer.url(), "status": {"status_list": {"idx": 1, "uri": world.uri()}}}),
    );
    assert_eq!(world.judged(&forged), Some(Rejection::BadSignature));
    tokio::task::yield_now().await;
    assert_eq!(world.issuer.hits(LIST), 0, "the signature comes first");
}

/// TSL-21
#[tokio::test]
async fn tsl_21_an_index_beyond_the_end_is_refused() {
    let world = World::start().await.seen().await;
    for idx in [64, u64::MAX] {
        let judged = world.verifier.verify(&world.token(idx)).await.err();
        assert_eq!(judged, Some(Rejection::StatusOutOfBounds));
    }
    assert_eq!(world.judged(&world.token(63)), None);
}

/// TSL-05: two bits per entry; what is not valid is refused, whatever it means.
#[tokio::test]
async fn tsl_05_suspended_and_unknown_values_are_refused() {
    let world = World::start().await;
    let lst = super::world::compressed(&[0b11_10_01_00]);
    let list = json!({"status_list": {"bits": 2, "lst": lst}});
    world.issuer.publish(LIST, world.document(&[], list));
    for (idx, expected) in [
        (0, None),
        (1, Some(Rejection::Revoked)),
        (2, Some(Rejection::Suspended)),
        (3, Some(Rejection::Suspended)),
    ] {
        let judged = world.verifier.verify(&world.token(idx)).await.err();
        assert_eq!(judged, expected, "{idx}");
    }
}

/// TSL-06, JWK-09
#[tokio::test]
async fn an_unchanged_list_is_confirmed_by_its_tag_until_it_expires() {
    let world = World::start().await.seen().await;
    let lists = || world.verifier.keys().stats().lists();
    for confirmed in 1..=3 {
        world.fetched_after(DUE).await;
        assert_eq!(
            (lists().not_modified(), lists().fetched_anew()),
            (confirmed, 1)
        );
        assert_eq!(world.verifier.keys().status_age(), Some(Duration::ZERO));
    }
    // Past `exp` it takes a new signature: the server is asked for the whole list.
    world.fetched_after(Duration::from_mins(61)).await;
    assert_eq!(lists().not_modified(), 3);
    assert_eq!(
        world.list_failures("status_list"),
        1,
        "the old one has expired"
    );
}

/// TSL-22: `ttl` outranks `Cache-Control`.
#[tokio::test]
async fn tsl_22_the_ttl_of_the_list_outranks_the_headers() {
    let world = World::start().await;
    let list = world
        .document(&[], json!({}))
        .with("Cache-Control", "max-age=3600");
    world.issuer.publish(LIST, list);
    let world = world.seen().await;
    world.fetched_after(DUE).await;
    assert_eq!(world.issuer.hits(LIST), 2);
}

/// TSL-20, TSL-22: a list ends by its own `exp`, however long the policy would go on with it; where it goes
/// on with anything, it goes on with that too.
#[tokio::test]
async fn tsl_20_a_list_at_hand_ends_at_its_exp() {
    for (on_stale, expected) in [
        (OnStale::Refuse, Some(Rejection::StatusStale)),
        (OnStale::Accept, None),
    ] {
        let world = World::with(|builder| builder.status_stream(false).on_stale(on_stale)).await;
        let exp = world.clock_now() + 60;
        world
            .issuer
            .publish(LIST, world.document(&[7], json!({"exp": exp})));
        let world = world.seen().await;
        world.issuer.inject(LIST, Fault::Status(500));
        world.fetched_after(Duration::from_secs(89)).await;
        let token = world.token(1);
        assert_eq!(world.judged(&token), None, "within the leeway");
        world.clock.advance(Duration::from_secs(1));
        assert_eq!(world.judged(&token), expected);
        assert_eq!(world.judged(&world.token(7)), Some(Rejection::Revoked));
    }
}

/// TSL-22: a list that ends before its `ttl` is asked for again before it ends.
#[tokio::test]
async fn tsl_22_the_exp_of_the_list_outranks_its_ttl() {
    let world = World::start().await;
    let exp = world.clock_now() + 60;
    let list = world.document(&[], json!({"ttl": 3_600, "exp": exp}));
    world.issuer.publish(LIST, list);
    let world = world.seen().await;
    world.clock.advance(Duration::from_secs(1));
    world.publish(&[7]);
    world.fetched_after(Duration::from_secs(71)).await;
    assert_eq!(world.judged(&world.token(7)), Some(Rejection::Revoked));
}

/// TSL-20: what a cache on the way has kept is as old as the cache says, not as fresh as its answer.
#[tokio::test]
async fn a_list_out_of_a_cache_is_as_old_as_it_says() {
    let world = World::with(|builder| {
        builder
            .status_stream(false)
            .max_staleness(Duration::from_mins(1))
    })
    .await;
    world.clock.advance(Duration::from_mins(5));
    until(|| world.verifier.keys().age() == Some(Duration::ZERO)).await;
    let cached = |age: &str| world.document(&[], json!({})).with("Age", age);
    world.issuer.publish(LIST, cached("40"));
    let token = world.token(1);
    assert_eq!(world.verifier.verify(&token).await.err(), None);
    let age = world.verifier.keys().status_age();
    assert_eq!(age, Some(Duration::from_secs(40)));
    world.issuer.publish(LIST, cached("61"));
    world.fetched_after(DUE).await;
    // The same list, by its tag, out of a cache that has not reached the issuer for a minute.
    world.clock.advance(Duration::from_secs(13));
    assert_eq!(world.judged(&token), Some(Rejection::StatusStale));
}

/// A list from a cache or a slower instance takes no revocation back.
#[tokio::test]
async fn an_older_list_takes_nothing_back_and_a_newer_one_may() {
    let world = World::start().await;
    world.clock.advance(Duration::from_secs(2));
    let at = |iat: i64, revoked: &[u64]| {
        world
            .issuer
            .publish(LIST, world.document(revoked, json!({"iat": iat})));
    };
    let start = crate::support::NOW;
    at(start + 2, &[5]);
    let token = world.token(5);
    assert_eq!(
        world.verifier.verify(&token).await.err(),
        Some(Rejection::Revoked)
    );
    at(start + 1, &[]);
    world.fetched_after(DUE).await;
    assert_eq!(world.list_failures("older"), 1);
    assert_eq!(world.judged(&token), Some(Rejection::Revoked));
    at(start + 1, &[5, 6]);
    world.fetched_after(DUE).await;
    assert_eq!(world.list_failures("older"), 1, "it only adds");
    at(start + 1, &[5]);
    world.fetched_after(DUE).await;
    assert_eq!(
        world.list_failures("older"),
        2,
        "of two made in one second, the one that knows less"
    );
    assert_eq!(world.judged(&world.token(6)), Some(Rejection::Revoked));
    at(start + 9, &[6]);
    world.fetched_after(DUE).await;
    assert_eq!(world.judged(&token), None);
}

/// TSL-10: lists come and go; the verifier holds a bounded number of them.
#[tokio::test]
async fn the_number_of_lists_is_bounded() {
    let world = World::start().await;
    for n in 0..270 {
        let path = format!("/oauth2/status/{n}");
        let uri = format!("{}{path}", world.issuer.url());
        world
            .issuer
            .publish(&path, world.document(&[], json!({"sub": uri})));
        assert_eq!(
            world.verifier.verify(&world.token_at(1, &uri)).await.err(),
            None,
            "{n}"
        );
        world.clock.advance(Duration::from_millis(10));
    }
    assert_eq!(world.verifier.keys().status_lists(), 256);
}

/// A list nobody names any more is not asked for any more.
#[tokio::test]
async fn a_list_that_is_not_used_is_dropped() {
    let world = World::start().await.seen().await;
    let mut hours = 0;
    while world.verifier.keys().status_lists() > 0 {
        world.publish(&[]);
        world.fetched_after(Duration::from_mins(30)).await;
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        hours += 1;
        assert!(hours < 5);
    }
    assert_eq!(
        world.verifier.verify(&world.token(0)).await.err(),
        None,
        "and found again"
    );
}

/// JWK-08: a list signed by a key that is newer than our key set has the key fetched at once, cool-down
/// or not: after an emergency it is the list that says so first.
#[tokio::test]
async fn jwk_08_a_list_signed_by_a_new_key_is_taken_within_seconds() {
    let world = World::start().await.seen().await;
    let next = TestKey::es256("k-2");
    world
        .issuer
        .publish(KEYS, keys_document(&[&world.key, &next]));
    let token = world.list_token(&next, &[3], json!({}));
    let list = Document::new("application/statuslist+jwt", token);
    world.issuer.publish(LIST, list);
    let revoked = world.token(3);
    world.fetched_after(DUE).await;
    until(|| world.verifier.keys().stats().fetched_anew() == 2).await;
    world.fetched_after(Duration::from_secs(1)).await;
    assert_eq!(world.judged(&revoked), Some(Rejection::Revoked));
    assert_eq!(world.issuer.hits(KEYS), 2);
}

/// Tokens without a status are accepted unless the policy asks for one.
#[tokio::test]
async fn a_token_without_status_is_a_matter_of_policy() {
    use shared_claims::{remote::RemoteVerifier, verify::Policy};
    let world = World::start().await;
    let issuer = world.issuer.url();
    let token = world.key.token(json!({}), json!({"iss": issuer}));
    assert_eq!(world.judged(&token), None);
    let strict = Policy::new(&issuer, crate::support::API).require(["status"]);
    let strict = RemoteVerifier::new(world.verifier.keys().clone(), strict).unwrap();
    assert_eq!(
        strict.verify_now(&token).err(),
        Some(Rejection::ClaimMissing)
    );
    assert_eq!(strict.verify(&world.token(1)).await.err(), None);
}
