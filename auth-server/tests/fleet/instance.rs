//! One process of the server: started, watched, killed.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

use crate::wait::until;

/// A debug build on a busy machine.
const START: Duration = Duration::from_secs(30);

/// Lines of the log that a failed test shows.
const SHOWN: usize = 200;

/// A running server. Killed when dropped.
pub(crate) struct Instance {
    /// Where it is reached, without a slash at the end.
    pub(crate) base: String,
    child: Child,
    log: Log,
    /// Ends with the last line.
    reader: std::thread::JoinHandle<()>,
}

/// Lines of its standard error so far.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    /// All of them.
    pub(crate) fn text(&self) -> String {
        self.0.lock().unwrap().join("\n")
    }

    /// The last of them, which are enough for people.
    fn end(&self) -> String {
        let lines = self.0.lock().unwrap();
        lines[lines.len().saturating_sub(SHOWN)..].join("\n")
    }

    /// Those with this message, as JSON.
    pub(crate) fn records(&self, message: &str) -> Vec<Value> {
        let lines = self.0.lock().unwrap();
        let records = lines
            .iter()
            .filter_map(|line| serde_json::from_str(line).ok());
        records
            .filter(|record: &Value| record["message"] == message)
            .collect()
    }
}

impl Instance {
    /// Starts it and waits until it listens; it need not be ready.
    pub(crate) async fn start(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Log::default();
        let (lines, end) = (
            BufReader::new(child.stderr.take().unwrap()).lines(),
            log.clone(),
        );
        let reader = std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                end.0.lock().unwrap().push(line);
            }
        });
        let listening = until("it listens", START, async || {
            let address = log.records("listening").first()?["address"]
                .as_str()?
                .to_owned();
            Some(address)
        });
        let (address, _) = listening.await;
        Self {
            base: format!("http://{address}"),
            child,
            log,
            reader,
        }
    }

    /// Waits until it says that it can serve, and for how long that took.
    pub(crate) async fn ready(&self) -> Duration {
        let http = reqwest::Client::new();
        let ((), took) = until("it is ready", START, async || {
            let answer = http
                .get(format!("{}/readyz", self.base))
                .send()
                .await
                .ok()?;
            (answer.status() == 200).then_some(())
        })
        .await;
        took
    }

    /// SIGKILL: no last words.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// A signal by its name: `TERM`, `INT`.
    pub(crate) fn signal(&self, name: &str) {
        send(name, self.child.id());
    }

    /// Waits for its end: the exit code and the log.
    pub(crate) async fn ended(mut self, limit: Duration) -> (i32, Log) {
        let (status, _) = until("it ends", limit, async || self.child.try_wait().unwrap()).await;
        let is_read = async || self.reader.is_finished().then_some(());
        until("its last words are read", limit, is_read).await;
        (status.code().unwrap_or(-1), self.log.clone())
    }

    /// What it has written.
    pub(crate) fn log(&self) -> &Log {
        &self.log
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        if std::thread::panicking() {
            eprintln!("--- log of {} ---\n{}", self.base, self.log.end());
        }
    }
}

/// Sends a signal to one process.
pub(crate) fn send(signal: &str, pid: u32) {
    let sent = Command::new("kill")
        .args([format!("-{signal}"), pid.to_string()])
        .status();
    assert!(sent.unwrap().success());
}
