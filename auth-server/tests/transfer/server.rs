//! The server on a free port, asked over HTTP.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command};
use std::thread::JoinHandle;

use serde_json::Value;

/// A server that is stopped when the test ends.
pub(crate) struct Server {
    child: Child,
    url: String,
    /// Ends with the server; gives back what it wrote.
    log: JoinHandle<String>,
}

/// Arguments of a server with demo data, on a port of its own.
pub(crate) const DEV: [&str; 5] = [
    "dev",
    "--listen",
    "127.0.0.1:0",
    "--set",
    "keys.algorithm=ES256",
];

impl Server {
    /// Starts it and waits for the line that says that it is ready, and where.
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut seen = String::new();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .inspect(|line| seen.extend([line, "\n"]))
            .filter_map(|line| serde_json::from_str::<Value>(&line).ok())
            .filter(|line| line["message"] == "ready")
            .find_map(|line| Some(line.get("address")?.as_str()?.to_owned()));
        let Some(address) = address else {
            panic!("the server ended: {:?}\n{seen}", child.wait());
        };
        // A full pipe would stop the server.
        let log = std::thread::spawn(move || {
            seen.extend(lines.map_while(Result::ok).map(|line| line + "\n"));
            seen
        });
        Self {
            child,
            url: format!("http://{address}"),
            log,
        }
    }

    /// Stops it as an operator does.
    pub(crate) fn stop(mut self) {
        let pid = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        let status = self.child.wait().unwrap();
        let log = std::mem::replace(&mut self.log, std::thread::spawn(String::new));
        assert!(status.success(), "{status}\n{}", log.join().unwrap());
    }

    /// The body of a document.
    pub(crate) async fn get(&self, path: &str) -> Vec<u8> {
        let answer = reqwest::get(format!("{}{path}", self.url)).await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.bytes().await.unwrap().to_vec()
    }

    /// What the token endpoint says to this form: its status and its members.
    pub(crate) async fn token(&self, form: &[(&str, &str)]) -> (u16, Value) {
        let request = reqwest::Client::new().post(format!("{}/oauth2/token", self.url));
        let answer = request.form(form).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
