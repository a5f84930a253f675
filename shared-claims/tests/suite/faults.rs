//! Everything that can go wrong at the issuer, one by one, and the whole life of an outage: no valid
//! token is refused before `max_staleness`, none is accepted after, fetches are bounded, and all is
//! well again soon after the fault is lifted. The counts are printed.

use std::time::Duration;

use serde_json::json;
use shared_claims::{
    remote::{FetchStats, RemoteKeys},
    verify::Rejection,
};

use crate::{
    injector::{Document, Fault, Injector},
    status::world::{KEYS, LIST, World, keys_document, until},
    support::TestKey,
};

const LIMIT: Duration = Duration::from_mins(10);
const STEP: Duration = Duration::from_mins(1);
/// Real time, for servers that say nothing: the only thing here that takes any.
const DEADLINE: Duration = Duration::from_millis(150);

/// What an outage looked like from the verifier.
#[derive(Debug)]
struct Outage {
    fetches: usize,
    bytes: u64,
    accepted: u32,
    refused_early: u32,
    accepted_late: u32,
    refusal: Option<Rejection>,
    /// Steps until the first token was accepted after the fault was lifted.
    recovered_after: u32,
}

fn outcomes(stats: &FetchStats) -> u64 {
    let failed: u64 = stats.failures().map(|(_, count)| count).sum();
    stats.fetched_anew() + stats.not_modified() + failed
}

/// Fetches of the document behind this path that are over.
fn outcomes_at(path: &str, keys: &RemoteKeys) -> u64 {
    match path {
        KEYS => {
            let stats = keys.stats();
            let failed: u64 = stats.failures().map(|(_, count)| count).sum();
            stats.fetched_anew() + stats.not_modified() + failed
        }
        _ => outcomes(keys.stats().lists()),
    }
}

async fn world() -> World {
    let world = World::with(|builder| {
        builder
            .status_stream(false)
            .max_staleness(LIMIT)
            .timeouts(DEADLINE, DEADLINE)
    })
    .await
    .seen()
    .await;
    // Keys that are asked for in every step, as the list is.
    let keys = crate::support::jwks(&[&world.key]);
    let keys = Document::new("application/json", keys).with("Cache-Control", "max-age=60");
    world.issuer.publish(KEYS, keys);
    world.clock.advance(Duration::from_mins(4));
    until(|| world.verifier.keys().stats().fetched_anew() == 2).await;
    world
}

/// One step of time, with a fetch of this path in it.
async fn step(world: &World, path: &str) {
    let before = outcomes_at(path, world.verifier.keys());
    // Whatever the other path does is in order, so that only one thing is stale.
    if path == KEYS {
        world.publish(&[]);
    }
    world.clock.advance(STEP);
    until(|| outcomes_at(path, world.verifier.keys()) > before).await;
}

/// The fault for longer than is allowed, then none.
async fn suffer(path: &str, fault: Fault) -> Outage {
    let world = world().await;
    let mut outage = Outage {
        fetches: 0,
        bytes: world.issuer.bytes(),
        accepted: 0,
        refused_early: 0,
        accepted_late: 0,
        refusal: None,
        recovered_after: 0,
    };
    // The good state is as fresh as can be when the fault sets in.
    step(&world, path).await;
    world.issuer.inject(path, fault);
    let before = world.issuer.hits(path);
    let age = |keys: &RemoteKeys| match path {
        KEYS => keys.age(),
        _ => keys.status_age(),
    };
    while age(world.verifier.keys()) < Some(LIMIT + 5 * STEP) {
        step(&world, path).await;
        let within = age(world.verifier.keys()) <= Some(LIMIT);
        match (world.judged(&world.token(1)), within) {
            (None, true) => outage.accepted += 1,
            (None, false) => outage.accepted_late += 1,
            (Some(_), true) => outage.refused_early += 1,
            (refusal, false) => outage.refusal = refusal,
        }
    }
    outage.fetches = world.issuer.hits(path) - before;
    outage.bytes = world.issuer.bytes() - outage.bytes;
    world.issuer.lift_all();
    world.publish(&[]);
    while world.judged(&world.token(1)).is_some() {
        step(&world, path).await;
        outage.recovered_after += 1;
    }
    outage
}

/// What goes wrong at either path.
fn faults(canary: &Injector) -> Vec<(&'static str, Fault)> {
    vec![
        ("nothing is said", Fault::Silence),
        ("slow", Fault::Slow),
        ("closed at once", Fault::Close),
        ("500", Fault::Status(500)),
        ("404", Fault::Status(404)),
        ("redirect", Fault::Redirect(canary.url())),
        ("10 MiB", Fault::Oversized(10 * 1024 * 1024)),
        ("endless", Fault::Endless),
        ("empty body", Fault::Oversized(0)),
    ]
}

