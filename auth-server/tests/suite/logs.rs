//! What the log says and what it never says (matrix GEN-18, attacks OP-11, TE-06).
//!
//! The real binary runs at its most verbose level, with marked secrets in every place a secret goes.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

use crate::support::SECRET;

/// How long the server may take for one step.
const PATIENCE: Duration = Duration::from_mins(1);

struct Server {
    child: Child,
    /// Lines of the log, taken off the pipe as they come: a full pipe would stop the server.
    lines: Receiver<String>,
    log: String,
    base: String,
    data: tempfile::TempDir,
}

impl Server {
    fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_auth-server"))
            .arg("dev")
            .current_dir(data.path())
            .env("AUTH_SERVER_LISTEN", "127.0.0.1:0")
            .env("AUTH_SERVER_DATA_DIR", data.path())
            .env("AUTH_SERVER_LOG__FORMAT", "json")
            .env("RUST_LOG", "trace")
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let pipe = BufReader::new(child.stderr.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in pipe.lines() {
                sender.send(line.unwrap()).unwrap();
            }
        });
        let mut server = Self {
            child,
            lines,
            log: String::new(),
            base: String::new(),
            data,
        };
        let line = server.read_until(|line| line["message"] == "ready");
        server.base = format!("http://{}", line["address"].as_str().unwrap());
        server
    }

    /// Reads the log up to a line, keeping all of it.
    fn read_until(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        loop {
            let line = self.lines.recv_timeout(PATIENCE).unwrap();
            self.log.push_str(&line);
            self.log.push('\n');
            if let Ok(value) = serde_json::from_str::<Value>(&line)
                && is_it(&value)
            {
                return value;
            }
        }
    }

    /// Stops it and returns everything it logged.
    fn finish(mut self) -> String {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &pid])
                .status()
                .unwrap()
                .success()
        );
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            self.log.push_str(&line);
            self.log.push('\n');
        }
        assert!(self.child.wait().unwrap().success(), "{}", self.log);
        self.log
    }
}

/// GEN-18, OP-11, JWK-10, OP-08 in small: a stop by SIGTERM ends with success.
#[actix_web::test]
async fn gen_18_no_secret_is_ever_logged() {
    let server = Server::start();
    let http = reqwest::Client::new();
    let url = format!("{}/oauth2/token", server.base);
    let markers = [
        "marked-user-4711",
        "marked-password-4711",
        "marked-secret-4711",
        "rt_marked4711",
    ];
    let login = [
        ("grant_type", "password"),
        ("client_id", "ats-web"),
        ("username", "recruiter@example.com"),
        ("password", crate::support::PASSWORD),
    ];
    let tokens: Value = http
        .post(&url)
        .form(&login)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let refresh = tokens["refresh_token"].as_str().unwrap().to_owned();
    let access = tokens["access_token"].as_str().unwrap().to_owned();
    let forms: [&[(&str, &str)]; 4] = [
        &[
            ("grant_type", "password"),
            ("client_id", "ats-web"),
            ("username", markers[0]),
            ("password", markers[1]),
        ],
        &[
            ("grant_type", "client_credentials"),
            ("client_id", "ats-service"),
            ("client_secret", markers[2]),
        ],
        &[
            ("grant_type", "refresh_token"),
            ("client_id", "ats-web"),
            ("refresh_token", markers[3]),
        ],
        &[
            ("grant_type", "refresh_token"),
            ("client_id", "ats-web"),
            ("refresh_token", &refresh),
        ],
    ];
    for form in forms {
        http.post(&url).form(form).send().await.unwrap();
    }
    let service = http.post(&url).basic_auth("ats-service", Some(SECRET));
    service
        .form(&[("grant_type", "client_credentials")])
        .send()
        .await
        .unwrap();
    let in_query = format!("{url}?client_secret={}", markers[2]);
    http.post(&in_query).form(&login).send().await.unwrap();
    http.get(&server.base)
        .bearer_auth(&access)
        .send()
        .await
        .unwrap();

    let key_file = server.data.path().join("key-encryption-key");
    let key = std::fs::read_to_string(key_file).unwrap();
    let log = server.finish();
    let hidden = [
        key.trim(),
        markers[1],
        markers[2],
        markers[3],
        &refresh,
        &access,
        SECRET,
        crate::support::PASSWORD,
    ];
    for secret in hidden {
        let tail = &secret[secret.len().saturating_sub(40)..];
        assert!(!log.contains(tail), "{secret} is in the log");
    }
    assert!(
        !log.contains("recruiter@example.com"),
        "an e-mail address is in the log"
    );
}

/// TE-06, CVE-2023-6484: one line per event, whatever the caller sends; one access line per request
/// with id, route template, status and duration.
#[actix_web::test]
async fn te_06_every_line_is_one_event() {
    let server = Server::start();
    let http = reqwest::Client::new();
    let url = format!("{}/oauth2/token", server.base);
    let evil = "x\r\n{\"message\":\"forged\"}\u{1b}[31m";
    let form = [
        ("grant_type", evil),
        ("client_id", evil),
        ("client_secret", evil),
    ];
    let answer = http.post(&url).form(&form).send().await.unwrap();
    let id = answer.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    let log = server.finish();
    let mut access = Vec::new();
    for line in log.lines() {
        let value: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
        assert_ne!(value["message"], "forged");
        if value["target"] == "access" && value["span"]["request_id"] == id.as_str() {
            access.push(value);
        }
    }
    assert_eq!(access.len(), 1);
    assert_eq!(access[0]["route"], "/oauth2/token");
    assert_eq!(access[0]["status"], 401);
    assert!(access[0]["duration_ms"].as_f64().is_some());
}

/// PW-16, DEC-01: whoever may still use the password grant is named at every start.
#[actix_web::test]
async fn pw_16_clients_with_the_password_grant_are_named_at_start() {
    let log = Server::start().finish();
    let warning = log
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find(|line| line["level"] == "WARN" && line["client_id"] == "ats-web");
    assert!(
        warning.is_some_and(|line| line["message"].as_str().unwrap().contains("password grant"))
    );
}

/// CT-04, TE-06: a request that ends on a page goes to nobody; the log says whose it was.
#[actix_web::test]
async fn ct_04_the_log_names_the_client_whose_request_ended_on_a_page() {
    let mut server = Server::start();
    let query = "client_id=ats-web&response_type=code&redirect_uri=https://evil.example/";
    let url = format!("{}/oauth2/authorize?{query}", server.base);
    assert_eq!(reqwest::get(url).await.unwrap().status(), 400);
    let line = server.read_until(|line| line["reason"] == "unregistered_redirect_uri");
    assert_eq!(line["span"]["client_id"], "ats-web");
    server.finish();
}
