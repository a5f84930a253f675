//! A verifier of others in a process of its own (`python/timed.py`, `node/timed.mjs`), with its default
//! cache and the time of day that it is told: each line in is a token and a time, each line out a verdict.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, RecvTimeoutError, channel},
    },
    time::Duration,
};

use serde_json::{Value, json};
use shared_claims::remote::RemoteKeys;

use crate::{interop, processes::require_variable};

/// Dropping it ends the process.
pub(crate) struct Foreign(Arc<Mutex<Conversation>>);

struct Conversation {
    child: Child,
    input: ChildStdin,
    output: Receiver<String>,
    fetches: u64,
}

/// No answer within the patience.
struct Silence;

/// What a verifier is asked: a token, at this second.
pub(crate) fn question(now: i64, token: &str) -> String {
    json!({ "now": now, "token": token }).to_string()
}

/// Ours fetches in the background: it wakes when its time has come, and a fetch under way ends. In the
/// time that a test keeps, that takes no time.
pub(crate) async fn settled(ours: &RemoteKeys) {
    let stats = ours.stats();
    for _ in 0..8 {
        tokio::task::yield_now().await;
    }
    let failed = || stats.failures().map(|(_, count)| count).sum::<u64>();
    while stats.fetches() > stats.fetched_anew() + stats.not_modified() + failed() {
        tokio::task::yield_now().await;
    }
}

impl Foreign {
    /// PyJWT's `PyJWKClient` with the key set at this address, and the expected issuer and audience.
    pub(crate) fn pyjwt(arguments: [&str; 3]) -> Self {
        let mut python = Command::new(require_variable("CHANCERY_TEST_PYTHON"));
        python.arg(interop("python/timed.py")).args(arguments);
        Self::start(python)
    }

    /// jose's `createRemoteJWKSet`, likewise.
    pub(crate) fn jose(arguments: [&str; 3]) -> Self {
        let mut node = Command::new("node");
        node.arg(interop("node/timed.mjs")).args(arguments);
        Self::start(node)
    }

    fn start(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the verifier starts");
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (lines, received) = channel();
        // Ends with the process.
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let _ = lines.send(line);
            }
        });
        Self(Arc::new(Mutex::new(Conversation {
            child,
            input,
            output: received,
            fetches: 0,
        })))
    }

    /// Asks one question after the other and returns the verdicts: `None` for a token that is accepted.
    /// They are fewer than the questions if an answer takes longer than the patience.
    ///
    /// On a thread of its own: the server that it asks for keys lives on the present one.
    pub(crate) async fn judge(
        &self,
        questions: &[String],
        patience: Duration,
    ) -> Vec<Option<String>> {
        let (conversation, questions) = (Arc::clone(&self.0), questions.to_vec());
        let talk = move || {
            let mut conversation = conversation.lock().unwrap();
            questions
                .iter()
                .map_while(|question| conversation.ask(question, patience).ok())
                .collect()
        };
        tokio::task::spawn_blocking(talk).await.unwrap()
    }

    /// How often it has asked for the key set, as of its last answer.
    pub(crate) fn fetches(&self) -> u64 {
        self.0.lock().unwrap().fetches
    }
}

impl Conversation {
    fn ask(&mut self, question: &str, patience: Duration) -> Result<Option<String>, Silence> {
        self.input
            .write_all(format!("{question}\n").as_bytes())
            .unwrap();
        let answer = match self.output.recv_timeout(patience) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => return Err(Silence),
            Err(RecvTimeoutError::Disconnected) => panic!("the verifier itself failed"),
        };
        let answer: Value = serde_json::from_str(&answer).expect("the verifier answers");
        self.fetches = answer["fetches"].as_u64().unwrap();
        if answer["ok"] == true {
            return Ok(None);
        }
        Ok(Some(answer["error"].as_str().unwrap().to_owned()))
    }
}

impl Drop for Conversation {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
