//! Signing keys rotate on running instances, which issue all the time, under the eyes of verifiers
//! with the default cache (attack OP-06, OpenID Connect Core §10.1.1). `interop/rotation.rs` has more
//! rotations and foreign verifiers at a time kept by hand; here processes and time are real.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use shared_claims::remote::RemoteVerifier;
use tokio::task::JoinHandle;

use crate::client::{Client, SECRET, kid, verify_with};
use crate::installation::Installation;
use crate::instance::Instance;
use crate::verifiers::Verifiers;
use crate::wait::{count, until};

const ROTATIONS: &str = "CHANCERY_TEST_FLEET_ROTATIONS";
/// Requests per second that the attack asks for.
const WANTED: f64 = 200.0;
const WORKERS: usize = 8;
/// Of one worker: together 320 requests a second, where the machine can.
const PACE: Duration = Duration::from_millis(25);
/// Tokens of each key, at the least.
const TOKENS_PER_KEY: usize = 100;
/// The fan-out takes two seconds, and more on a busy machine, which is not what is judged here.
const PATIENCE: Duration = Duration::from_secs(30);

/// OP-06, JWK-07: no token is refused by anybody, from its issue to the end; and no key id ever stands
/// for two keys.
#[tokio::test(flavor = "multi_thread")]
async fn op_06_keys_rotate_under_load_and_no_verifier_refuses_a_token() {
    let rotations = count(ROTATIONS, 10);
    let installation = Installation::fresh().await;
    let fleet = installation.fleet(installation.most_instances(2)).await;
    let client = Client::new();
    let verifiers = Verifiers::of(&fleet).await;
    let mut keys = Keys::default();
    let mut next = announce(&installation).await;
    let load = Load::begin(&client, &fleet, &verifiers.each);
    let begun = Instant::now();
    for _ in 0..rotations {
        keys.are_published(&client, &fleet, &next).await;
        verifiers.look_again().await;
        // The announcement has taken its time; whoever looks next, activates.
        let due = "UPDATE signing_keys SET activates_at = created_at WHERE state = 'next'";
        installation.execute(due).await;
        let active = std::mem::replace(&mut next, announce(&installation).await);
        for instance in &fleet {
            let signs = async || {
                let answer = client.service_token(&instance.base, SECRET).await.answer();
                (kid(&answer.member("access_token")) == active).then_some(())
            };
            until("the announced key signs", PATIENCE, signs).await;
        }
        load.issues(TOKENS_PER_KEY).await;
    }
    let took = begun.elapsed().as_secs_f64();
    let seen = load.end().await;
    assert_eq!(seen.wrong, Vec::<String>::new());

    let set = client.jwks(&fleet[0].base).await;
    for token in &seen.tokens {
        verify_with(&set, token).unwrap();
    }
    assert!(keys.0.len() > rotations, "each key is another: {keys:?}");
    let issued = seen.tokens.len();
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let (rate, checks) = (issued as f64 / took, seen.verified as f64 / took);
    let word = if rate < WANTED {
        " (slower than the 200 wanted: a busy machine)"
    } else {
        ""
    };
    println!(
        "OP-06 on {}: {rotations} rotations of {} instances in {took:.1} s: {issued} tokens issued, \
         {rate:.0}/s{word}; verified {} times, {checks:.0}/s, 0 refused; all {issued} still verify",
        installation.engine(),
        fleet.len(),
        seen.verified
    );
}

/// Announces the next key, after activating the one whose time has come; the id of the new one.
async fn announce(installation: &Installation) -> String {
    let said = installation
        .done(&["keys", "rotate", "--format", "json"])
        .await;
    let key: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(key["state"], "next", "{key}");
    key["kid"].as_str().unwrap().to_owned()
}

/// Every key that anybody has published, by its id.
#[derive(Debug, Default)]
struct Keys(BTreeMap<String, Value>);

