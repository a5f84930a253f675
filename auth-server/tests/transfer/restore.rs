//! `restore`: a backup becomes the database of a server that has none, and nothing else ever happens.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::backup::files;
use crate::places::open;
use crate::program::{Program, Run};
use crate::samples::execute;
use crate::server::{DEV, Server};

const DATABASE: &str = "data/auth-server/auth-server.db";
const KEY: &str = "data/auth-server/key-encryption-key";

/// A backup of a server that has served, with the key beside it.
fn served() -> Program {
    let program = Program::new();
    Server::start(program.command(&DEV)).stop();
    program.done(&["backup", "b.db"]);
    fs::copy(program.path(KEY), program.path("key")).unwrap();
    program
}

/// Another machine with the backup and the key of `from`.
fn elsewhere(from: &Program) -> Program {
    let program = Program::new();
    fs::copy(from.path("b.db"), program.path("b.db")).unwrap();
    fs::create_dir_all(program.path("data/auth-server")).unwrap();
    fs::copy(from.path("key"), program.path(KEY)).unwrap();
    program
}

#[test]
fn what_was_backed_up_is_there_again() {
    let before = served();
    let after = elsewhere(&before);
    let report = after.json(&["restore", "b.db"]);
    assert_eq!(report["tables"]["users"], 3);
    for question in [["user", "list"], ["client", "list"], ["keys", "list"]] {
        assert_eq!(
            before.json(&question),
            after.json(&question),
            "{question:?}"
        );
    }
    let metadata = fs::metadata(after.path(DATABASE)).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    assert_eq!(
        fs::read(before.path("b.db")).unwrap(),
        fs::read(after.path("b.db")).unwrap()
    );
    // It serves with the keys of before.
    Server::start(after.command(&DEV)).stop();
    assert_eq!(
        before.json(&["keys", "list"]),
        after.json(&["keys", "list"])
    );
}

