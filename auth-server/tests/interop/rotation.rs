//! Keys rotate under continuous verification, and no verifier refuses a valid token (matrix JWK-07,
//! attack OP-06, OpenID Connect Core §10.1.1). The clock is moved by hand, so that a rotation takes
//! milliseconds. `CHANCERY_TEST_ROTATIONS` says how many; the printed counts say what was seen.

use std::{collections::HashSet, time::Duration};

use auth_server::{audit::Actor, clock::Instant, keys::Urgency, model::Algorithm};
use shared_claims::{NumericDate, remote::ManualClock};

use crate::support::{World, part};

mod verifiers;

use verifiers::{NAMES, Verdicts, Verifiers};

/// Rotations unless the variable says otherwise.
const ROTATIONS: u64 = 100;
/// Seconds for which a key signs.
const PERIOD: u64 = 2 * 60 * 60;
/// Age of a key when its successor is published: six minutes, the least, before it signs.
const ANNOUNCED: u64 = PERIOD - 6 * 60;
/// Age of a key when its predecessor is withdrawn: the longest token a client may have, and a minute.
const WITHDRAWN: u64 = 60 * 60 + 60;
/// Seconds for which a token is valid.
const LIFETIME: u64 = 15 * 60;

/// JWK-07, OP-06: the newest and the oldest valid token verify everywhere, at all times.
#[actix_web::test]
async fn jwk_07_op_06_no_verifier_refuses_a_valid_token_while_keys_rotate() {
    let rotations = rotations();
    let mut bench = Bench::start().await;
    let (mut counts, mut kids) = (Counts::default(), HashSet::new());
    let mut valid: Vec<String> = Vec::new();
    for round in 0..=rotations {
        for age in moments(round) {
            let when = format!("rotation {round}, {age} s");
            let now = bench.move_to(round * PERIOD + age).await;
            assert_eq!(bench.published().await, expected(round, age), "{when}");
            let oldest = valid
                .iter()
                .position(|token| part(token, 1)["exp"].as_i64().unwrap() > now);
            valid.drain(..oldest.unwrap_or(valid.len()));
            let newest = bench.token().await;
            let judged: Vec<&str> = valid
                .first()
                .into_iter()
                .chain([&newest])
                .map(|t| &**t)
                .collect();
            counts.add(&bench.verifiers.judge(&judged).await, &when);
            counts.of_predecessor += u64::from(kid(judged[0]) != kid(&newest));
            kids.insert(kid(&newest));
            valid.push(newest);
        }
    }
    eprintln!("{} rotations", kids.len() - 1);
    counts.print(bench.verifiers.fetches());
    assert_eq!(counts.first_refusal, None);
    assert_eq!(kids.len() as u64, rotations + 1, "each key is another");
    assert!(counts.of_predecessor >= 4 * rotations, "the old key in use");
}

/// JWK-07: what the announcement is for. Without one, whoever has just fetched the key set refuses
/// the new key until its cool-down is over; so the test above would notice a refusal.
#[actix_web::test]
async fn jwk_07_without_an_announcement_every_verifier_refuses_for_the_time_of_its_cool_down() {
    let mut bench = Bench::start().await;
    let before = bench.token().await;
    assert_eq!(bench.verifiers.judge(&[&before]).await, accepted(1));
    // Every cache has expired, so that all three ask now.
    bench.move_to(800).await;
    assert_eq!(bench.verifiers.judge(&[&before]).await, accepted(1));
    assert_eq!(bench.verifiers.fetches(), [2, 2, 2]);

    bench.move_to(805).await;
    let by = Actor::server(bench.now());
    let keys = &bench.world.state.keys;
    keys.rotate(Algorithm::ES256, Urgency::AtOnce, &by)
        .await
        .unwrap();
    let after = bench.token().await;
    assert_ne!(kid(&before), kid(&after));
    for (index, verdicts) in bench
        .verifiers
        .judge(&[&before, &after])
        .await
        .iter()
        .enumerate()
    {
        assert_eq!(
            verdicts[0], None,
            "{}: the old key is still known",
            NAMES[index]
        );
        assert!(verdicts[1].is_some(), "{}: {verdicts:?}", NAMES[index]);
    }
    bench.move_to(831).await;
    assert_eq!(bench.verifiers.judge(&[&before, &after]).await, accepted(2));
    let [ours, pyjwt, jose] = bench.verifiers.fetches();
    assert_eq!([pyjwt, jose], [3, 3]);
    // Ours has the status list as well, and asks once more when that comes first under the new key.
    assert!((3..=4).contains(&ours), "{ours} fetches");
}

