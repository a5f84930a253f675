//! TLS to the database (issue 3), on a PostgreSQL that takes nothing else: who verifies comes in,
//! who does not encrypt stays out, and a server that cannot prove who it is gets no connection.
//! The real binary, `database.url` by its variable.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "the whole crate is a test"
)]

mod certificates;
mod postgres;
#[expect(
    dead_code,
    reason = "made for the tests with browsers, which use the rest"
)]
#[path = "../processes/mod.rs"]
mod processes;

use std::path::Path;
use std::process::{Command, Output};

use certificates::{Certificates, SERVER_NAME};
use postgres::Postgres;

#[tokio::test]
async fn over_tls_with_verification_the_server_migrates_and_serves() {
    let Some(database) = Postgres::start() else {
        return;
    };
    let url = database.url(SERVER_NAME, &verifying(&database.certificates.authority));
    let migrated = auth_server(&["migrate", "up"], &url);
    assert!(migrated.status.success(), "{migrated:?}");

    let variables = [("AUTH_SERVER_DATABASE__URL", url)];
    let running = processes::auth_server(processes::free_port(), &variables).await;
    let ready = reqwest::get(running.at("/readyz")).await.unwrap();
    assert_eq!(ready.status(), 200);
}

#[test]
fn who_does_not_encrypt_or_cannot_verify_is_refused_with_the_reason() {
    let Some(database) = Postgres::start() else {
        return;
    };
    let verified_by = |host, root: &Path| database.url(host, &verifying(root));
    let Certificates {
        authority,
        stranger,
        ..
    } = &database.certificates;
    let nowhere = Path::new("/nowhere/root.pem");
    for (url, reason) in [
        // PostgreSQL's words for a client without TLS.
        (
            database.url(SERVER_NAME, "sslmode=disable"),
            "no encryption",
        ),
        (
            verified_by(SERVER_NAME, stranger),
            "invalid peer certificate",
        ),
        (verified_by("127.0.0.1", authority), "not valid for name"),
        (
            verified_by(SERVER_NAME, nowhere),
            "sslrootcert names /nowhere/root.pem, which cannot be read",
        ),
    ] {
        let run = auth_server(&["migrate", "up"], &url);
        let said = String::from_utf8(run.stderr).unwrap();
        assert_eq!(run.status.code(), Some(1), "{said}");
        for expected in ["connecting to the database", reason] {
            assert!(said.contains(expected), "{expected:?} in {said}");
        }
    }
}

fn verifying(root: &Path) -> String {
    format!("sslmode=verify-full&sslrootcert={}", root.display())
}

fn auth_server(arguments: &[&str], database_url: &str) -> Output {
    let directory = tempfile::tempdir().unwrap();
    Command::new(env!("CARGO_BIN_EXE_auth-server"))
        .args(arguments)
        .current_dir(directory.path())
        .env_clear()
        .env("AUTH_SERVER_DATABASE__URL", database_url)
        .output()
        .unwrap()
}
