//! `copy`: every value arrives as it was, on every engine; numbering goes on; a source that serves is
//! copied in one state.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use auth_server::clock::Instant;
use auth_server::store::DatabaseTransaction;
use auth_server::store::changes::{self, ChangeKind};
use migrations::testing::FreshDatabase;
use sea_orm::{ConnectionTrait as _, Database};

use crate::places::{self, json_at, open, rows, run_at, servers, survey};
use crate::program::{PASSWORD, Program};
use crate::samples;

fn file(program: &Program, name: &str) -> String {
    format!("sqlite:{}", program.path(name).display())
}

#[tokio::test]
async fn every_value_arrives_as_it_was_on_every_engine_and_comes_back() {
    let program = Program::new();
    let source = samples::make(&program, "source.db").await;
    let original = survey(&program, &source);
    let empty: Vec<_> = original
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["rows"] == 0)
        .collect();
    assert!(empty.is_empty(), "samples lack a row for {empty:?}");
    let mut from = source.clone();
    let servers = servers().await;
    for server in &servers {
        let report = json_at(&program, &from, &["copy", "--to", server.url()]);
        assert_eq!(report["equal"], true, "{report}");
        assert_eq!(survey(&program, server.url()), original, "{}", server.url());
        server.url().clone_into(&mut from);
    }
    let back = file(&program, "back.db");
    let report = json_at(&program, &from, &["copy", "--to", &back]);
    let mut tables = report["tables"].as_array().unwrap().iter();
    assert!(
        tables.all(|table| table["checksum"] == table["target_checksum"]),
        "{report}"
    );
    assert!(
        !program.path("back.db-wal").exists(),
        "the file is whole by itself"
    );
    assert_eq!(survey(&program, &back), original);
}

/// PostgreSQL's sequence stands apart from the rows, and the change log has a counter of its own.
#[tokio::test]
async fn numbers_go_on_after_the_highest_copied() {
    let program = Program::new();
    let source = samples::make(&program, "source.db").await;
    let databases = servers().await;
    let mut targets: Vec<String> = databases.iter().map(|one| one.url().to_owned()).collect();
    targets.push(file(&program, "target.db"));
    for target in targets {
        json_at(&program, &source, &["copy", "--to", &target]);
        let arguments = [
            "user",
            "add",
            "anna@example.com",
            "--role",
            "admin",
            "--password-file",
        ];
        program.write("password", PASSWORD);
        let run = run_at(&program, &target, &[&arguments[..], &["password"]].concat());
        assert_eq!(run.code, 0, "{target}: {run:?}");
        let db = Database::connect(&target).await.unwrap();
        for (table, least) in [("audit_events", 901), ("change_log", 3)] {
            let query = format!("SELECT max(seq) AS newest FROM {table}");
            let query = sea_orm::Statement::from_string(db.get_database_backend(), query);
            let row = db.query_one_raw(query).await.unwrap().unwrap();
            let newest: i64 = row.try_get("", "newest").unwrap();
            assert!(newest >= least, "{table} of {target}: {newest}");
        }
        db.close().await.unwrap();
    }
}

/// German sorts `_` before `a` and `B` between them; the checksum must not care.
#[tokio::test]
async fn a_database_that_sorts_by_language_has_the_same_checksums() {
    let Some(server) = places::find_postgres() else {
        return;
    };
    let program = Program::new();
    let source = samples::make(&program, "source.db").await;
    let scratch = FreshDatabase::on_server(&server).await;
    let mut german = url::Url::parse(&server).unwrap();
    let name = format!("{}_de", scratch.url().rsplit('/').next().unwrap());
    german.set_path(&name);
    let create = format!(
        "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu \
         ICU_LOCALE 'de-DE' LOCALE 'C'"
    );
    samples::execute(&server, &create).await;
    let report = json_at(&program, &source, &["copy", "--to", german.as_str()]);
    let back = json_at(
        &program,
        german.as_str(),
        &["copy", "--to", &file(&program, "back.db")],
    );
    samples::execute(&server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
    assert_eq!(report["equal"], true);
    assert_eq!(back["equal"], true);
}

/// Source is the engine of the round.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_that_is_written_to_meanwhile_is_copied_in_one_state() {
    let program = Program::new();
    let source = FreshDatabase::create().await;
    places::migrate(&program, source.url());
    let store = open(source.url()).await;
    let stop = Arc::new(AtomicBool::new(false));
    let writing = tokio::spawn({
        let (store, stop) = (store.clone(), stop.clone());
        async move {
            while !stop.load(Ordering::Relaxed) {
                let append = async |txn: &DatabaseTransaction| {
                    changes::append(txn, ChangeKind::User, "u-1", Instant::from_seconds(1)).await
                };
                store.write(append).await.unwrap();
            }
        }
    });
    let mut seen = Vec::new();
    for round in 0..5 {
        let target = file(&program, &format!("target-{round}.db"));
        json_at(&program, source.url(), &["copy", "--to", &target]);
        let copied = open(&target).await;
        let counted = changes::latest(copied.read()).await.unwrap();
        let changes = changes::since(copied.read(), 0, u64::MAX >> 1)
            .await
            .unwrap();
        copied.close().await;
        assert_eq!(i64::try_from(changes.len()), Ok(counted), "round {round}");
        seen.push(counted);
    }
    stop.store(true, Ordering::Relaxed);
    writing.await.unwrap();
    store.close().await;
    assert!(
        seen.is_sorted() && seen[0] < seen[4],
        "somebody wrote: {seen:?}"
    );
}

#[tokio::test]
async fn a_rehearsal_tells_what_would_be_copied_and_makes_nothing() {
    let program = Program::new();
    let source = samples::make(&program, "source.db").await;
    let target = FreshDatabase::create().await;
    let run = run_at(
        &program,
        &source,
        &["copy", "--to", target.url(), "--dry-run"],
    );
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.out.contains("CHECKSUM") && run.err.contains("would be copied"),
        "{run:?}"
    );
    assert!(
        !run.err.contains('\r'),
        "no progress without a terminal: {run:?}"
    );
    let status = json_at(&program, target.url(), &["migrate", "status"]);
    let mut states = status["items"].as_array().unwrap().iter();
    assert!(states.all(|state| state["applied"] == false), "{status}");
    let rehearsed = survey(&program, &source);
    let report = json_at(&program, &source, &["copy", "--to", target.url()]);
    for table in rehearsed.as_array().unwrap() {
        let name = table["table"].as_str().unwrap();
        assert_eq!(rows(&report["tables"], name), table["rows"], "{name}");
    }
}
