//! The stated policy, at the limit and around it, for lists that cannot be had.

use std::time::Duration;

use shared_claims::{
    remote::{Freshness, OnStale},
    verify::Rejection,
};

use super::world::{LIST, World};
use crate::injector::Fault;

const LIMIT: Duration = Duration::from_mins(10);

/// The list was had once; its server has been failing for exactly as long as is allowed.
async fn at_the_limit(on_stale: OnStale) -> World {
    let world = World::with(|builder| {
        builder
            .status_stream(false)
            .max_staleness(LIMIT)
            .on_stale(on_stale)
    })
    .await;
    world.publish(&[7]);
    let world = world.seen().await;
    world.issuer.inject(LIST, Fault::Status(500));
    world.fetched_after(LIMIT).await;
    assert_eq!(world.verifier.keys().status_age(), Some(LIMIT));
    assert_eq!(world.judged(&world.token(1)), None, "good until the limit");
    // The keys are in order: it is the list that is stale.
    while world.verifier.keys().age() != Some(Duration::ZERO) {
        tokio::task::yield_now().await;
    }
    world.clock.advance(Duration::from_secs(1));
    world
}

#[tokio::test]
async fn beyond_the_limit_tokens_are_refused_until_the_list_is_back() {
    let world = at_the_limit(OnStale::Refuse).await;
    assert_eq!(world.judged(&world.token(1)), Some(Rejection::StatusStale));
    assert!(Rejection::StatusStale.is_outage());
    let revoked = world.judged(&world.token(7));
    assert_eq!(revoked, Some(Rejection::Revoked), "what is known is said");
    world.issuer.lift_all();
    world.publish(&[]);
    world.fetched_after(Duration::from_secs(10)).await;
    assert_eq!(world.judged(&world.token(1)), None);
}

#[tokio::test]
async fn beyond_the_limit_tokens_are_accepted_where_that_is_the_policy() {
    let world = at_the_limit(OnStale::Accept).await;
    assert_eq!(world.judged(&world.token(1)), None);
    assert_eq!(world.judged(&world.token(7)), Some(Rejection::Revoked));
}

/// A route that is worth more refuses earlier; the rest of the service goes on.
#[tokio::test]
async fn a_route_may_have_a_limit_of_its_own() {
    let world = World::start().await.seen().await;
    let strict = world
        .verifier
        .with_freshness(Freshness::at_most(Duration::from_secs(30)));
    world.issuer.inject(LIST, Fault::Close);
    world.fetched_after(Duration::from_secs(30)).await;
    let token = world.token(1);
    assert_eq!(strict.verify_now(&token).err(), None);
    world.clock.advance(Duration::from_secs(1));
    let refused = strict.verify_now(&token).err();
    assert_eq!(refused, Some(Rejection::StatusStale));
    assert_eq!(world.judged(&token), None);
}

/// A list that never came is the stalest of all.
#[tokio::test]
async fn a_list_that_cannot_be_had_at_all_follows_the_policy() {
    for (on_stale, expected) in [
        (OnStale::Refuse, Some(Rejection::StatusMissing)),
        (OnStale::Accept, None),
    ] {
        let world = World::with(|builder| builder.status_stream(false).on_stale(on_stale)).await;
        world.issuer.inject(LIST, Fault::Status(503));
        let token = world.token(1);
        for _ in 0..50 {
            assert_eq!(world.verifier.verify(&token).await.err(), expected);
        }
        assert_eq!(
            world.issuer.hits(LIST),
            1,
            "one attempt, not one for each token"
        );
    }
}

/// A restart of the issuer is noticed by nobody.
#[tokio::test]
async fn an_issuer_that_is_away_for_a_while_is_not_missed() {
    let world = World::start().await.seen().await;
    for fault in [
        Fault::Close,
        Fault::Status(500),
        Fault::Redirect(world.uri()),
    ] {
        world.issuer.inject(LIST, fault);
        for _ in 0..5 {
            world.fetched_after(Duration::from_secs(10)).await;
            assert_eq!(world.judged(&world.token(1)), None);
        }
    }
    assert_eq!(world.issuer.hits(LIST), 16);
}

#[tokio::test]
async fn a_service_that_does_not_want_lists_asks_for_none() {
    let world = World::with(|builder| builder.status_lists(false)).await;
    assert_eq!(world.verifier.verify(&world.token(1)).await.err(), None);
    assert_eq!(world.issuer.hits(LIST), 0);
    assert_eq!(world.verifier.keys().status_age(), None);
}
