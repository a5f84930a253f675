//! What ten million live tokens cost a verifier: bytes to learn all lists and to keep them, memory, and
//! the time of one look (draft-ietf-oauth-status-list-21 §13.1; TSL-10).
//!
//! Fewer by default. The figures of docs/revocation.md are those of
//! `CHANCERY_TEST_LIVE_TOKENS=10000000 cargo nextest run --release -p shared-claims --all-features --no-capture
//! ten_million`.
#![expect(clippy::print_stdout, reason = "what it measures is what it is for")]

use std::{
    collections::BTreeSet,
    hint::black_box,
    io::Write as _,
    sync::Arc,
    time::{Duration, Instant},
};

use flate2::{Compression, write::ZlibEncoder};
use serde_json::json;
use shared_claims::{
    remote::{RemoteKeys, RemoteVerifier},
    verify::{Policy, Rejection, StatusList, TokenStatus},
};

use crate::{
    flood::{median, resident_kib},
    injector::Document,
    status::world::{DUE, TTL, World, until},
    support::{API, b64, key_set, now},
};

/// Entries of a list, as the server makes them.
const ENTRIES: u64 = 1 << 20;
/// Set bits up to which the server takes the best compression.
const FEW: usize = 4_096;
/// Looks that are timed together: reading the clock costs more than a look.
const BATCH: u32 = 1_000;
/// Tokens that are signed to be judged by the verifier.
const SIGNED: usize = 2_048;
/// Fetches of each list in an hour, one every ten seconds.
const POLLS: u64 = 360;
/// Those of them that find a new signature under a list nothing has happened to: one in five minutes.
const RENEWALS: u64 = 12;
/// What the server sends beside `ETag` and the type; it is most of a 304.
const HEADERS: [(&str, &str); 9] = [
    ("cache-control", "public, max-age=10"),
    ("x-content-type-options", "nosniff"),
    (
        "content-security-policy",
        "default-src 'none'; frame-ancestors 'none'",
    ),
    (
        "vary",
        "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
    ),
    ("access-control-expose-headers", "etag"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("x-request-id", "DGyV4IF2oHJ2"),
    ("date", "Fri, 15 Jan 2027 08:00:00 GMT"),
];

/// A list as its issuer knows it.
struct Published {
    path: String,
    uri: String,
    token: String,
    /// In ascending order.
    revoked: Vec<u64>,
}

/// Numbers without a pattern, the same in each run (xorshift64*).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 20) % end
    }
}

#[tokio::test]
async fn tsl_10_millions_of_live_tokens_of_which_none_is_revoked() {
    measure(0).await;
}

#[tokio::test]
async fn tsl_10_millions_of_live_tokens_of_which_one_in_a_thousand_is_revoked() {
    measure(1).await;
}

#[tokio::test]
async fn tsl_10_millions_of_live_tokens_of_which_one_in_a_hundred_is_revoked() {
    measure(10).await;
}

