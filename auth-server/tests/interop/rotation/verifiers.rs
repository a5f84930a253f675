//! Three verifiers that know nothing of each other, each with its default cache, all at the same
//! time of day: `shared_claims::remote`, PyJWT's `PyJWKClient`, jose's `createRemoteJWKSet`.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use shared_claims::{
    remote::{Clock as _, ManualClock, RemoteKeys, RemoteVerifier},
    verify::Policy,
};

use crate::{
    AUDIENCE, interop,
    processes::require_variable,
    support::{ISSUER, World},
};

/// In the order of every array of three here.
pub(super) const NAMES: [&str; 3] = ["shared-claims", "PyJWT", "jose"];
const KEY_SET: &str = "/.well-known/jwks.json";

/// What each of the three said of some tokens: `None` for a token that it accepts.
pub(super) type Verdicts = [Vec<Option<String>>; 3];

/// The three, and the time that is theirs.
pub(super) struct Verifiers {
    clock: ManualClock,
    ours: RemoteVerifier,
    pyjwt: Foreign,
    jose: Foreign,
}

impl Verifiers {
    /// Starts them with the address of the key set and the present time of the clock.
    pub(super) async fn of(world: &World, clock: ManualClock) -> Self {
        let jwks = format!("{}{KEY_SET}", world.base);
        let mut python = Command::new(require_variable("CHANCERY_TEST_PYTHON"));
        python.arg(interop("python/rotation.py"));
        let mut node = Command::new("node");
        node.arg(interop("node/rotation.mjs"));
        let keys = RemoteKeys::builder(ISSUER)
            .jwks_url(&jwks)
            .clock(Arc::new(clock.clone()))
            .start()
            .unwrap();
        keys.ready().await;
        Self {
            clock,
            ours: RemoteVerifier::new(keys, Policy::new(ISSUER, AUDIENCE)).unwrap(),
            pyjwt: Foreign::start(python, &jwks),
            jose: Foreign::start(node, &jwks),
        }
    }

    /// All three judge all tokens now.
    pub(super) async fn judge(&self, tokens: &[&str]) -> Verdicts {
        let now = self.clock.now().seconds();
        let lines: Vec<String> = tokens
            .iter()
            .map(|token| json!({ "now": now, "token": token }).to_string())
            .collect();
        let ours = async {
            self.notice_the_time().await;
            let mut verdicts = Vec::new();
            for token in tokens {
                let refusal = self.ours.verify(token).await.err();
                verdicts.push(refusal.map(|reason| reason.to_string()));
            }
            verdicts
        };
        let (ours, pyjwt, jose) =
            tokio::join!(ours, self.pyjwt.judge(&lines), self.jose.judge(&lines));
        [ours, pyjwt, jose]
    }

    /// How often each has asked for the key set.
    pub(super) fn fetches(&self) -> [u64; 3] {
        let ours = self.ours.keys().stats().fetches();
        [ours, self.pyjwt.fetches(), self.jose.fetches()]
    }

    /// Ours fetches in the background: it wakes when its time has come, and a fetch under way ends.
    /// In the time that the test keeps, that takes no time.
    async fn notice_the_time(&self) {
        let stats = self.ours.keys().stats();
        for _ in 0..8 {
            tokio::task::yield_now().await;
        }
        let failed = || stats.failures().map(|(_, count)| count).sum::<u64>();
        while stats.fetches() > stats.fetched_anew() + stats.not_modified() + failed() {
            tokio::task::yield_now().await;
        }
    }
}

/// A verifier in a process of its own that answers each line with a line.
struct Foreign(Arc<Mutex<Conversation>>);

struct Conversation {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    fetches: u64,
}

impl Foreign {
    fn start(mut command: Command, jwks: &str) -> Self {
        let mut child = command
            .args([jwks, ISSUER, AUDIENCE])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the verifier starts");
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self(Arc::new(Mutex::new(Conversation {
            child,
            input,
            output: BufReader::new(output),
            fetches: 0,
        })))
    }

    /// On a thread of its own: the server that it asks for keys lives on the present one.
    async fn judge(&self, lines: &[String]) -> Vec<Option<String>> {
        let (conversation, lines) = (Arc::clone(&self.0), lines.to_vec());
        let talk = move || {
            let mut conversation = conversation.lock().unwrap();
            lines.iter().map(|line| conversation.ask(line)).collect()
        };
        tokio::task::spawn_blocking(talk).await.unwrap()
    }

    fn fetches(&self) -> u64 {
        self.0.lock().unwrap().fetches
    }
}

impl Conversation {
    fn ask(&mut self, line: &str) -> Option<String> {
        self.input
            .write_all(format!("{line}\n").as_bytes())
            .unwrap();
        let mut answer = String::new();
        self.output.read_line(&mut answer).unwrap();
        let answer: Value = serde_json::from_str(&answer).expect("the verifier answers");
        self.fetches = answer["fetches"].as_u64().unwrap();
        if answer["ok"] == true {
            return None;
        }
        Some(answer["error"].as_str().unwrap().to_owned())
    }
}

impl Drop for Conversation {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
