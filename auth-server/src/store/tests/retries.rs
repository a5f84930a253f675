//! Each engine asked to refuse a transaction for now: it runs again and succeeds.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sea_orm::{ConnectionTrait as _, DatabaseTransaction};
use tokio::sync::{Barrier, Semaphore};

use crate::error::{Fault, FaultKind};
use crate::model::UserStatus;
use crate::store::testing::{Fresh, NOW, add_user, fresh, open, user};
use crate::store::{StoreError, users};

/// Two transactions that each hold one row and want the other's.
async fn cross(store: &Fresh) -> u32 {
    let (ada, bob) = (user("ada"), user("bob"));
    add_user(store, &ada).await;
    add_user(store, &bob).await;
    let met = Arc::new(Barrier::new(2));
    let runs = Arc::new(AtomicU32::new(0));
    let mut tasks = tokio::task::JoinSet::new();
    for (first, second) in [(ada.id.clone(), bob.id.clone()), (bob.id, ada.id)] {
        let (store, met, runs) = (store.store.clone(), met.clone(), runs.clone());
        let first_run = AtomicU32::new(0);
        tasks.spawn(async move {
            store
                .write(async move |txn| {
                    runs.fetch_add(1, Ordering::SeqCst);
                    lock(txn, first.as_str()).await?;
                    if first_run.fetch_add(1, Ordering::SeqCst) == 0 {
                        met.wait().await;
                    }
                    lock(txn, second.as_str()).await
                })
                .await
        });
    }
    for done in tasks.join_all().await {
        done.unwrap();
    }
    runs.load(Ordering::SeqCst)
}

async fn lock(txn: &DatabaseTransaction, id: &str) -> Result<(), StoreError> {
    let update = format!("UPDATE users SET version = version + 1 WHERE id = '{id}'");
    txn.execute_unprepared(&update).await?;
    Ok(())
}

/// 40P01 and 1213. SQLite has one writer and no deadlocks.
#[tokio::test]
async fn a_deadlock_runs_again() {
    let store = fresh().await;
    if store.database.is_sqlite() {
        return;
    }
    assert_eq!(cross(&store).await, 3, "one of the two ran twice");
}

/// 1205: the lock is waited for in vain. MySQL only: PostgreSQL finds deadlocks instead.
#[tokio::test]
async fn a_lock_that_is_waited_for_in_vain_runs_again() {
    let store = fresh().await;
    if !store.database.is_mysql() {
        return;
    }
    add_user(&store, &user("ada")).await;
    let holder = open(&store.database).await;
    let release = Arc::new(Barrier::new(2));
    let (holding, held, released) = (holder.clone(), Arc::new(Barrier::new(2)), release.clone());
    let is_held = held.clone();
    let first = tokio::spawn(async move {
        holding
            .write(async move |txn| {
                lock(txn, "u-ada").await?;
                is_held.wait().await;
                released.wait().await;
                Ok(())
            })
            .await
    });
    held.wait().await;
    let runs = Arc::new(AtomicU32::new(0));
    let counted = runs.clone();
    let second = store.write(async move |txn| {
        if counted.fetch_add(1, Ordering::SeqCst) == 1 {
            release.wait().await;
        }
        txn.execute_unprepared("SET SESSION innodb_lock_wait_timeout = 1")
            .await?;
        lock(txn, "u-ada").await
    });
    second.await.unwrap();
    first.await.unwrap().unwrap();
    assert_eq!(runs.load(Ordering::SeqCst), 2);
    holder.close().await;
}

