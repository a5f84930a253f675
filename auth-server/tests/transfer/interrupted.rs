//! A copy that does not arrive, or not as it was: it must never be taken for a whole one.

use std::time::Duration;

use sea_orm::{ConnectionTrait as _, Database, DatabaseBackend, Statement};

use crate::bulk;
use crate::places::{command_at, json_at, migrate, run_at};
use crate::program::Program;
use crate::samples;
use crate::server::{DEV, Server};

fn file(program: &Program, name: &str) -> String {
    format!("sqlite:{}?mode=rwc", program.path(name).display())
}

/// Nobody works with it: not a server, not a command, not another copy.
fn is_refused_everywhere(program: &Program, target: &str) {
    for arguments in [
        &["serve", "--listen", "127.0.0.1:0"][..],
        &["user", "list"],
        &["backup", "b.db"],
        &["copy", "--to", "sqlite:further.db"],
    ] {
        run_at(program, target, arguments).refused(1, "not finished");
    }
    let source = file(program, "source.db");
    run_at(program, &source, &["copy", "--to", target]).refused(1, "not finished");
    let name = target
        .trim_start_matches("sqlite:")
        .split('?')
        .next()
        .unwrap();
    program.run(&["restore", name]).refused(1, "not finished");
    for name in ["b.db", "further.db", "data/auth-server/auth-server.db"] {
        assert!(!program.path(name).exists(), "{name}");
    }
}

#[tokio::test]
async fn a_target_that_changes_rows_is_found_out() {
    let program = Program::new();
    let source = samples::make(&program, "source.db").await;
    let target = file(&program, "target.db");
    migrate(&program, &target);
    samples::execute(
        &target,
        "CREATE TRIGGER spoil AFTER INSERT ON users WHEN new.id = 'u-1'
         BEGIN UPDATE users SET username = 'Zoe' WHERE id = 'u-1'; END;
         CREATE TRIGGER lose AFTER INSERT ON throttles BEGIN DELETE FROM throttles; END",
    )
    .await;
    let run = run_at(
        &program,
        &source,
        &["copy", "--to", &target, "--format", "json"],
    );
    run.refused(3, "users, throttles");
    let report: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(report["equal"], false);
    let different: Vec<&str> = report["tables"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|table| table["equal"] == false)
        .map(|table| table["table"].as_str().unwrap())
        .collect();
    assert_eq!(different, ["users", "throttles"]);
    is_refused_everywhere(&program, &target);
}

#[tokio::test]
async fn a_target_that_refuses_a_row_is_named_with_the_table() {
    let program = Program::new();
    let source = samples::make(&program, "source.db").await;
    let target = file(&program, "target.db");
    migrate(&program, &target);
    let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON families
                  BEGIN SELECT raise(ABORT, 'no more'); END";
    samples::execute(&target, refuse).await;
    run_at(&program, &source, &["copy", "--to", &target]).refused(1, "`families`");
    is_refused_everywhere(&program, &target);
}

#[tokio::test]
async fn a_copy_that_is_killed_is_not_taken_for_a_whole_one() {
    let program = Program::new();
    Server::start(program.command(&DEV)).stop();
    let served = format!(
        "sqlite:{}",
        program.path("data/auth-server/auth-server.db").display()
    );
    bulk::add(&served, 5_000).await;
    std::fs::rename(
        program.path("data/auth-server/auth-server.db"),
        program.path("source.db"),
    )
    .unwrap();
    let source = file(&program, "source.db");
    let target = file(&program, "target.db");
    migrate(&program, &target);
    let mut copying = command_at(&program, &source, &["copy", "--to", &target])
        .spawn()
        .unwrap();
    wait_for_rows(&target, "users").await;
    copying.kill().unwrap();
    assert!(!copying.wait().unwrap().success(), "it was killed in time");
    is_refused_everywhere(&program, &target);

    // The way out that the text names.
    for name in ["target.db", "target.db-wal", "target.db-shm"] {
        let _ = std::fs::remove_file(program.path(name));
    }
    assert_eq!(
        json_at(&program, &source, &["copy", "--to", &target])["equal"],
        true
    );
}

async fn wait_for_rows(url: &str, table: &str) {
    let db = Database::connect(url).await.unwrap();
    let mut glance = tokio::time::interval(Duration::from_millis(5));
    loop {
        glance.tick().await;
        let query = format!("SELECT count(*) AS n FROM {table}");
        let query = Statement::from_string(DatabaseBackend::Sqlite, query);
        let row = db.query_one_raw(query).await.unwrap().unwrap();
        if row.try_get::<i64>("", "n").unwrap() > 0 {
            break;
        }
    }
    db.close().await.unwrap();
}