/// JWK-12, JV-04, TSL-20
#[tokio::test]
async fn no_fault_of_the_issuer_refuses_early_or_accepts_late() {
    let canary = Injector::start().await;
    let world = world().await;
    let html = Document::new("text/html", "<html>Down for maintenance</html>");
    let empty = Document::new("application/json", r#"{"keys":[]}"#);
    let private = format!(
        r#"{{"keys":[{}]}}"#,
        json!({"kty": "oct", "k": "AAAA", "kid": "k-1"})
    );
    let of_keys = [
        ("wrong type", Fault::Instead(html.clone())),
        ("empty set", Fault::Instead(empty)),
        (
            "symmetric key",
            Fault::Instead(Document::new("application/json", private)),
        ),
    ];
    drop(world);
    let of_list = [
        ("wrong type", Fault::WrongType),
        ("web page", Fault::Instead(html)),
    ];
    let plan = faults(&canary)
        .into_iter()
        .map(|(name, fault)| (KEYS, name, fault))
        .chain(of_keys.map(|(name, fault)| (KEYS, name, fault)))
        .chain(
            faults(&canary)
                .into_iter()
                .map(|(name, fault)| (LIST, name, fault)),
        )
        .chain(of_list.map(|(name, fault)| (LIST, name, fault)));
    let mut table = String::from(
        "path             fault             fetches   offered  accepted  early  late  then                recovered\n",
    );
    for (path, name, fault) in plan {
        let outage = suffer(path, fault).await;
        table.push_str(&report(path, name, &outage));
        judge(path, name, &outage);
    }
    println!("{table}");
    assert_eq!(canary.all_hits(), 0, "a redirect was followed");
}

fn report(path: &str, name: &str, outage: &Outage) -> String {
    let Outage {
        fetches,
        bytes,
        accepted,
        refused_early,
        accepted_late,
        refusal,
        recovered_after,
    } = outage;
    let refusal = refusal.map_or("", Rejection::as_str);
    format!(
        "{path:16} {name:16} {fetches:8} {bytes:9} {accepted:9} {refused_early:6} {accepted_late:5}  {refusal:18}  {recovered_after:9}\n"
    )
}

fn judge(path: &str, name: &str, outage: &Outage) {
    let expected = if path == KEYS {
        Rejection::KeysStale
    } else {
        Rejection::StatusStale
    };
    assert_eq!(outage.refused_early, 0, "{path} {name}");
    assert_eq!(outage.accepted_late, 0, "{path} {name}");
    assert!(outage.accepted >= 9, "{path} {name}");
    assert_eq!(outage.refusal, Some(expected), "{path} {name}");
    // Fifteen minutes of outage, one step a minute.
    assert!(outage.fetches <= 20, "{path} {name}: {}", outage.fetches);
    assert!(outage.recovered_after <= 2, "{path} {name}");
}

/// A list that is signed and still wrong: made by somebody else, for somebody else, or too long ago.
#[tokio::test]
async fn a_list_that_is_not_quite_the_right_one_never_replaces_it() {
    let world = world().await;
    let stranger = TestKey::eddsa("k-1");
    let at = crate::support::NOW;
    let as_list = |token: String| Document::new("application/statuslist+jwt", token);
    let signed = |patch| as_list(world.list_token(&world.key, &[1, 2, 3], patch));
    println!("list                  failures  token");
    for (name, document) in [
        (
            "another key",
            as_list(world.list_token(&stranger, &[1], json!({}))),
        ),
        (
            "another issuer",
            signed(json!({"iss": "https://evil.example"})),
        ),
        (
            "another list",
            signed(json!({"sub": format!("{}0", world.uri())})),
        ),
        ("expired", signed(json!({"exp": at - 60}))),
        ("issuer's clock ahead", signed(json!({"iat": at + 7_200}))),
        (
            "issuer's clock behind",
            world.document(&[], json!({"iat": at - 7_200, "exp": at - 3_600})),
        ),
        (
            "three bits",
            signed(json!({"status_list": {"bits": 3, "lst": "AAAA"}})),
        ),
    ] {
        let before = world.list_failures("status_list");
        world.issuer.inject(LIST, Fault::Instead(document));
        world.fetched_after(Duration::from_secs(10)).await;
        let failures = world.list_failures("status_list") - before;
        println!(
            "{name:22} {failures:7}  {:?}",
            world.judged(&world.token(1))
        );
        assert_eq!(failures, 1, "{name}");
        assert_eq!(world.judged(&world.token(1)), None, "{name}");
    }
}

/// A set that has shrunk is taken: that is how a stolen key is withdrawn. What is left goes on.
#[tokio::test]
async fn a_shrunk_set_withdraws_a_key_at_once_and_leaves_the_others() {
    let world = world().await;
    let stolen = TestKey::es256("stolen");
    world
        .issuer
        .publish(KEYS, keys_document(&[&world.key, &stolen]));
    world.clock.advance(Duration::from_mins(4));
    until(|| world.verifier.keys().stats().fetched_anew() == 3).await;
    let now = world.clock_now();
    let token = stolen.token(
        json!({}),
        json!({"iss": world.issuer.url(), "iat": now, "exp": now + 900}),
    );
    assert_eq!(world.judged(&token), None);
    assert_eq!(world.judged(&token), None, "and remembered");
    world.issuer.publish(KEYS, keys_document(&[&world.key]));
    world.clock.advance(Duration::from_mins(4));
    until(|| world.verifier.keys().stats().fetched_anew() == 4).await;
    assert_eq!(world.judged(&token), Some(Rejection::UnknownKey));
    world.publish(&[]);
    assert_eq!(world.judged(&world.token(1)), None);
}