#[test]
fn a_database_that_was_only_migrated_counts_as_empty() {
    let after = elsewhere(&served());
    after.done(&["migrate", "up"]);
    after.done(&["restore", "b.db"]);
    assert_eq!(
        after.json(&["user", "list"])["items"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
}

#[test]
fn a_link_to_another_volume_stays_a_link() {
    let after = elsewhere(&served());
    after.write("volume.db", "");
    std::os::unix::fs::symlink(after.path("volume.db"), after.path(DATABASE)).unwrap();
    after.done(&["restore", "b.db"]);
    assert!(after.path(DATABASE).is_symlink());
    assert!(fs::metadata(after.path("volume.db")).unwrap().len() > 0);
    assert_eq!(
        after.json(&["user", "list"])["items"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
}

/// Refused, and what was there before is there still.
#[track_caller]
fn refused(program: &Program, sentence: &str) -> Run {
    let before = fs::read(program.path(DATABASE)).ok();
    let names = files(program);
    let run = program.run(&["restore", "b.db"]);
    run.refused(1, sentence);
    assert_eq!(fs::read(program.path(DATABASE)).ok(), before);
    assert_eq!(files(program), names);
    let data: Vec<String> = fs::read_dir(program.path("data/auth-server"))
        .map(|entries| {
            entries
                .map(|one| one.unwrap().file_name().into_string().unwrap())
                .collect()
        })
        .unwrap_or_default();
    assert!(data.iter().all(|name| !name.starts_with('.')), "{data:?}");
    run
}

#[test]
fn a_database_with_anything_in_it_is_refused() {
    let served = served();
    refused(&served, "not empty");
    let after = elsewhere(&served);
    after.with_user("anna@example.com", "recruiter");
    refused(&after, "`users`");
    assert_eq!(
        after.json(&["user", "list"])["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

/// Two services may share one file: the other one's tables would be lost.
#[tokio::test]
async fn a_file_with_tables_of_another_service_is_refused() {
    let after = elsewhere(&served());
    let url = format!("sqlite:{}?mode=rwc", after.path(DATABASE).display());
    execute(&url, "CREATE TABLE jobs (id TEXT)").await;
    refused(&after, "`jobs`");
}

#[tokio::test]
async fn a_file_that_somebody_has_open_is_refused() {
    let after = elsewhere(&served());
    after.done(&["migrate", "up"]);
    let store = open(&format!("sqlite:{}", after.path(DATABASE).display())).await;
    // Reading the file here would let go of the locks of this process.
    after.run(&["restore", "b.db"]).refused(1, "in use");
    store.close().await;
    after.done(&["restore", "b.db"]);
}

/// SQLite would play them into the restored database.
#[test]
fn what_a_lost_database_left_behind_is_not_mixed_in() {
    let after = elsewhere(&served());
    fs::write(after.path(&format!("{DATABASE}-wal")), "rows").unwrap();
    refused(&after, "auth-server.db-wal");
    fs::remove_file(after.path(&format!("{DATABASE}-wal"))).unwrap();
    after.done(&["restore", "b.db"]);
}

#[test]
fn files_that_are_no_backup_are_refused() {
    let program = Program::new();
    refused(&program, "b.db");
    program.write("b.db", "");
    refused(&program, "no SQLite database");
    program.write("b.db", &"dear diary, ".repeat(1000));
    refused(&program, "no SQLite database");
    program.write("b.db", "SQLite format 3\0 and then something else");
    refused(&program, "b.db");
}

#[tokio::test]
async fn the_database_of_another_program_is_refused() {
    let program = Program::new();
    let url = format!("sqlite:{}?mode=rwc", program.path("b.db").display());
    execute(&url, "CREATE TABLE users (id TEXT)").await;
    refused(&program, "not one of this program");
}

/// One page in the middle: SQLite opens it without a complaint.
#[tokio::test]
async fn a_damaged_backup_is_refused() {
    let served = served();
    let after = elsewhere(&served);
    let mut bytes = fs::read(after.path("b.db")).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0xA5);
    fs::write(after.path("b.db"), bytes).unwrap();
    refused(&after, "damaged");
}

#[tokio::test]
async fn a_backup_of_a_newer_version_is_refused() {
    let after = elsewhere(&served());
    let url = format!("sqlite:{}", after.path("b.db").display());
    let newer = "INSERT INTO auth_server_migrations VALUES ('m20991231_000001_flying', 0)";
    execute(&url, newer).await;
    refused(&after, "m20991231_000001_flying");
}

#[test]
fn a_backup_of_an_older_version_is_brought_up_to_date() {
    let program = Program::migrated();
    program.done(&["migrate", "down", "--yes"]);
    program.done(&["backup", "b.db"]);
    let after = Program::new();
    fs::copy(program.path("b.db"), after.path("b.db")).unwrap();
    after.done(&["restore", "b.db"]);
    let status = after.json(&["migrate", "status"]);
    let mut states = status["items"].as_array().unwrap().iter();
    assert!(states.all(|state| state["applied"] == true), "{status}");
}

/// OP-09: without its key the backup would be a server that cannot sign.
#[test]
fn op_09_the_key_must_be_there_and_be_the_right_one() {
    let after = elsewhere(&served());
    fs::remove_file(after.path(KEY)).unwrap();
    refused(&after, "key-encryption-key");
    assert!(!after.path(KEY).exists(), "a new key would open nothing");
    let other = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let variable = ("AUTH_SERVER_KEYS__ENCRYPTION_KEY", other);
    let run = after.run_with(&["restore", "b.db"], &[variable]);
    run.refused(1, "another key-encryption key");
    run.never_says(other);
    assert!(!after.path(DATABASE).exists());
}

#[test]
fn other_engines_are_pointed_to_copy() {
    let program = Program::new();
    let url = "postgres://app:hunter2@127.0.0.1:1/auth";
    let run = program.run_with(&["restore", "b.db"], &[(crate::places::URL, url)]);
    run.refused(1, "auth-server copy");
    run.never_says("hunter2");
}
