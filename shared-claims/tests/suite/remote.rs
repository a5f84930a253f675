//! Keys from an issuer that is slow, down, wrong or under attack (JWK-12, JWK-13, JV-04, JV-06).
//!
//! A real server on a free port, and a clock moved by hand. A test waits for what the server has
//! seen and for the refreshing task to sleep again, never for time to pass.

use std::{
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use serde_json::json;
use shared_claims::{
    remote::{
        Clock as _, ManualClock, OnStale, RemoteKeys, RemoteKeysBuilder, RemoteKeysError,
        RemoteVerifier,
    },
    verify::{KeySet, Policy, PolicyError, Rejection},
};

use crate::{
    issuer::{Answer, FakeIssuer},
    support::{API, TestKey, jwks, now},
};

const MINUTE: Duration = Duration::from_mins(1);
const COOL_DOWN: Duration = Duration::from_secs(30);
/// No scheduled refresh is later than this: 80 % of five minutes.
const DUE: Duration = Duration::from_mins(4);

/// An issuer with one key, and a service that verifies its tokens.
struct World {
    key: TestKey,
    issuer: FakeIssuer,
    clock: ManualClock,
    verifier: RemoteVerifier,
}

impl World {
    /// Everything is up and the keys are there.
    async fn ready() -> Self {
        let world = Self::with(|builder| builder).await;
        world.verifier.keys().ready().await;
        world.clock.someone_sleeps().await;
        world
    }

    async fn with(set: impl FnOnce(RemoteKeysBuilder) -> RemoteKeysBuilder) -> Self {
        let key = TestKey::eddsa("k-1");
        let issuer = FakeIssuer::start(Answer::keys(jwks(&[&key]))).await;
        let clock = ManualClock::at(now());
        let builder = RemoteKeys::builder(issuer.url()).clock(Arc::new(clock.clone()));
        let keys = set(builder).start().unwrap();
        let verifier = RemoteVerifier::new(keys, Policy::new(issuer.url(), API)).unwrap();
        Self {
            key,
            issuer,
            clock,
            verifier,
        }
    }

    fn keys(&self) -> &RemoteKeys {
        self.verifier.keys()
    }

    /// A token that is good now.
    fn token_of(&self, key: &TestKey) -> String {
        let now = self.clock.now().seconds();
        key.token(
            json!({}),
            json!({"iss": self.issuer.url(), "iat": now, "exp": now + 900}),
        )
    }

    fn token(&self) -> String {
        self.token_of(&self.key)
    }

    fn accepts(&self) -> Option<Rejection> {
        self.verifier.verify_now(&self.token()).err()
    }

    /// Lets time pass until the next fetch has been made and its outcome noted.
    async fn fetched_after(&self, wait: Duration) {
        let hits = self.issuer.hits();
        self.clock.advance(wait);
        self.issuer.was_hit(hits + 1).await;
        self.clock.someone_sleeps().await;
    }

    fn failures(&self, label: &str) -> u64 {
        self.keys()
            .stats()
            .failures()
            .find(|(name, _)| *name == label)
            .unwrap()
            .1
    }
}

/// JWK-12
#[tokio::test]
async fn the_keys_are_found_through_discovery() {
    let world = World::ready().await;
    assert_eq!(world.accepts(), None);
    assert!(world.verifier.verify(&world.token()).await.is_ok());
    assert_eq!(world.keys().age(), Some(Duration::ZERO));
    assert_eq!(world.keys().stats().fetches(), 1);
    assert_eq!(world.keys().stats().accepted(), 2);
}

#[tokio::test]
async fn a_stated_address_is_used_instead_of_discovery() {
    let key = TestKey::eddsa("k-1");
    let inside = FakeIssuer::start(Answer::keys(jwks(&[&key]))).await;
    let outside = World::with(|builder| builder.jwks_url(inside.keys_url())).await;
    outside.keys().ready().await;
    assert!(outside.verifier.verify_now(&outside.token_of(&key)).is_ok());
    assert_eq!(
        outside.issuer.connections(),
        0,
        "the public address was not needed"
    );
}

/// JB-09
#[tokio::test]
async fn a_discovery_document_of_another_issuer_gives_no_keys() {
    let world = World::with(|builder| builder).await;
    for other in ["https://evil.example", &format!("{}/", world.issuer.url())] {
        world.issuer.claims_to_be(other);
        let fetches = world.failures("wrong_issuer");
        while world.failures("wrong_issuer") == fetches {
            world.clock.someone_sleeps().await;
            world.clock.advance(MINUTE);
            tokio::task::yield_now().await;
        }
    }
    assert!(!world.keys().is_ready());
    assert_eq!(world.issuer.hits(), 0, "its keys were not even asked for");
}

/// JB-11: an issuer cannot point at plain http elsewhere, a file or the like.
#[tokio::test]
async fn a_discovery_document_cannot_send_the_verifier_anywhere() {
    let world = World::ready().await;
    for uri in [
        "http://10.0.0.1/keys",
        "file:///etc/passwd",
        "keys",
        "https://u:p@a.example/",
    ] {
        world.issuer.keys_are_at(uri);
        // A failure makes the next attempt look at the discovery document again.
        world.issuer.answers(Answer::Close);
        let before = world.failures("unsafe_url");
        while world.failures("unsafe_url") == before {
            world.clock.advance(DUE);
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(world.accepts(), None);
}

#[tokio::test]
async fn keys_that_have_moved_are_found_at_the_next_attempt() {
    let world = World::ready().await;
    let next = TestKey::eddsa("k-2");
    world
        .issuer
        .answers(Answer::tagged(jwks(&[&world.key]), "\"1\""));
    world.fetched_after(DUE).await;
    // The same tag, for another set.
    let elsewhere = FakeIssuer::start(Answer::tagged(jwks(&[&next]), "\"1\"")).await;
    world.issuer.keys_are_at(&elsewhere.keys_url());
    world.issuer.answers(Answer::reply("404 Not Found", "", ""));
    world.fetched_after(DUE).await;
    world.clock.advance(MINUTE);
    elsewhere.was_hit(1).await;
    world.clock.someone_sleeps().await;
    assert!(world.verifier.verify_now(&world.token_of(&next)).is_ok());
}

/// JWK-12, JV-04: whatever the issuer's endpoint does, the last good set stays.
#[tokio::test]
async fn nothing_an_endpoint_answers_takes_good_keys_away() {
    let canary = FakeIssuer::start(Answer::keys(jwks(&[&TestKey::eddsa("evil")]))).await;
    let deadline = Duration::from_secs(2);
    let world = World::with(|builder| builder.timeouts(deadline, deadline)).await;
    world.keys().ready().await;
    world.clock.someone_sleeps().await;

    let redirect = format!("Location: {}\r\n", canary.keys_url());
    let symmetric = r#"{"keys":[{"kty":"oct","k":"AAAA","kid":"k-1"}]}"#;
    let padded = format!("{}{}", jwks(&[&world.key]), " ".repeat(64 * 1_024));
    let many = json!({"keys": vec![world.key.jwk(); 33]}).to_string();
    for (answer, label) in [
        (Answer::keys(r#"{"keys":[]}"#), "key_set"),
        (Answer::keys(symmetric), "key_set"),
        (Answer::keys("<html>maintenance</html>"), "key_set"),
        (Answer::keys(""), "key_set"),
        (Answer::keys(r#"{"keys":["#), "key_set"),
        (Answer::keys(many), "key_set"),
        (Answer::keys(padded), "too_large"),
        (Answer::Endless, "too_large"),
        (
            Answer::reply("301 Moved Permanently", &redirect, ""),
            "status",
        ),
        (
            Answer::reply("307 Temporary Redirect", &redirect, ""),
            "status",
        ),
        (
            Answer::reply("500 Internal Server Error", "", jwks(&[&world.key])),
            "status",
        ),
        (Answer::reply("404 Not Found", "", ""), "status"),
        (Answer::reply("304 Not Modified", "", ""), "status"),
        (Answer::reply("204 No Content", "", ""), "status"),
        (Answer::Close, "unreachable"),
        (Answer::Silence, "timed_out"),
    ] {
        let before = world.failures(label);
        world.issuer.answers(answer.clone());
        world.fetched_after(DUE).await;
        assert_eq!(world.failures(label), before + 1, "{label}: {answer:?}");
        assert_eq!(world.accepts(), None, "{answer:?}");
    }
    assert_eq!(canary.connections(), 0, "a redirect was followed");
    assert_eq!(world.keys().stats().fetched_anew(), 1);

    let next = TestKey::eddsa("k-2");
    world.issuer.answers(Answer::keys(jwks(&[&next])));
    world.fetched_after(DUE).await;
    assert!(
        world.verifier.verify_now(&world.token_of(&next)).is_ok(),
        "and it recovers"
    );
}

/// JWK-09, JWK-12
#[tokio::test]
async fn an_unchanged_set_is_confirmed_by_its_tag() {
    let world = World::ready().await;
    let tagged = |key: &TestKey, tag| Answer::tagged(jwks(&[key]), tag);
    world.issuer.answers(tagged(&world.key, "\"one\""));
    world.fetched_after(DUE).await;
    assert_eq!(
        (
            world.keys().stats().fetched_anew(),
            world.keys().stats().not_modified()
        ),
        (2, 0)
    );
    world.fetched_after(DUE).await;
    assert_eq!(
        (
            world.keys().stats().fetched_anew(),
            world.keys().stats().not_modified()
        ),
        (2, 1)
    );
    assert_eq!(
        world.keys().age(),
        Some(Duration::ZERO),
        "a confirmation counts as fresh"
    );
    assert_eq!(world.accepts(), None);

    let next = TestKey::eddsa("k-2");
    world.issuer.answers(tagged(&next, "\"two\""));
    world.fetched_after(DUE).await;
    assert_eq!(world.keys().stats().fetched_anew(), 3);
    assert!(world.verifier.verify_now(&world.token_of(&next)).is_ok());
}

/// The tag of a set that was not taken must not confirm the one in use.
#[tokio::test]
async fn the_tag_of_a_refused_set_is_forgotten() {
    let world = World::ready().await;
    world
        .issuer
        .answers(Answer::tagged(r#"{"keys":[]}"#, "\"bad\""));
    world.fetched_after(DUE).await;
    world.fetched_after(DUE).await;
    assert_eq!(world.failures("key_set"), 2);
    assert_eq!(world.keys().stats().not_modified(), 0);
}

#[tokio::test]
async fn a_set_is_fetched_again_before_it_is_due_and_not_much_earlier() {
    let world = World::ready().await;
    world
        .clock
        .advance((DUE * 3 / 4).saturating_sub(Duration::from_secs(1)));
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(world.issuer.hits(), 1);
    world.fetched_after(DUE / 4 + Duration::from_secs(1)).await;
    assert_eq!(world.issuer.hits(), 2);
}

/// JV-06: 2,000 tokens with random key ids, valid ones between them.
#[tokio::test]
async fn jv_06_a_flood_of_unknown_key_ids_causes_one_fetch_per_cool_down() {
    let world = World::ready().await;
    let stranger = TestKey::eddsa("stranger");
    for window in 1..=3 {
        world.clock.advance(COOL_DOWN);
        let mut flood = tokio::task::JoinSet::new();
        for n in 0..2_000 {
            let token = stranger.token(json!({"kid": format!("{window}-{n}")}), json!({}));
            let verifier = world.verifier.clone();
            flood.spawn(async move { verifier.verify(&token).await.err() });
            if n % 100 == 0 {
                assert_eq!(world.accepts(), None);
            }
        }
        let outcomes = flood.join_all().await;
        assert!(
            outcomes
                .iter()
                .all(|outcome| *outcome == Some(Rejection::UnknownKey))
        );
        assert_eq!(world.issuer.hits(), 1 + window);
    }
    let unknown = world
        .keys()
        .stats()
        .refusals()
        .find(|(label, _)| *label == "unknown_key");
    assert_eq!(unknown, Some(("unknown_key", 6_000)));
}

/// JV-06: the window counts from the last attempt, also when that failed.
#[tokio::test]
async fn jv_06_a_dead_issuer_is_not_hammered() {
    let world = World::ready().await;
    world.issuer.answers(Answer::Close);
    world.clock.advance(COOL_DOWN);
    let unknown = TestKey::eddsa("unknown").token(json!({}), json!({}));
    for _ in 0..500 {
        assert_eq!(
            world.verifier.verify(&unknown).await.err(),
            Some(Rejection::UnknownKey)
        );
    }
    assert_eq!(world.issuer.hits(), 2);
    world.clock.someone_sleeps().await;
    assert_eq!(world.accepts(), None);
}

/// JV-06: while a fetch hangs, valid tokens are judged at once, and so is most of the flood.
#[tokio::test]
async fn jv_06_nobody_but_a_few_waits_for_a_slow_issuer() {
    let world = World::ready().await;
    world.issuer.answers(Answer::Silence);
    world.clock.advance(COOL_DOWN);
    let unknown = TestKey::eddsa("unknown").token(json!({}), json!({}));
    let at_once = |token: &str| {
        let mut judging = pin!(world.verifier.verify(token));
        match judging
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            Poll::Ready(judged) => Some(judged.err()),
            Poll::Pending => None,
        }
    };

    let mut waiting: Vec<_> = (0..200)
        .map(|_| Box::pin(world.verifier.verify(&unknown)))
        .collect();
    let mut context = Context::from_waker(Waker::noop());
    let pending: usize = waiting
        .iter_mut()
        .map(|judging| usize::from(judging.as_mut().poll(&mut context).is_pending()))
        .sum();
    assert_eq!(pending, 32, "the seats for those who may wait");
    world.issuer.was_hit(2).await;

    assert_eq!(
        at_once(&world.token()),
        Some(None),
        "a good token does not wait"
    );
    assert_eq!(at_once(&unknown), Some(Some(Rejection::UnknownKey)));
    drop(waiting);
    assert_eq!(at_once(&unknown), None, "a seat is free again");
}

/// JWK-13: a key that was never announced is found by the first token that names it.
#[tokio::test]
async fn a_rotated_key_is_picked_up_by_the_token_that_needs_it() {
    let world = World::ready().await;
    let next = TestKey::rs256("k-2");
    world
        .issuer
        .answers(Answer::keys(jwks(&[&world.key, &next])));
    let token = world.token_of(&next);
    assert_eq!(
        world.verifier.verify(&token).await.err(),
        Some(Rejection::UnknownKey)
    );
    assert_eq!(world.issuer.hits(), 1, "the cool-down of the first load");

    world.clock.advance(COOL_DOWN);
    assert!(world.verifier.verify(&token).await.is_ok());
    assert_eq!(world.issuer.hits(), 2);
    assert_eq!(world.accepts(), None, "the old key is still published");
}

#[tokio::test]
async fn a_caller_that_never_waits_finds_the_key_the_next_time() {
    let world = World::ready().await;
    let next = TestKey::eddsa("k-2");
    world.issuer.answers(Answer::keys(jwks(&[&next])));
    world.clock.advance(COOL_DOWN);
    let token = world.token_of(&next);
    assert_eq!(
        world.verifier.verify_now(&token).err(),
        Some(Rejection::UnknownKey)
    );
    world.issuer.was_hit(2).await;
    world.clock.someone_sleeps().await;
    assert!(world.verifier.verify_now(&token).is_ok());
}

/// JWK-08: a withdrawn key is refused once the set without it has been fetched.
#[tokio::test]
async fn a_withdrawn_key_is_refused_after_the_next_fetch() {
    let world = World::ready().await;
    world
        .issuer
        .answers(Answer::keys(jwks(&[&TestKey::eddsa("k-2")])));
    assert_eq!(world.accepts(), None);
    world.fetched_after(DUE).await;
    assert_eq!(world.accepts(), Some(Rejection::UnknownKey));
}

/// JWK-13: started before its issuer, the service becomes ready by itself.
#[tokio::test]
async fn a_service_started_before_its_issuer_becomes_ready_by_itself() {
    let key = TestKey::eddsa("k-1");
    // A free port on which nobody listens.
    let address = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let issuer = format!("http://{address}");
    let clock = ManualClock::at(now());
    let keys = RemoteKeys::builder(&issuer)
        .clock(Arc::new(clock.clone()))
        .start()
        .unwrap();
    let verifier = RemoteVerifier::new(keys, Policy::new(&issuer, API)).unwrap();
    let token = key.token(json!({}), json!({"iss": issuer}));

    while verifier.keys().stats().fetches() < 3 {
        clock.someone_sleeps().await;
        clock.advance(Duration::from_millis(200));
        tokio::task::yield_now().await;
    }
    assert!(!verifier.keys().is_ready());
    assert_eq!(verifier.keys().age(), None);
    let refused = verifier.verify(&token).await.unwrap_err();
    assert_eq!(refused, Rejection::KeysMissing);
    assert!(refused.is_outage());

    let _up = FakeIssuer::start_at(address, Answer::keys(jwks(&[&key]))).await;
    let mut ready = pin!(verifier.keys().ready());
    loop {
        tokio::select! {
            () = &mut ready => break,
            () = clock.someone_sleeps() => {
                clock.advance(Duration::from_secs(5));
                tokio::task::yield_now().await;
            }
        }
    }
    assert!(verifier.keys().is_ready());
    let now = clock.now().seconds();
    let fresh = key.token(
        json!({}),
        json!({"iss": issuer, "iat": now, "exp": now + 900}),
    );
    assert!(verifier.verify(&fresh).await.is_ok());
}

/// The state of staleness, at the limit and around it.
async fn stale_after_an_hour(on_stale: OnStale) -> World {
    let world = World::with(|builder| {
        builder
            .max_staleness(Duration::from_hours(1))
            .on_stale(on_stale)
    })
    .await;
    world.keys().ready().await;
    world.clock.someone_sleeps().await;
    world
        .issuer
        .answers(Answer::reply("503 Service Unavailable", "", ""));
    world.fetched_after(Duration::from_hours(1)).await;
    assert_eq!(world.keys().age(), Some(Duration::from_hours(1)));
    assert_eq!(world.accepts(), None, "good until the limit");
    world.clock.advance(Duration::from_secs(1));
    world
}

/// JWK-12
#[tokio::test]
async fn keys_beyond_the_limit_are_refused_until_the_issuer_is_back() {
    let world = stale_after_an_hour(OnStale::Refuse).await;
    assert_eq!(world.accepts(), Some(Rejection::KeysStale));
    assert!(Rejection::KeysStale.is_outage());
    assert!(!world.keys().is_ready());

    world.issuer.answers(Answer::keys(jwks(&[&world.key])));
    world.fetched_after(MINUTE).await;
    assert!(world.keys().is_ready());
    assert_eq!(world.accepts(), None);
}

#[tokio::test]
async fn keys_beyond_the_limit_are_accepted_where_that_is_the_policy() {
    let world = stale_after_an_hour(OnStale::Accept).await;
    assert_eq!(world.accepts(), None);
    assert!(world.keys().is_ready());
}

/// Fresh for longer than it may go unconfirmed: asked for in time all the same.
/// JWK-12: a cache that answers in the place of an issuer that is away (`stale-if-error`) makes nothing fresh.
#[tokio::test]
async fn keys_out_of_a_cache_are_as_old_as_it_says() {
    let world = World::ready().await;
    let headers = "Cache-Control: max-age=300\r\nAge: 240\r\n";
    let cached = Answer::reply("200 OK", headers, jwks(&[&world.key]));
    world.issuer.answers(cached);
    world.fetched_after(DUE).await;
    assert_eq!(world.keys().stats().fetched_anew(), 2);
    assert_eq!(world.keys().age(), Some(DUE));
}

#[tokio::test]
async fn a_short_staleness_limit_shortens_the_refresh() {
    let limit = Duration::from_secs(30);
    let world = World::with(|builder| builder.max_staleness(limit)).await;
    world.keys().ready().await;
    world.clock.someone_sleeps().await;
    world.fetched_after(limit / 2).await;
    assert_eq!(world.issuer.hits(), 2);
}

/// For programs without async code: any thread may ask, the runtime does the fetching.
#[test]
fn a_thread_outside_of_the_runtime_judges_tokens_and_asks_for_keys() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let world = runtime.block_on(World::ready());
    assert_eq!(world.accepts(), None);
    let next = TestKey::eddsa("k-2");
    world.issuer.answers(Answer::keys(jwks(&[&next])));
    world.clock.advance(COOL_DOWN);
    let token = world.token_of(&next);
    let judged = world.verifier.verify_now(&token).err();
    assert_eq!(judged, Some(Rejection::UnknownKey));
    runtime.block_on(world.issuer.was_hit(2));
    assert!(runtime.block_on(world.verifier.verify(&token)).is_ok());
}

#[tokio::test]
async fn dropping_the_last_handle_ends_the_task() {
    let World {
        issuer,
        clock,
        verifier,
        ..
    } = World::ready().await;
    let shared: Arc<ManualClock> = Arc::new(clock);
    let keys = RemoteKeys::builder(issuer.url())
        .clock(Arc::clone(&shared) as _)
        .start()
        .unwrap();
    let other = keys.clone();
    keys.ready().await;
    drop(keys);
    tokio::task::yield_now().await;
    assert!(Arc::strong_count(&shared) > 1, "one handle is left");
    drop(other);
    while Arc::strong_count(&shared) > 1 {
        tokio::task::yield_now().await;
    }
    drop(verifier);
}

#[tokio::test]
async fn fixed_keys_never_age_and_never_ask() {
    let key = TestKey::es256("k-1");
    let set = KeySet::from_jwks_json(jwks(&[&key]).as_bytes()).unwrap();
    let clock = ManualClock::at(now());
    let keys = RemoteKeys::fixed("https://auth.example.com", set, Arc::new(clock.clone()));
    let policy = Policy::new("https://auth.example.com", API);
    let verifier = RemoteVerifier::new(keys, policy).unwrap();
    assert!(
        verifier
            .verify(&key.token(json!({}), json!({})))
            .await
            .is_ok()
    );
    let unknown = key.token(json!({"kid": "k-2"}), json!({}));
    assert_eq!(
        verifier.verify(&unknown).await.err(),
        Some(Rejection::UnknownKey)
    );
    clock.advance(Duration::from_hours(24 * 365));
    assert!(verifier.keys().is_ready());
}

/// JB-09
#[tokio::test]
async fn keys_of_one_issuer_do_not_serve_the_policy_of_another() {
    let world = World::ready().await;
    let foreign = Policy::new("https://auth.example.com", API);
    let refused = RemoteVerifier::new(world.keys().clone(), foreign);
    assert_eq!(refused.err(), Some(PolicyError::ForeignKeys));
}

#[tokio::test]
async fn settings_that_make_no_sense_are_refused_at_the_start() {
    for issuer in [
        "",
        "auth.example.com",
        "http://auth.example.com",
        "https://auth.example.com?x=1",
        "https://auth.example.com#x",
        "ftp://auth.example.com",
    ] {
        let refused = RemoteKeys::builder(issuer).start();
        assert!(
            matches!(refused, Err(RemoteKeysError::Issuer(_))),
            "{issuer}"
        );
    }
    let builder = || RemoteKeys::builder("https://auth.example.com");
    let url = builder().jwks_url("http://auth-server:8080/keys");
    assert!(matches!(url.start(), Err(RemoteKeysError::JwksUrl(_))));
    let trusted = builder()
        .jwks_url("http://auth-server:8080/keys")
        .allow_plain_http(true);
    assert!(trusted.start().is_ok());
    let short = Duration::from_millis(999);
    for builder in [builder().cool_down(short), builder().max_staleness(short)] {
        assert!(matches!(builder.start(), Err(RemoteKeysError::TooShort(_))));
    }
}

#[test]
fn starting_outside_of_a_runtime_is_an_error_and_no_panic() {
    let refused = RemoteKeys::builder("https://auth.example.com").start();
    assert!(matches!(refused, Err(RemoteKeysError::NoRuntime(_))));
}
