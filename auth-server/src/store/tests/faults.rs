//! When the database is away, full or busy: a clear fault, nothing lost, and back by itself.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use futures_util::future::join_all;
use migrations::testing::FreshDatabase;
use sea_orm::{ConnectionTrait as _, TransactionTrait as _};

use crate::error::{Fault, FaultKind};
use crate::random::Random;
use crate::secret::Secret;
use crate::store::changes::{self, ChangeKind};
use crate::store::testing::{NOW, fresh, open, options};
use crate::store::{ConnectOptions, Store};

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    // Nobody listens on a port that was just free.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    for scheme in ["postgres", "mysql"] {
        let url = Secret::new(format!(
            "{scheme}://nobody:hidden-password@127.0.0.1:{port}/none"
        ));
        let options = ConnectOptions {
            acquire_timeout: Duration::from_millis(200),
            ..ConnectOptions::new(url, Random::system())
        };
        let fault = Store::connect(&options).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Unavailable, "{}", fault.chain());
        let text = format!("{} {options:?}", fault.chain());
        assert!(!text.contains("hidden-password"), "{text}");
    }
}

#[tokio::test]
async fn a_directory_that_cannot_be_made_is_named() {
    let url = Secret::new("sqlite:///proc/nowhere/auth-server.db");
    let fault = Store::connect(&ConnectOptions::new(url, Random::system()))
        .await
        .unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unavailable);
    assert!(
        fault.chain().contains("/proc/nowhere/auth-server.db"),
        "{}",
        fault.chain()
    );
}

#[tokio::test]
async fn an_exhausted_pool_refuses_in_time() {
    let database = FreshDatabase::create().await;
    let one = ConnectOptions {
        max_connections: 1,
        acquire_timeout: Duration::from_secs(2),
        ..options(&database)
    };
    let store = Store::connect(&one).await.unwrap();
    store.migrate().await.unwrap();
    let hog = store.read().begin().await.unwrap();
    let refused = Fault::from(changes::latest(store.read()).await.unwrap_err());
    assert_eq!(refused.kind, FaultKind::Overloaded, "{}", refused.chain());
    if !database.is_sqlite() {
        let write = store.write(async |txn| changes::append(txn, ChangeKind::User, "a", NOW).await);
        let refused = Fault::from(write.await.unwrap_err());
        assert_eq!(refused.kind, FaultKind::Overloaded, "{}", refused.chain());
    }
    hog.rollback().await.unwrap();
    assert_eq!(changes::latest(store.read()).await.unwrap(), 0);
}

/// No pile-up: beyond a point, whoever comes is refused at once and does not wait.
#[tokio::test]
async fn a_crowd_that_waits_is_limited() {
    let database = FreshDatabase::create().await;
    let one = ConnectOptions {
        max_connections: 1,
        ..options(&database)
    };
    let store = Store::connect(&one).await.unwrap();
    store.migrate().await.unwrap();
    let hog = store.read().begin().await.unwrap();
    let mut crowd = Box::pin(join_all((0..4096).map(|_| changes::latest(store.read()))));
    let is_waiting = poll_fn(|cx| Poll::Ready(crowd.as_mut().poll(cx).is_pending()));
    assert!(is_waiting.await);
    let next = tokio::time::timeout(one.acquire_timeout / 2, changes::latest(store.read()));
    let refused = Fault::from(next.await.unwrap().unwrap_err());
    assert_eq!(refused.kind, FaultKind::Overloaded, "{}", refused.chain());
    drop(crowd);
    hog.rollback().await.unwrap();
    assert_eq!(changes::latest(store.read()).await.unwrap(), 0);
}

#[tokio::test]
async fn an_empty_database_is_not_ready_until_it_is_migrated() {
    let database = FreshDatabase::create().await;
    let store = open(&database).await;
    assert!(store.ping().await.is_err());
    assert!(
        store
            .migration_status()
            .await
            .unwrap()
            .iter()
            .all(|state| !state.applied)
    );
    store.migrate().await.unwrap();
    store.ping().await.unwrap();
    assert!(
        store
            .migration_status()
            .await
            .unwrap()
            .iter()
            .all(|state| state.applied)
    );
    store.migrate_down(1).await.unwrap();
    let pending = store.migration_status().await.unwrap();
    assert_eq!(pending.iter().filter(|state| !state.applied).count(), 1);
    store.migrate().await.unwrap();
}

/// OP: the disk is full. SQLite's own limit on pages stands for it, on the connection that writes.
#[tokio::test]
async fn a_full_disk_is_unavailable_and_over_when_there_is_space() {
    let database = FreshDatabase::file();
    let store = open(&database).await;
    store.migrate().await.unwrap();
    let limit = async |pages: &'static str| {
        let pragma = format!("PRAGMA max_page_count = {pages}");
        store
            .write(async move |txn| Ok(txn.execute_unprepared(&pragma).await.map(drop)?))
            .await
    };
    limit("1").await.unwrap();
    let mut last = Ok(0);
    for _ in 0..2_000 {
        last = store
            .write(async |txn| changes::append(txn, ChangeKind::User, &"k".repeat(500), NOW).await)
            .await;
        if last.is_err() {
            break;
        }
    }
    let full = Fault::from(last.unwrap_err());
    assert_eq!(full.kind, FaultKind::Unavailable, "{}", full.chain());
    let written = changes::latest(store.read()).await.unwrap();
    assert_eq!(
        changes::since(store.read(), written - 1, 10)
            .await
            .unwrap()
            .len(),
        1
    );
    limit("1000000").await.unwrap();
    store.ping().await.unwrap();
    let next = store.write(async |txn| changes::append(txn, ChangeKind::User, "k", NOW).await);
    assert_eq!(next.await.unwrap(), written + 1, "nothing was lost");
}

#[tokio::test]
async fn readiness_tells_the_truth_about_writes() {
    let store = fresh().await;
    store
        .inner
        .can_write
        .store(false, std::sync::atomic::Ordering::Relaxed);
    store.ping().await.unwrap();
    assert!(
        store
            .inner
            .can_write
            .load(std::sync::atomic::Ordering::Relaxed),
        "it tried, and may"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_belongs_to_the_server_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let outer = FreshDatabase::file();
    let path = outer
        .url()
        .trim_start_matches("sqlite://")
        .trim_end_matches("?mode=rwc");
    let directory = std::path::Path::new(path).parent().unwrap().join("data");
    let file = directory.join("auth-server.db");
    let url = Secret::new(format!("sqlite://{}", file.display()));
    let store = Store::connect(&ConnectOptions::new(url, Random::system()))
        .await
        .unwrap();
    store.migrate().await.unwrap();
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&directory), 0o700);
    let files: Vec<_> = std::fs::read_dir(&directory)
        .unwrap()
        .map(|entry| entry.unwrap())
        .collect();
    assert!(files.len() >= 2, "the file and its write-ahead log");
    for entry in files {
        assert_eq!(mode(&entry.path()), 0o600, "{}", entry.path().display());
    }
}
