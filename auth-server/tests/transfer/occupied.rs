//! Targets that `copy` does not take, on the engine of the round; and that it leaves them alone.

use migrations::testing::FreshDatabase;

use crate::places::{migrate, run_at, survey};
use crate::program::Program;
use crate::samples;

/// A source with something in it, and a fresh target.
async fn places() -> (Program, String, FreshDatabase) {
    let program = Program::new();
    let source = samples::make(&program, "source.db").await;
    (program, source, FreshDatabase::create().await)
}

/// Neither a rehearsal nor the copy itself goes on.
#[track_caller]
fn refused(program: &Program, source: &str, target: &str, sentence: &str) {
    for arguments in [
        &["copy", "--to", target, "--dry-run"][..],
        &["copy", "--to", target],
    ] {
        run_at(program, source, arguments).refused(1, sentence);
    }
}

#[tokio::test]
async fn a_target_with_a_row_of_its_own_is_refused() {
    let (program, source, target) = places().await;
    migrate(&program, target.url());
    samples::execute(target.url(), "INSERT INTO resources VALUES ('urn:a', 'A')").await;
    let before = survey(&program, target.url());
    refused(&program, &source, target.url(), "`resources`");
    assert_eq!(survey(&program, target.url()), before);
}

#[tokio::test]
async fn a_target_whose_first_rows_were_changed_is_refused() {
    for change in [
        "UPDATE roles SET description = 'mine' WHERE name = 'admin'",
        "DELETE FROM roles WHERE name = 'admin'",
    ] {
        let (program, source, target) = places().await;
        migrate(&program, target.url());
        samples::execute(target.url(), change).await;
        refused(&program, &source, target.url(), "`roles`");
    }
}

#[tokio::test]
async fn a_target_that_was_only_migrated_is_taken() {
    let (program, source, target) = places().await;
    migrate(&program, target.url());
    let run = run_at(&program, &source, &["copy", "--to", target.url()]);
    assert_eq!(run.code, 0, "{run:?}");
    refused(&program, &source, target.url(), "not empty");
}

/// An application's own `users`: a migration would take it for ours.
#[tokio::test]
async fn a_target_with_another_programs_table_is_refused() {
    let (program, source, target) = places().await;
    samples::execute(target.url(), "CREATE TABLE users (login VARCHAR(10))").await;
    refused(&program, &source, target.url(), "`users`");
    samples::execute(target.url(), "INSERT INTO users VALUES ('anna')").await;
}

#[tokio::test]
async fn a_target_with_an_older_schema_is_refused() {
    let (program, source, target) = places().await;
    migrate(&program, target.url());
    run_at(&program, target.url(), &["migrate", "down", "--yes"]);
    refused(&program, &source, target.url(), "older version");
}

#[tokio::test]
async fn a_target_with_a_newer_schema_is_refused() {
    let (program, source, target) = places().await;
    migrate(&program, target.url());
    let newer = "INSERT INTO auth_server_migrations VALUES ('m20991231_000001_flying', 0)";
    samples::execute(target.url(), newer).await;
    refused(&program, &source, target.url(), "m20991231_000001_flying");
}

#[tokio::test]
async fn a_source_that_is_its_own_target_is_refused() {
    let (program, source, _target) = places().await;
    refused(&program, &source, &source, "not empty");
}

#[test]
fn a_source_that_is_not_there_is_refused() {
    let program = Program::new();
    program
        .run(&["copy", "--to", "sqlite:target.db"])
        .refused(1, "migrate up");
    assert!(!program.path("target.db").exists());
}
