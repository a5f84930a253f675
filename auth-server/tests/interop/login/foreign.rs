//! A client in a process of its own, which speaks in lines of JSON (`node/conversation.mjs`).

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use serde_json::Value;
use url::Url;

/// A running client. Dropping it ends it.
pub(super) struct Foreign {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

/// A line of the client.
pub(super) enum Said {
    /// The person is to open this URL.
    Open(String),
    /// What came of it all.
    Done(Value),
}

impl Foreign {
    /// Starts a client and tells it what it is registered as.
    pub(super) fn start(mut command: Command, settings: &Value) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the client starts");
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut client = Self {
            child,
            input,
            output: BufReader::new(output),
        };
        client.write(&settings.to_string());
        client
    }

    /// Waits for its next line. Why it ended without one stands in its own words above.
    pub(super) fn listen(&mut self) -> Said {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        assert!(
            !line.is_empty(),
            "the client gave up: {:?}",
            self.child.wait()
        );
        let mut said: Value = serde_json::from_str(&line).unwrap();
        match said["open"].as_str() {
            Some(url) => Said::Open(url.to_owned()),
            None => Said::Done(said["done"].take()),
        }
    }

    /// Where the browser left the server.
    pub(super) fn answer(&mut self, url: &Url) {
        self.write(url.as_str());
    }

    fn write(&mut self, line: &str) {
        self.input
            .write_all(format!("{line}\n").as_bytes())
            .unwrap();
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
