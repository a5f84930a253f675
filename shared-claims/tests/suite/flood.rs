//! JV-06 at length: 100,000 tokens with invented key ids, valid ones between them. Prints how often the
//! issuer was asked, how memory grew and what valid requests took, with and without the flood.

use std::time::{Duration, Instant};

use serde_json::json;
use shared_claims::verify::Rejection;

use crate::{
    status::world::{KEYS, World},
    support::b64,
};

const FLOOD: u32 = 100_000;
const WINDOW: Duration = Duration::from_secs(30);
/// Invented tokens before each valid one.
const BETWEEN: u32 = 20;

#[tokio::test]
async fn jv_06_a_hundred_thousand_invented_key_ids_change_nothing() {
    let world = World::start().await.seen().await;
    let claims = b64(json!({"iss": world.issuer.url(), "sub": "x"}).to_string());
    let signature = b64([7; 64]);
    let token = world.token(1);
    // Tokens seen for the first time: what a request costs before anything is remembered.
    let forgetful = world.verifier.clone().remembering(0);
    let valid = async || {
        let begun = Instant::now();
        assert!(forgetful.verify(&token).await.is_ok());
        begun.elapsed()
    };
    let (mut quiet, mut besieged) = (Vec::new(), Vec::new());
    let (mut before, started) = (0, world.clock_monotonic());
    for n in 0..FLOOD {
        let header = json!({"alg": "EdDSA", "typ": "at+jwt", "kid": format!("invented-{n}")});
        let invented = format!("{}.{claims}.{signature}", b64(header.to_string()));
        let judged = world.verifier.verify(&invented).await.err();
        assert_eq!(judged, Some(Rejection::UnknownKey));
        if n % BETWEEN == 0 {
            besieged.push(valid().await);
            quiet.push(valid().await);
        }
        if n % 1_000 == 0 {
            world.clock.advance(Duration::from_secs(1));
        }
        if n == FLOOD / 10 {
            before = resident_kib();
        }
    }
    let grown = resident_kib().saturating_sub(before);
    let windows = world.clock_monotonic().saturating_sub(started).as_secs() / WINDOW.as_secs() + 1;
    let fetches = world.issuer.hits(KEYS) - 1;
    let (quiet, besieged) = (median(quiet), median(besieged));
    let ratio = besieged.as_secs_f64() / quiet.as_secs_f64();
    println!(
        "{FLOOD} invented ids over {windows} windows: {fetches} fetches; memory +{grown} KiB over the last nine tenths; \
         valid requests: median {quiet:?} alone, {besieged:?} after {BETWEEN} invented ones, ratio {ratio:.2}"
    );
    assert!(
        fetches as u64 <= windows,
        "{fetches} fetches in {windows} windows"
    );
    assert!(grown < 4 * 1024, "{grown} KiB");
    // Caches of the processor are colder after other work; a wait would show as a factor of hundreds.
    assert!(ratio < 1.5, "{ratio}");
}

pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Memory of this process that is in use, where the system says so; 0 elsewhere.
pub(crate) fn resident_kib() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let resident = pages
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse::<u64>().ok());
    resident.unwrap_or(0) * 4
}
