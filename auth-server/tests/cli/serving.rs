//! `dev` and `healthcheck` on free ports.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command};

use crate::program::Program;

/// A server that is stopped when the test ends.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    /// Starts `dev` and waits for the line that says that it is ready, and where.
    fn start(program: &Program) -> Self {
        let arguments = [
            "dev",
            "--listen",
            "127.0.0.1:0",
            "--set",
            "keys.algorithm=ES256",
        ];
        let mut child = program.command(&arguments).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(&line).ok())
            .filter(|line| line["message"] == "ready")
            .find_map(|line| Some(line.get("address")?.as_str()?.to_owned()))
            .unwrap_or_else(|| panic!("the server ended: {:?}", child.wait()));
        // A full pipe would stop the server.
        std::thread::spawn(move || for _ in lines {});
        Self { child, address }
    }

    /// Stops it as an operator does.
    fn stop(mut self) -> i32 {
        let pid = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        self.child.wait().unwrap().code().unwrap_or(-1)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn dev_serves_demo_data_keeps_it_and_stops_cleanly() {
    let program = Program::new();
    let server = Server::start(&program);
    let listen = format!("listen={}", server.address);
    program.done(&["healthcheck", "--set", &listen]);
    program.done(&["healthcheck", "--live", "--set", &listen]);
    assert_eq!(server.stop(), 0);
    program
        .run(&["healthcheck", "--set", &listen])
        .refused(1, "does not answer");

    let users = program.json(&["user", "list"]);
    let mut names: Vec<&str> = users["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|user| user["username"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "admin@example.com",
            "candidate@example.com",
            "recruiter@example.com"
        ]
    );
    let web = program.json(&["client", "show", "ats-web"]);
    assert_eq!(
        (&web["kind"], &web["audiences"][0]),
        (&"public".into(), &"http://localhost:8081".into())
    );
    assert_eq!(web["redirect_uris"].as_array().unwrap().len(), 3);
    let service = program.json(&["client", "show", "ats-service"]);
    assert_eq!(
        (&service["kind"], &service["roles"][0]),
        (&"confidential".into(), &"recruiter".into())
    );
    assert_eq!(
        program.json(&["client", "show", "ats-introspect"])["may_introspect"],
        true
    );

    // A second start changes nothing, also not what was changed by hand.
    program.done(&["client", "update", "ats-web", "--name", "Mine"]);
    let keys = program.json(&["keys", "list"]);
    let server = Server::start(&program);
    program.done(&[
        "healthcheck",
        "--set",
        &format!("listen={}", server.address),
    ]);
    assert_eq!(server.stop(), 0);
    assert_eq!(
        program.json(&["client", "show", "ats-web"])["client_name"],
        "Mine"
    );
    assert_eq!(program.json(&["keys", "list"]), keys);
    assert_eq!(program.json(&["user", "list"]), users);
}

#[test]
fn dev_refuses_to_be_reached_from_elsewhere() {
    let program = Program::new();
    program
        .run(&["dev", "--listen", "0.0.0.0:0"])
        .refused(78, "--allow-remote-dev");
    assert!(!program.path("data").exists());
}

#[test]
fn an_address_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let program = Program::new();
    let run = program.run(&["dev", "--listen", &address, "--set", "keys.algorithm=ES256"]);
    run.refused(1, &address);
}

/// A slip in the filter is told, and does not silence the log.
#[test]
fn a_rust_log_that_is_no_filter_is_named_and_the_usual_is_logged() {
    let program = Program::new();
    // Ends at once, after the log has begun.
    let url = "postgres://nobody@127.0.0.1:1/nowhere?sslrootcert=/nowhere";
    let end_with = |filter| {
        let variables = [("AUTH_SERVER_DATABASE__URL", url), ("RUST_LOG", filter)];
        program.run_with(&["dev", "--listen", "127.0.0.1:0"], &variables)
    };
    let run = end_with("info,sqlx=loud");
    run.refused(1, "RUST_LOG is no filter; the usual is logged");
    let mut records = run
        .err
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    let told = records.any(|record: serde_json::Value| {
        record["level"] == "WARN" && record["value"] == "info,sqlx=loud"
    });
    assert!(told, "{}", run.err);
    assert!(run.err.contains("listening"), "{}", run.err);

    let quiet = end_with("error");
    assert!(!quiet.err.contains("listening"), "{}", quiet.err);
    assert!(!quiet.err.contains("RUST_LOG"), "{}", quiet.err);
}
