//! Changes as they happen. The stream denies; it never forgives.

use std::time::Duration;

use serde_json::json;
use shared_claims::verify::Rejection;

use super::world::{DUE, LIST, TTL, World, until};
use crate::injector::{Document, EVENTS, Fault};

/// A world whose list has been seen and whose stream is open and has had the lists fetched again.
async fn listening() -> World {
    let world = World::with(|builder| builder).await.seen().await;
    world.issuer.is_listened_to(1).await;
    until(|| {
        // Woken by the stream, the list takes a breath on the clock before it is fetched.
        world.clock.advance(Duration::from_millis(10));
        world.issuer.hits(LIST) == 2
    })
    .await;
    until(|| world.outcomes() == 2).await;
    world
}

fn event(world: &World, id: u64, idx: &[u64]) -> String {
    let data = json!({"uri": world.uri(), "idx": idx});
    format!("event: status\nid: {id}\ndata: {data}\n\n")
}

/// The list has been asked for late enough to know what the stream said before it was open, even out of a
/// cache: from now on the stream says everything.
async fn following() -> World {
    let world = listening().await;
    for id in 1..=2 {
        world.fetched_after(DUE).await;
        world.issuer.send(&event(&world, id, &[]));
        until(|| world.verifier.keys().stats().stream().events() == id).await;
    }
    assert_eq!(world.verifier.keys().status_age(), Some(Duration::ZERO));
    world
}

#[tokio::test]
async fn a_change_on_the_stream_is_in_force_at_once() {
    let world = listening().await;
    let (first, second, third) = (world.token(7), world.token(8), world.token(9));
    world.issuer.send(&event(&world, 1, &[7, 9]));
    until(|| world.judged(&first) == Some(Rejection::Revoked)).await;
    assert_eq!(world.judged(&second), None);
    until(|| world.judged(&third) == Some(Rejection::Revoked)).await;
    assert_eq!(world.issuer.hits(LIST), 2, "nothing was fetched");
    let stream = world.verifier.keys().stats().stream();
    assert_eq!(
        (stream.events(), stream.denied(), stream.is_connected()),
        (1, 2, true)
    );
}

/// The next list comes from an instance that does not know yet.
#[tokio::test]
async fn what_the_stream_denied_stays_denied() {
    let world = listening().await;
    let token = world.token(7);
    world.issuer.send(&event(&world, 1, &[7]));
    until(|| world.judged(&token) == Some(Rejection::Revoked)).await;
    world.clock.advance(Duration::from_secs(1));
    world.publish(&[]);
    world.fetched_after(DUE).await;
    assert_eq!(world.verifier.keys().stats().lists().fetched_anew(), 2);
    assert_eq!(world.judged(&token), Some(Rejection::Revoked));
}

#[tokio::test]
async fn nothing_on_the_stream_makes_a_revoked_token_good() {
    let world = World::with(|builder| builder).await;
    world.publish(&[7]);
    let token = world.token(7);
    assert_eq!(
        world.verifier.verify(&token).await.err(),
        Some(Rejection::Revoked)
    );
    world.issuer.is_listened_to(1).await;
    let uri = world.uri();
    for text in [
        event(&world, 1, &[]),
        event(&world, 2, &[7, 7]),
        format!("event: status\nid: 3\ndata: {{\"uri\":\"{uri}\",\"idx\":[-7]}}\n\n"),
        format!("event: clear\ndata: {{\"uri\":\"{uri}\",\"idx\":[7]}}\n\n"),
        "event: status\ndata: nonsense\n\n".to_owned(),
        format!("event: status\ndata: {{\"uri\":\"{uri}\",\"idx\":[18446744073709551615]}}\n\n"),
    ] {
        world.issuer.send(&text);
    }
    until(|| world.verifier.keys().stats().stream().events() == 5).await;
    assert_eq!(world.judged(&token), Some(Rejection::Revoked));
    assert_eq!(world.judged(&world.token(8)), None);
}