/// One verifier learns all lists, of which so many entries in a thousand are revoked.
async fn measure(per_mille: u64) {
    let tokens = live_tokens();
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15 ^ per_mille);
    let world = World::start().await;
    let lists: Vec<Published> = (0..tokens.div_ceil(ENTRIES))
        .map(|number| publish(&world, number, ENTRIES * per_mille / 1_000, &mut dice))
        .collect();
    let count = lists.len() as u64;
    let sizes: Vec<usize> = lists.iter().map(|list| list.token.len()).collect();
    let revoked: usize = lists.iter().map(|list| list.revoked.len()).sum();
    println!(
        "{tokens} live tokens in {count} lists, {revoked} revoked ({}.{} %): \
         a list token is {} to {} bytes",
        per_mille / 10,
        per_mille % 10,
        sizes.iter().min().unwrap(),
        sizes.iter().max().unwrap(),
    );

    // A verifier that holds its keys and no list yet.
    let keys = RemoteKeys::builder(world.issuer.url())
        .status_stream(false)
        .clock(Arc::new(world.clock.clone()))
        .start()
        .unwrap();
    keys.ready().await;
    let verifier = RemoteVerifier::new(keys, Policy::new(world.issuer.url(), API)).unwrap();
    let (sent, before) = (world.issuer.bytes(), resident_kib());
    for list in &lists {
        let token = world.token_at(first_good(list), &list.uri);
        assert_eq!(verifier.verify(&token).await.err(), None, "{}", list.uri);
    }
    let (learned, after) = (world.issuer.bytes() - sent, resident_kib());
    let held = verifier.keys().status_bytes();
    assert_eq!(held, count * ENTRIES / 8);
    println!(
        "  learned by {learned} bytes of answers; the verifier holds {} KiB of lists; \
         resident memory {before} KiB before, {after} KiB after",
        held / 1024
    );

    let unchanged = unchanged(&world, &verifier, count).await;
    let whole = learned / count;
    println!(
        "  computed for one look at each list every 10 s: {} kB an hour when nothing changes \
         ({unchanged} bytes measured per 304), {} kB an hour when every list changes between two looks",
        count * (unchanged * (POLLS - RENEWALS) + whole * RENEWALS) / 1_000,
        count * whole * POLLS / 1_000,
    );

    every_revoked_one_is_found_and_no_other(&world, &verifier, &lists, &mut dice);
    time_looks(&world, &verifier, &lists, &mut dice);

    // Twice what it holds, and what the first fetches leave behind once: the issuer, which sends from
    // this process, and the buffers a list is unpacked in.
    let bound = 2 * held / 1024 + 8 * 1024;
    assert!(after.saturating_sub(before) < bound, "{before} to {after}");
}

#[expect(
    clippy::disallowed_methods,
    reason = "how thorough a test is, is no setting of the verifier"
)]
fn live_tokens() -> u64 {
    std::env::var("CHANCERY_TEST_LIVE_TOKENS").map_or(3_000_000, |text| text.parse().unwrap())
}

/// Makes a list with so many entries revoked at random, as the server does.
fn publish(world: &World, number: u64, revocations: u64, dice: &mut Dice) -> Published {
    let path = format!("/oauth2/status/{number}");
    let uri = format!("{}{path}", world.issuer.url());
    let mut bits = vec![0_u8; usize::try_from(ENTRIES / 8).unwrap()];
    let mut revoked = BTreeSet::new();
    while (revoked.len() as u64) < revocations {
        let idx = dice.below(ENTRIES);
        bits[usize::try_from(idx / 8).unwrap()] |= 1 << (idx % 8);
        revoked.insert(idx);
    }
    let level = if revoked.len() <= FEW {
        Compression::best()
    } else {
        Compression::default()
    };
    let mut zlib = ZlibEncoder::new(Vec::new(), level);
    zlib.write_all(&bits).unwrap();
    let body = json!({"bits": 1, "lst": b64(zlib.finish().unwrap())});
    let exp = now().seconds() + 86_400;
    let patch = json!({"sub": uri, "exp": exp, "ttl": TTL.as_secs(), "status_list": body});
    let token = world.list_token(&world.key, &[], patch);
    let tag = format!("W/\"{}\"", &token[token.len() - 22..]);
    let document = Document::new("application/statuslist+jwt", token.clone()).with("ETag", &tag);
    let document = HEADERS.iter().fold(document, |document, (name, value)| {
        document.with(name, value)
    });
    world.issuer.publish(&path, document);
    Published {
        path,
        uri,
        token,
        revoked: revoked.into_iter().collect(),
    }
}

fn first_good(list: &Published) -> u64 {
    let is_good = |idx: &u64| list.revoked.binary_search(idx).is_err();
    (0..ENTRIES).find(is_good).unwrap()
}

