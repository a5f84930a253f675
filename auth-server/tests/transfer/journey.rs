//! Issue 3, "Shown when" 4: a database with many users and families goes from SQLite through every
//! server of this run and back to SQLite. Checksums are equal, a token and a refresh token from before
//! still work, and memory does not grow with the tables. Prints time and peak memory.
//!
//! `cargo ci` takes a fifth of the size; `cargo xtask transfer` all of it, in a release build.

use std::process::Stdio;
use std::time::{Duration, Instant};

use auth_server::clock::Clock;
use serde_json::Value;
use shared_claims::NumericDate;
use shared_claims::verify::{KeySet, Policy, Verifier};

use crate::bulk;
use crate::places::{self, command_at, rows, scheme, servers, survey};
use crate::program::Program;
use crate::server::{DEV, Server};

/// Users when nobody says; families are three times as many.
const USERS: u64 = 20_000;
/// Users by which the size is set, for the full journey.
const USERS_VARIABLE: &str = "CHANCERY_TEST_TRANSFER_USERS";
/// What a large copy may take more than a small one. 60,000 families and 20,000 users are 30 MB of
/// values, and several times that in memory.
const GROWTH_KIB: u64 = 40 << 10;
const ISSUER: &str = "http://localhost:8080";

#[tokio::test]
async fn a_large_database_travels_over_every_engine_and_comes_back_the_same() {
    let users = places::find_variable(USERS_VARIABLE).map_or(USERS, |users| users.parse().unwrap());
    let program = Program::new();
    let server = Server::start(program.command(&DEV));
    let before = log_in(&server).await;
    server.stop();
    let home = format!(
        "sqlite:{}",
        program.path("data/auth-server/auth-server.db").display()
    );
    let (_, small) = copy(&program, &home, &format!("{home}.small")).await;
    bulk::add(&home, users).await;
    let original = survey(&program, &home);
    assert!(rows(&original, "users") > users && rows(&original, "families") > users * 3);

    let databases = servers().await;
    let back = format!("sqlite:{}", program.path("back.db").display());
    let mut stations: Vec<&str> = vec![&home];
    stations.extend(
        databases
            .iter()
            .map(migrations::testing::FreshDatabase::url),
    );
    stations.push(&back);
    for leg in stations.windows(2) {
        let (took, peak) = copy(&program, leg[0], leg[1]).await;
        println!(
            "{} -> {}: {users} users, {} families in {:.1} s, peak memory {} MiB (with hardly a row: {} MiB)",
            scheme(leg[0]),
            scheme(leg[1]),
            users * 3,
            took.as_secs_f64(),
            peak >> 10,
            small >> 10,
        );
        assert!(peak < small + GROWTH_KIB, "memory grows with the table");
    }
    assert_eq!(survey(&program, &back), original);
    // Each database serves with the same keys.
    for station in &stations[1..] {
        serves_what_was_issued(&program, station, &before).await;
    }
}

/// A token and a refresh token.
async fn log_in(server: &Server) -> Value {
    let form = [
        ("grant_type", "password"),
        ("client_id", "ats-web"),
        ("username", "recruiter@example.com"),
        ("password", "demo-password-1"),
    ];
    let (status, tokens) = server.token(&form).await;
    assert_eq!(status, 200, "{tokens}");
    tokens
}

async fn serves_what_was_issued(program: &Program, url: &str, before: &Value) {
    let key = "data/auth-server/key-encryption-key";
    let mut serve = command_at(program, url, &["serve", "--listen", "127.0.0.1:0"]);
    serve.env("AUTH_SERVER_KEYS__ENCRYPTION_KEY_FILE", key);
    let server = Server::start(serve);
    let keys = KeySet::from_jwks_json(&server.get("/.well-known/jwks.json").await).unwrap();
    let verifier = Verifier::new(Policy::new(ISSUER, "http://localhost:8081")).unwrap();
    let token = before["access_token"].as_str().unwrap();
    let now = NumericDate::from_seconds(Clock::System.now().as_seconds());
    let claims = verifier.verify(&keys, token, now).unwrap();
    assert!(claims.claims().roles.contains("recruiter"));
    let refresh = before["refresh_token"].as_str().unwrap();
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", "ats-web"),
        ("refresh_token", refresh),
    ];
    let (status, after) = server.token(&form).await;
    assert_eq!(status, 200, "{url}: {after}");
    let fresh = after["access_token"].as_str().unwrap();
    verifier.verify(&keys, fresh, now).unwrap();
    server.stop();
}

/// Copies, and returns how long it took and the most memory it used, in KiB.
async fn copy(program: &Program, from: &str, to: &str) -> (Duration, u64) {
    let begun = Instant::now();
    let mut child = command_at(program, from, &["copy", "--to", to, "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    // The kernel keeps the peak, so that the last glance before the end has it.
    let mut glance = tokio::time::interval(Duration::from_millis(10));
    let ended = loop {
        glance.tick().await;
        if let Some(ended) = child.try_wait().unwrap() {
            break ended;
        }
        peak = find_peak(&status).unwrap_or(peak);
    };
    let took = begun.elapsed();
    assert!(ended.success(), "{from} -> {to}");
    assert!(peak > 0, "{status} has a line VmHWM");
    (took, peak)
}

fn find_peak(status: &str) -> Option<u64> {
    let text = std::fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}
