//! What the servers of these tests have in common: a free port, a wait for the word that they are
//! ready, and an excuse where they are not installed.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

/// Whether a server takes connections with TLS only, or without only.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speaks {
    /// Nobody comes in who does not encrypt.
    OnlyTls,
    /// It has no certificate.
    OnlyPlain,
}

/// Starts a server and waits until it says that it is ready, in these words.
pub(crate) fn serve(mut command: Command, ready: &str) -> Child {
    let mut process = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
    let mut said = Vec::new();
    let is_ready = lines.by_ref().map_while(Result::ok).any(|line| {
        said.push(line);
        said.last().is_some_and(|line| line.contains(ready))
    });
    assert!(is_ready, "the server ended: {said:#?}");
    // A full pipe would stop the server.
    std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
    process
}

/// Stops a server and waits until it has gone.
pub(crate) fn stop(process: &mut Child, signal: &str) {
    let pid = process.id().to_string();
    drop(Command::new("kill").args([signal, &pid]).status());
    drop(process.wait());
}

/// Says that tests are left out because a server is not installed; in `cargo ci` that is an error.
pub(crate) fn is_missing(what: &str) {
    let missing = format!("no {what} is installed: TLS to the database was not tried");
    assert!(!is_ci(), "{missing}");
    eprintln!("{missing}");
}

pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the round is no setting of the server"
)]
fn is_ci() -> bool {
    std::env::var_os("CI").is_some()
        || std::env::var("NEXTEST_PROFILE").is_ok_and(|profile| profile == "ci")
}