/// Has every list asked for again. Returns the bytes of the answer that says nothing has changed.
async fn unchanged(world: &World, verifier: &RemoteVerifier, count: u64) -> u64 {
    let stats = verifier.keys().stats().lists();
    let sent = world.issuer.bytes();
    world.clock.advance(DUE);
    until(|| stats.not_modified() == count).await;
    (world.issuer.bytes() - sent) / count
}

/// Each entry of each list as it was sent; and through the verifier, by signed tokens, some of each kind.
fn every_revoked_one_is_found_and_no_other(
    world: &World,
    verifier: &RemoteVerifier,
    lists: &[Published],
    dice: &mut Dice,
) {
    for list in lists {
        let read = read(world, list);
        let found = (0..read.len()).filter(|idx| read.find(*idx) != Some(TokenStatus::Valid));
        assert!(found.eq(list.revoked.iter().copied()), "{}", list.path);
    }
    for _ in 0..SIGNED {
        let list = any(lists, dice);
        let mut indexes = vec![dice.below(ENTRIES)];
        if !list.revoked.is_empty() {
            indexes.push(*any(&list.revoked, dice));
        }
        for idx in indexes {
            let is_revoked = list.revoked.binary_search(&idx).is_ok();
            let judged = verifier.verify_now(&world.token_at(idx, &list.uri)).err();
            assert_eq!(judged, is_revoked.then_some(Rejection::Revoked), "{idx}");
        }
    }
}

/// Looks at random entries: at the bit alone, and as part of judging a token that is remembered.
fn time_looks(world: &World, verifier: &RemoteVerifier, lists: &[Published], dice: &mut Dice) {
    let bits: Vec<StatusList> = lists.iter().map(|list| read(world, list)).collect();
    let bit = nanoseconds(
        1_000,
        || (any(&bits, dice), dice.below(ENTRIES)),
        |(list, idx)| {
            black_box(list.find(*idx));
        },
    );
    let verifier = verifier.clone().remembering(8 * SIGNED);
    let mut judging = |signed: &[String]| {
        nanoseconds(
            100,
            || any(signed, dice),
            |token| {
                let _ = black_box(verifier.verify_now(token));
            },
        )
    };
    let place = |number: usize| (number as u64 * 509, &lists[number % lists.len()].uri);
    let with: Vec<String> = (0..SIGNED)
        .map(|number| world.token_at(place(number).0, place(number).1))
        .collect();
    let without: Vec<String> = (0..SIGNED)
        .map(|number| {
            let jti = format!("j-{number}");
            let claims =
                json!({"iss": world.issuer.url(), "jti": jti, "exp": now().seconds() + 82_800});
            world.key.token(json!({}), claims)
        })
        .collect();
    let (with, without) = (judging(&with), judging(&without));
    println!(
        "  one look: {bit:.0} ns at the bit (median of 1,000,000 in batches of {BATCH}); judging a \
         remembered token {with:.0} ns with a status, {without:.0} ns without"
    );
}

/// Median time of one look, over batches of looks at what was picked before the clock started.
fn nanoseconds<T>(batches: usize, mut pick: impl FnMut() -> T, look: impl Fn(&T)) -> f64 {
    let times = (0..batches).map(|_| {
        let picked: Vec<T> = (0..BATCH).map(|_| pick()).collect();
        let begun = Instant::now();
        picked.iter().for_each(&look);
        begun.elapsed()
    });
    let batch: Duration = median(times.collect());
    batch.as_secs_f64() * 1e9 / f64::from(BATCH)
}

fn read(world: &World, list: &Published) -> StatusList {
    let keys = key_set(&[&world.key]);
    let issuer = world.issuer.url();
    StatusList::verify(&keys, &issuer, &list.uri, &list.token, world.verifier.now()).unwrap()
}

fn any<'t, T>(of: &'t [T], dice: &mut Dice) -> &'t T {
    &of[usize::try_from(dice.below(of.len() as u64)).unwrap()]
}