/// While the stream says what happens, lists are fetched seldom and are fresh all the same; when it ends,
/// they are fetched at once.
#[tokio::test]
async fn a_list_that_is_followed_is_fetched_seldom_and_stays_fresh() {
    let world = following().await;
    let before = world.issuer.hits(LIST);
    let age = || world.verifier.keys().status_age().unwrap();
    for _ in 0..36 {
        world.clock.advance(Duration::from_secs(5));
        assert_eq!(age(), Duration::from_secs(5));
        world.issuer.send(":\n\n");
        until(|| age() == Duration::ZERO).await;
    }
    assert_eq!(
        world.issuer.hits(LIST),
        before,
        "three minutes without a fetch"
    );
    world.publish(&[7]);
    world.issuer.send("");
    let revoked = world.token(7);
    until(|| {
        world.clock.advance(Duration::from_millis(10));
        world.judged(&revoked) == Some(Rejection::Revoked)
    })
    .await;
}

/// `reset`: too much has happened; ask for the lists.
#[tokio::test]
async fn a_reset_has_the_lists_fetched_again() {
    let world = listening().await;
    let token = world.token(7);
    world.publish(&[7]);
    world.issuer.send("event: reset\nid: 5\ndata: {}\n\n");
    until(|| {
        world.clock.advance(Duration::from_millis(10));
        world.judged(&token) == Some(Rejection::Revoked)
    })
    .await;
    assert_eq!(world.verifier.keys().stats().stream().resets(), 1);
}

/// A stream that breaks is opened again, and what was missed is fetched or sent.
#[tokio::test]
async fn a_broken_stream_is_opened_again() {
    let world = listening().await;
    let stream = || world.verifier.keys().stats().stream();
    world.issuer.send("");
    until(|| !stream().is_connected()).await;
    until(|| {
        world.clock.advance(Duration::from_millis(100));
        stream().is_connected()
    })
    .await;
    assert_eq!((stream().connections(), stream().failures()), (2, 1));
    let token = world.token(7);
    world.issuer.is_listened_to(1).await;
    world.issuer.send(&event(&world, 9, &[7]));
    until(|| world.judged(&token) == Some(Rejection::Revoked)).await;
}

/// TSL-24: a stream that dies without a word makes no revocation later than polling would be.
#[tokio::test]
async fn tsl_24_a_stream_that_died_unnoticed_is_replaced_within_the_ttl() {
    let world = following().await;
    world.publish(&[7]);
    let (revoked, since) = (world.token(7), world.clock_monotonic());
    let fetched = world.issuer.hits(LIST);
    until(|| {
        world.clock.advance(Duration::from_millis(2));
        world.issuer.hits(LIST) > fetched
    })
    .await;
    let lag = world.clock_monotonic().saturating_sub(since);
    assert!(lag <= TTL + Duration::from_secs(1), "{lag:?}");
    until(|| world.judged(&revoked) == Some(Rejection::Revoked)).await;
}

/// A server, or a proxy, that ends every stream at once is not asked twice a second for ever.
#[tokio::test]
async fn a_stream_that_never_lasts_is_asked_for_less_and_less() {
    let world = World::with(|builder| builder).await;
    let short = Document::new("text/event-stream", ": hello\n\n");
    world.issuer.inject(EVENTS, Fault::Instead(short));
    let world = world.seen().await;
    for _ in 0..120 {
        world.clock.advance(Duration::from_millis(500));
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
    }
    let asked = (world.issuer.hits(EVENTS), world.issuer.hits(LIST));
    assert!((3..=12).contains(&asked.0), "{asked:?}");
    assert!(asked.1 <= 36, "{asked:?}");
    assert_eq!(world.judged(&world.token(1)), None);
}

/// A connection that says nothing is dead after three heart-beats, whatever TCP thinks of it.
#[tokio::test]
async fn a_stream_that_falls_silent_is_opened_again() {
    let world = listening().await;
    let stream = || world.verifier.keys().stats().stream();
    let before = stream().connections();
    until(|| {
        world.clock.advance(Duration::from_secs(1));
        stream().connections() > before
    })
    .await;
    assert!(stream().failures() >= 1);
}

/// Without a stream everything works as before, and the server is not pressed.
#[tokio::test]
async fn a_server_without_a_stream_is_asked_less_and_less() {
    let world = World::with(|builder| builder).await;
    world.issuer.inject(EVENTS, Fault::Status(404));
    let world = world.seen().await;
    for _ in 0..60 {
        world.clock.advance(Duration::from_secs(1));
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
    }
    let asked = world.issuer.hits(EVENTS);
    assert!((3..=12).contains(&asked), "{asked}");
    assert_eq!(world.judged(&world.token(1)), None);
}