/// What was seen.
#[derive(Default)]
struct Counts {
    verified: [usize; 3],
    refused: [usize; 3],
    /// Tokens of the key before, judged while the next one signed.
    of_predecessor: u64,
    first_refusal: Option<String>,
}

impl Counts {
    fn add(&mut self, verdicts: &Verdicts, when: &str) {
        for (index, verdicts) in verdicts.iter().enumerate() {
            for verdict in verdicts {
                let Some(reason) = verdict else {
                    self.verified[index] += 1;
                    continue;
                };
                self.refused[index] += 1;
                self.first_refusal
                    .get_or_insert_with(|| format!("{}, {when}: {reason}", NAMES[index]));
            }
        }
    }

    fn print(&self, fetches: [u64; 3]) {
        eprintln!("{} tokens of a key that signs no more", self.of_predecessor);
        for (index, name) in NAMES.iter().enumerate() {
            eprintln!(
                "{name}: {} tokens verified, {} refused, key set fetched {} times",
                self.verified[index], self.refused[index], fetches[index]
            );
        }
    }
}

/// A server with keys that cost nothing, its verifiers, and one time for all.
struct Bench {
    world: World,
    clock: ManualClock,
    start: Instant,
    elapsed: u64,
    verifiers: Verifiers,
}

impl Bench {
    async fn start() -> Self {
        let world = World::with(|inputs| {
            inputs
                .with("keys.algorithm", "ES256")
                .with("keys.rotate_every", "2h")
                .with("keys.announce_for", "6m")
                .with("tokens.access_ttl", "15m")
        })
        .await;
        let start = world.state.clock.now();
        let clock = ManualClock::at(NumericDate::from_seconds(start.as_seconds()));
        let verifiers = Verifiers::of(&world, clock.clone()).await;
        Self {
            world,
            clock,
            start,
            elapsed: 0,
            verifiers,
        }
    }

    fn now(&self) -> Instant {
        self.start.plus(Duration::from_secs(self.elapsed))
    }

    /// Makes it this many seconds after the start, tends the keys as the server does each minute,
    /// and returns the date.
    async fn move_to(&mut self, elapsed: u64) -> i64 {
        let step = Duration::from_secs(elapsed - self.elapsed);
        self.elapsed = elapsed;
        self.world.clock.advance(step);
        self.clock.advance(step);
        self.world.state.keys.tend(self.now()).await.unwrap();
        self.now().as_seconds()
    }

    async fn token(&self) -> String {
        self.world.service_token().await.member("access_token")
    }

    async fn published(&self) -> usize {
        let set = self.world.get("/.well-known/jwks.json").await.json();
        set["keys"].as_array().unwrap().len()
    }
}

/// Ages of a key at which tokens are issued and judged, densely where the set changes. Each round
/// walks at another pace, so that caches expire at other moments.
fn moments(round: u64) -> Vec<u64> {
    let pace = usize::try_from(100 + round * 37 % 151).unwrap();
    let mut moments = vec![0, 1, 29, 31];
    moments.extend((31..LIFETIME - 2).step_by(pace).skip(1));
    moments.extend([
        LIFETIME - 2,
        WITHDRAWN - 1,
        WITHDRAWN,
        ANNOUNCED - 1,
        ANNOUNCED,
    ]);
    moments.extend((ANNOUNCED..PERIOD - 1).step_by(pace).skip(1));
    moments.push(PERIOD - 1);
    moments
}

/// How many keys are published then.
fn expected(round: u64, age: u64) -> usize {
    let has_predecessor = round > 0 && age < WITHDRAWN;
    1 + usize::from(has_predecessor || age >= ANNOUNCED)
}

fn accepted(tokens: usize) -> Verdicts {
    std::array::from_fn(|_| vec![None; tokens])
}

fn kid(token: &str) -> String {
    part(token, 0)["kid"].as_str().unwrap().to_owned()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the size of a test is no setting of the server"
)]
fn rotations() -> u64 {
    std::env::var("CHANCERY_TEST_ROTATIONS").map_or(ROTATIONS, |text| text.parse().unwrap())
}