impl Keys {
    /// Waits until every instance publishes this one, and notes what they publish.
    async fn are_published(&mut self, client: &Client, fleet: &[Instance], kid: &str) {
        for instance in fleet {
            let announced = async || {
                let set = client.jwks(&instance.base).await;
                let keys = set["keys"].as_array().unwrap().clone();
                keys.iter().any(|key| key["kid"] == kid).then_some(keys)
            };
            let (published, _) = until("the next key is announced", PATIENCE, announced).await;
            for key in published {
                let kid = key["kid"].as_str().unwrap().to_owned();
                let known = self.0.entry(kid).or_insert_with(|| key.clone());
                assert_eq!(*known, key, "one id, two keys");
            }
        }
    }
}

/// Workers that get tokens from the instances in turn, and have each judged at once, together with
/// an older one.
struct Load {
    is_over: Arc<AtomicBool>,
    issued: Arc<AtomicUsize>,
    workers: Vec<JoinHandle<Seen>>,
}

#[derive(Default)]
struct Seen {
    tokens: Vec<String>,
    verified: usize,
    /// Answers that were no token, and tokens that were refused, in words.
    wrong: Vec<String>,
}

impl Load {
    fn begin(client: &Client, fleet: &[Instance], verifiers: &[RemoteVerifier]) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let issued = Arc::new(AtomicUsize::new(0));
        let work = |number| {
            let worker = Worker {
                client: client.clone(),
                bases: fleet.iter().map(|instance| instance.base.clone()).collect(),
                verifiers: verifiers.to_vec(),
                issued: Arc::clone(&issued),
                seen: Seen::default(),
            };
            tokio::spawn(worker.work(number, Arc::clone(&is_over)))
        };
        let workers = (0..WORKERS).map(work).collect();
        Self {
            is_over,
            issued,
            workers,
        }
    }

    /// Waits for so many tokens more.
    async fn issues(&self, more: usize) {
        let goal = self.issued.load(Ordering::Relaxed) + more;
        let enough = async || (self.issued.load(Ordering::Relaxed) >= goal).then_some(());
        until("tokens are issued", Duration::from_mins(1), enough).await;
    }

    async fn end(self) -> Seen {
        self.is_over.store(true, Ordering::Relaxed);
        let mut sum = Seen::default();
        for worker in self.workers {
            let seen = worker.await.unwrap();
            sum.tokens.extend(seen.tokens);
            sum.verified += seen.verified;
            sum.wrong.extend(seen.wrong);
        }
        sum
    }
}

struct Worker {
    client: Client,
    bases: Vec<String>,
    verifiers: Vec<RemoteVerifier>,
    issued: Arc<AtomicUsize>,
    seen: Seen,
}

impl Worker {
    async fn work(mut self, number: usize, is_over: Arc<AtomicBool>) -> Seen {
        let mut pace = tokio::time::interval(PACE);
        let mut turn = number;
        while !is_over.load(Ordering::Relaxed) {
            pace.tick().await;
            turn += 1;
            let base = &self.bases[turn % self.bases.len()];
            let answer = self.client.service_token(base, SECRET).await.answer();
            if answer.status != 200 {
                self.seen.wrong.push(format!("{answer:?}"));
                continue;
            }
            self.seen.tokens.push(answer.member("access_token"));
            self.issued.fetch_add(1, Ordering::Relaxed);
            // The newest and, going round faster than they come, one of those before.
            let count = self.seen.tokens.len();
            for index in [count - 1, turn * 7 % count] {
                self.judge(turn, index).await;
            }
        }
        self.seen
    }

    async fn judge(&mut self, turn: usize, index: usize) {
        // Not always that of the instance which issued it.
        let verifier = &self.verifiers[turn / 2 % self.verifiers.len()];
        match verifier.verify(&self.seen.tokens[index]).await {
            Ok(_) => self.seen.verified += 1,
            Err(refusal) => self.seen.wrong.push(format!("token {index}: {refusal}")),
        }
    }
}