/// 40001: two serializable transactions that read what the other writes.
#[tokio::test]
async fn a_serialization_failure_runs_again() {
    let store = fresh().await;
    if store.database.is_sqlite() || store.database.is_mysql() {
        return;
    }
    let (ada, bob) = (user("ada"), user("bob"));
    add_user(&store, &ada).await;
    add_user(&store, &bob).await;
    let met = Arc::new(Barrier::new(2));
    let runs = Arc::new(AtomicU32::new(0));
    let mut tasks = tokio::task::JoinSet::new();
    for (reads, writes) in [("u-ada", "u-bob"), ("u-bob", "u-ada")] {
        let (store, met, runs) = (store.store.clone(), met.clone(), runs.clone());
        let (reads, writes) = (reads.to_owned(), writes.to_owned());
        let first_run = AtomicU32::new(0);
        tasks.spawn(async move {
            store
                .write(async move |txn| {
                    runs.fetch_add(1, Ordering::SeqCst);
                    txn.execute_unprepared("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
                        .await?;
                    let read = format!("SELECT version FROM users WHERE id = '{reads}'");
                    txn.execute_unprepared(&read).await?;
                    if first_run.fetch_add(1, Ordering::SeqCst) == 0 {
                        met.wait().await;
                    }
                    lock(txn, &writes).await
                })
                .await
        });
    }
    for done in tasks.join_all().await {
        done.unwrap();
    }
    assert!(runs.load(Ordering::SeqCst) > 2, "at least one ran again");
}

/// SQLITE_BUSY: another process writes for longer than SQLite itself waits, which here is not at all.
#[tokio::test]
async fn a_busy_file_is_waited_for() {
    let store = fresh().await;
    if !store.database.is_sqlite() {
        return;
    }
    add_user(&store, &user("ada")).await;
    let impatient = store.write(async |txn| {
        Ok(txn
            .execute_unprepared("PRAGMA busy_timeout = 0")
            .await
            .map(drop)?)
    });
    impatient.await.unwrap();
    let other = open(&store.database).await;
    let (held, release) = (Arc::new(Barrier::new(2)), Arc::new(Semaphore::new(0)));
    let (is_held, may_go) = (held.clone(), release.clone());
    let first = tokio::spawn(async move {
        other
            .write(async move |_| {
                is_held.wait().await;
                drop(may_go.acquire().await);
                Ok(())
            })
            .await
    });
    held.wait().await;
    let id = user("ada").id;
    let mut second = Box::pin(
        store.write(async move |txn| users::set_status(txn, &id, UserStatus::Locked, NOW).await),
    );
    let waits = tokio::time::timeout(Duration::from_millis(100), &mut second).await;
    assert!(
        waits.is_err(),
        "it neither fails nor goes through: {waits:?}"
    );
    release.close();
    assert!(second.await.unwrap());
    first.await.unwrap().unwrap();
}

/// 55P03, 57014: the server lets nobody wait for so long. That is not our defect: later it may work.
#[tokio::test]
async fn a_wait_that_the_server_cuts_short_is_no_defect() {
    let store = fresh().await;
    if store.database.is_sqlite() || store.database.is_mysql() {
        return;
    }
    add_user(&store, &user("ada")).await;
    let holder = open(&store.database).await;
    let (held, release) = (Arc::new(Barrier::new(2)), Arc::new(Semaphore::new(0)));
    let (holding, is_held, may_go) = (holder.clone(), held.clone(), release.clone());
    let first = tokio::spawn(async move {
        holding
            .write(async move |txn| {
                lock(txn, "u-ada").await?;
                is_held.wait().await;
                drop(may_go.acquire().await);
                Ok(())
            })
            .await
    });
    held.wait().await;
    for limit in ["lock_timeout", "statement_timeout"] {
        let second = store.write(async move |txn| {
            txn.execute_unprepared(&format!("SET LOCAL {limit} = '20ms'"))
                .await?;
            lock(txn, "u-ada").await
        });
        let fault = Fault::from(second.await.unwrap_err());
        assert_eq!(
            fault.kind,
            FaultKind::Unavailable,
            "{limit}: {}",
            fault.chain()
        );
    }
    release.close();
    first.await.unwrap().unwrap();
    holder.close().await;
}

#[tokio::test]
async fn what_never_gets_better_is_not_tried_again() {
    let store = fresh().await;
    let runs = Arc::new(AtomicU32::new(0));
    let counted = runs.clone();
    let failed = store
        .write(async move |txn| {
            counted.fetch_add(1, Ordering::SeqCst);
            txn.execute_unprepared("INSERT INTO nowhere VALUES (1)")
                .await?;
            Ok(())
        })
        .await;
    assert_eq!(Fault::from(failed.unwrap_err()).kind, FaultKind::Broken);
    assert_eq!(runs.load(Ordering::SeqCst), 1);
}
