//! TLS to the database (issue 3), on servers that take nothing else and on servers that have none:
//! who verifies comes in, who does not encrypt stays out, and a server that cannot prove who it is
//! gets no connection. The real binary, `database.url` by its variable.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "the whole crate is a test"
)]

mod certificates;
mod daemon;
mod mariadb;
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
use daemon::Speaks;
use mariadb::MariaDb;
use postgres::Postgres;

const NOWHERE: &str = "/nowhere/root.pem";

#[tokio::test]
async fn over_tls_with_verification_the_server_migrates_and_serves_on_postgresql() {
    if let Some(database) = Postgres::start(Speaks::OnlyTls) {
        let verifying = verify_full(&database.certificates.authority);
        migrates_and_serves(database.url(SERVER_NAME, &verifying)).await;
    }
}

#[tokio::test]
async fn over_tls_with_verification_the_server_migrates_and_serves_on_mariadb() {
    if let Some(database) = MariaDb::start(Speaks::OnlyTls) {
        let verifying = verify_identity(&database.certificates.authority);
        migrates_and_serves(database.url(SERVER_NAME, &verifying)).await;
    }
}

#[test]
fn postgresql_refuses_who_does_not_encrypt_and_is_refused_when_it_cannot_prove_who_it_is() {
    let Some(database) = Postgres::start(Speaks::OnlyTls) else {
        return;
    };
    let Certificates {
        authority,
        stranger,
        ..
    } = &database.certificates;
    let url = |host: &str, root: &Path| database.url(host, &verify_full(root));
    // PostgreSQL's words for a client without TLS.
    is_refused(
        &database.url(SERVER_NAME, "sslmode=disable"),
        "no encryption",
    );
    is_refused(&url(SERVER_NAME, stranger), "invalid peer certificate");
    is_refused(&url("127.0.0.1", authority), "not valid for name");
    is_refused(
        &url(SERVER_NAME, Path::new(NOWHERE)),
        "sslrootcert names /nowhere/root.pem, which cannot be read",
    );
}

#[test]
fn mariadb_refuses_who_does_not_encrypt_and_is_refused_when_it_cannot_prove_who_it_is() {
    let Some(database) = MariaDb::start(Speaks::OnlyTls) else {
        return;
    };
    let Certificates {
        authority,
        stranger,
        ..
    } = &database.certificates;
    let url = |host: &str, root: &Path| database.url(host, &verify_identity(root));
    // MariaDB's words for a client without TLS.
    is_refused(
        &database.url(SERVER_NAME, "ssl-mode=DISABLED"),
        "Access denied for user",
    );
    is_refused(&url(SERVER_NAME, stranger), "invalid peer certificate");
    is_refused(&url("127.0.0.1", authority), "not valid for name");
    is_refused(
        &url(SERVER_NAME, Path::new(NOWHERE)),
        "ssl-ca names /nowhere/root.pem, which cannot be read",
    );
}

/// Without a parameter TLS is used where offered, and nothing is proved (`docs/configuration.md`);
/// who asks for a proof is not content with a server that has no TLS.
#[test]
fn unless_asked_for_postgresql_is_spoken_to_in_tls_where_it_is_offered_and_plainly_where_not() {
    if let Some(database) = Postgres::start(Speaks::OnlyTls) {
        migrates(&database.url(SERVER_NAME, ""));
        // Nothing is proved: the name is another one, the authority unknown.
        migrates(&database.url("127.0.0.1", ""));
    }
    if let Some(database) = Postgres::start(Speaks::OnlyPlain) {
        migrates(&database.url(SERVER_NAME, ""));
        let verifying = verify_full(&database.certificates.authority);
        for parameters in ["sslmode=require", &verifying] {
            is_refused(
                &database.url(SERVER_NAME, parameters),
                "server does not support TLS",
            );
        }
    }
}

/// The same on MariaDB.
#[test]
fn unless_asked_for_mariadb_is_spoken_to_in_tls_where_it_is_offered_and_plainly_where_not() {
    if let Some(database) = MariaDb::start(Speaks::OnlyTls) {
        migrates(&database.url(SERVER_NAME, ""));
        migrates(&database.url("127.0.0.1", ""));
    }
    if let Some(database) = MariaDb::start(Speaks::OnlyPlain) {
        migrates(&database.url(SERVER_NAME, ""));
        let verifying = verify_identity(&database.certificates.authority);
        for parameters in ["ssl-mode=REQUIRED", &verifying] {
            is_refused(
                &database.url(SERVER_NAME, parameters),
                "server does not support TLS",
            );
        }
    }
}

async fn migrates_and_serves(url: String) {
    migrates(&url);
    let variables = [("AUTH_SERVER_DATABASE__URL", url)];
    let running = processes::auth_server(processes::free_port(), &variables).await;
    let ready = reqwest::get(running.at("/readyz")).await.unwrap();
    assert_eq!(ready.status(), 200);
}

fn migrates(url: &str) {
    let migrated = auth_server(&["migrate", "up"], url);
    assert!(migrated.status.success(), "{migrated:?}");
}

/// Told why, once.
fn is_refused(url: &str, reason: &str) {
    let run = auth_server(&["migrate", "up"], url);
    let said = String::from_utf8(run.stderr).unwrap();
    assert_eq!(run.status.code(), Some(1), "{said}");
    assert!(said.contains("connecting to the database"), "{said}");
    assert_eq!(said.matches(reason).count(), 1, "{reason:?} in {said}");
}

fn verify_full(root: &Path) -> String {
    format!("sslmode=verify-full&sslrootcert={}", root.display())
}

fn verify_identity(root: &Path) -> String {
    format!("ssl-mode=VERIFY_IDENTITY&ssl-ca={}", root.display())
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
