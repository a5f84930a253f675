//! `backup`: consistent while others write, private, never over another file, never half.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use auth_server::clock::Instant;
use auth_server::store::changes::{self, ChangeKind};
use auth_server::store::{DatabaseTransaction, Store};

use crate::places::open;
use crate::program::{Program, text};

/// The file of the default settings.
const DATABASE: &str = "data/auth-server/auth-server.db";

fn url(program: &Program, name: &str) -> String {
    format!("sqlite:{}", program.path(name).display())
}

/// Appends changes as a server does, until it is told to stop: each counts up and adds a row, in one
/// transaction.
async fn write_changes(store: Store, stop: Arc<AtomicBool>) {
    while !stop.load(Ordering::Relaxed) {
        let append = async |txn: &DatabaseTransaction| {
            changes::append(txn, ChangeKind::User, "u-1", Instant::from_seconds(1)).await
        };
        store.write(append).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_taken_while_others_write_is_one_state() {
    let program = Program::migrated();
    let store = open(&url(&program, DATABASE)).await;
    let stop = Arc::new(AtomicBool::new(false));
    let writing = tokio::spawn(write_changes(store.clone(), stop.clone()));
    let mut seen = Vec::new();
    for round in 0..8 {
        let name = format!("backup-{round}");
        program.done(&["backup", &name]);
        let backup = open(&url(&program, &name)).await;
        let counted = changes::latest(backup.read()).await.unwrap();
        let rows = changes::since(backup.read(), 0, u64::MAX >> 1)
            .await
            .unwrap();
        assert_eq!(i64::try_from(rows.len()), Ok(counted), "round {round}");
        assert_eq!(rows.last().map_or(0, |change| change.seq), counted);
        backup.close().await;
        seen.push(counted);
    }
    stop.store(true, Ordering::Relaxed);
    writing.await.unwrap();
    store.close().await;
    assert!(
        seen.is_sorted() && seen[0] < seen[7],
        "somebody wrote: {seen:?}"
    );
}

#[test]
fn a_backup_is_for_its_owner_says_what_is_in_it_and_what_is_not() {
    let program = Program::migrated();
    program.with_user("anna@example.com", "recruiter");
    let run = program.run(&["backup", "b.db", "--format", "json"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.err.contains("key-encryption-key") && run.err.contains("not in it"),
        "{run:?}"
    );
    let report: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(report["tables"]["users"], 1);
    assert_eq!(report["tables"]["user_roles"], 1);
    assert_eq!(report["has_encryption_key"], false);
    let metadata = fs::metadata(program.path("b.db")).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    assert_eq!(report["bytes"], metadata.len());
    let line = program.done(&["backup", "again.db"]);
    assert_eq!(line.lines().count(), 1, "{line}");
    assert!(line.contains("again.db"), "{line}");
}

#[test]
fn a_file_that_is_there_is_never_overwritten() {
    let program = Program::migrated();
    for content in ["theirs", ""] {
        program.write("b.db", content);
        program.run(&["backup", "b.db"]).refused(1, "b.db exists");
        assert_eq!(fs::read_to_string(program.path("b.db")).unwrap(), content);
    }
    program
        .run(&["backup", "nowhere/b.db"])
        .refused(1, "nowhere/b.db");
    assert_eq!(files(&program), ["b.db", "data"]);
}

/// It would write to a name of its own making, for everybody to read.
#[test]
fn a_name_that_sqlite_cannot_take_is_refused() {
    let program = Program::migrated();
    let mut backup = program.command(&["backup"]);
    let output = backup.arg(OsStr::from_bytes(b"b\xff.db")).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("not UTF-8"));
    assert_eq!(files(&program), ["data"]);
}

/// A limit on the size of files stands for a full disk.
#[tokio::test]
async fn a_backup_that_does_not_fit_leaves_nothing() {
    let program = Program::migrated();
    crate::samples::execute(
        &url(&program, DATABASE),
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)
         INSERT INTO throttles SELECT hex(randomblob(100)), 1, 1, 1, 1 FROM n",
    )
    .await;
    // In blocks of 512 bytes; without the trap, the signal of the limit would end the process.
    let script = "trap '' XFSZ; ulimit -f 600; exec \"$@\"";
    let mut shell = std::process::Command::new("sh");
    let backup = program.command(&["backup", "b.db"]);
    shell
        .args(["-c", script, "sh"])
        .arg(backup.get_program())
        .args(backup.get_args());
    shell.current_dir(program.path("")).env_clear();
    let output = shell.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("writing"), "{said}");
    assert_eq!(files(&program), ["data"]);
    program.done(&["backup", "b.db"]);
}

#[test]
fn without_a_database_nothing_is_written() {
    let program = Program::new();
    program.run(&["backup", "b.db"]).refused(1, "migrate up");
    assert!(files(&program).is_empty());
}

#[test]
fn a_database_of_an_older_schema_is_backed_up_as_it_is() {
    let program = Program::migrated();
    program.done(&["migrate", "down", "--yes"]);
    program.done(&["backup", "before-the-upgrade.db"]);
}

#[test]
fn other_engines_are_pointed_to_their_own_tools() {
    let program = Program::new();
    for (url, tool) in [
        ("postgres://app:hunter2@127.0.0.1:1/auth", "pg_dump"),
        ("mysql://app:hunter2@127.0.0.1:1/auth", "mariadb-dump"),
    ] {
        let run = program.run_with(&["backup", "b.db"], &[(crate::places::URL, url)]);
        run.refused(1, tool);
        run.refused(1, "copy --to sqlite:");
        run.never_says("hunter2");
    }
}

/// Names in the directory of the program, sorted.
pub(crate) fn files(program: &Program) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(text(&program.path("")))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
