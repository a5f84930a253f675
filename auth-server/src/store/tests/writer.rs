//! The one writer of SQLite: groups, isolation, refusals. A file or memory, whatever the round.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use migrations::testing::FreshDatabase;
use sea_orm::{ConnectionTrait as _, DatabaseTransaction};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use super::side_by_side;
use crate::clock::Instant;
use crate::error::{Fault, FaultKind};
use crate::store::changes::{self, ChangeKind};
use crate::store::testing::{NOW, in_memory, open};
use crate::store::{Store, StoreError};

async fn on_file() -> (Store, FreshDatabase) {
    let database = FreshDatabase::file();
    let store = open(&database).await;
    store.migrate().await.unwrap();
    (store, database)
}

async fn append(store: &Store) -> Result<i64, StoreError> {
    store
        .write(async |txn| changes::append(txn, ChangeKind::User, "a", NOW).await)
        .await
}

/// Holds the writer until the gate is closed, so that the others line up behind it.
async fn hold(store: &Store) -> (Arc<Semaphore>, JoinHandle<Result<(), StoreError>>) {
    let (gate, begun) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let (store, passing, tell) = (store.clone(), gate.clone(), begun.clone());
    let held = tokio::spawn(async move {
        store
            .write(async move |_| {
                tell.add_permits(1);
                // Closed or opened: both let go.
                drop(passing.acquire().await);
                Ok(())
            })
            .await
    });
    drop(begun.acquire().await);
    (gate, held)
}

#[tokio::test]
async fn one_failing_writer_does_not_hurt_the_others() {
    let (store, _database) = on_file().await;
    let (gate, held) = hold(&store).await;
    let all = side_by_side(60, |number| {
        let store = store.clone();
        async move {
            store
                .write(async move |txn| {
                    let seq = changes::append(txn, ChangeKind::User, "a", NOW).await?;
                    match number % 3 {
                        0 => Err(Fault::broken("testing", "on purpose").into()),
                        1 => {
                            txn.execute_unprepared("INSERT INTO nowhere VALUES (1)")
                                .await?;
                            Ok(seq)
                        }
                        _ => Ok(seq),
                    }
                })
                .await
        }
    });
    let release = async {
        tokio::task::yield_now().await;
        gate.close();
    };
    let (outcomes, ()) = tokio::join!(all, release);
    held.await.unwrap().unwrap();
    let mut numbers: Vec<i64> = outcomes.into_iter().filter_map(Result::ok).collect();
    numbers.sort_unstable();
    assert_eq!(
        numbers,
        (1..=20).collect::<Vec<i64>>(),
        "what failed left nothing"
    );
    assert_eq!(changes::latest(store.read()).await.unwrap(), 20);
}

#[tokio::test]
async fn a_writer_that_ends_the_whole_transaction_fails_alone() {
    let (store, _database) = on_file().await;
    let (gate, held) = hold(&store).await;
    let all = side_by_side(8, |number| {
        let store = store.clone();
        async move {
            store
                .write(async move |txn| {
                    if number == 3 {
                        // As a full disk does: everything since BEGIN is gone.
                        txn.execute_unprepared("ROLLBACK").await?;
                        return Err(Fault::broken("testing", "on purpose").into());
                    }
                    changes::append(txn, ChangeKind::User, "a", NOW).await
                })
                .await
        }
    });
    let release = async {
        tokio::task::yield_now().await;
        gate.close();
    };
    let (outcomes, ()) = tokio::join!(all, release);
    held.await.unwrap().unwrap();
    let failed = outcomes.iter().filter(|outcome| outcome.is_err()).count();
    assert_eq!(failed, 1, "{outcomes:?}");
    assert_eq!(
        append(&store).await.unwrap(),
        8,
        "the seven others are there, and it goes on"
    );
}

#[tokio::test]
async fn a_writer_that_panics_is_a_fault_of_its_own() {
    let store = in_memory().await;
    let panicked = store
        .write(async |txn| {
            changes::append(txn, ChangeKind::User, "a", NOW).await?;
            assert_eq!(NOW, Instant::default(), "on purpose");
            Ok(())
        })
        .await;
    assert_eq!(Fault::from(panicked.unwrap_err()).kind, FaultKind::Broken);
    assert_eq!(
        append(&store).await.unwrap(),
        1,
        "nothing is left of it, and the writer lives"
    );
}

#[tokio::test]
async fn who_waits_too_long_is_refused_and_has_written_nothing() {
    let (store, _database) = on_file().await;
    let (gate, held) = hold(&store).await;
    let writer = store.inner.writer.as_ref().unwrap();
    let append =
        async |txn: &DatabaseTransaction| changes::append(txn, ChangeKind::User, "a", NOW).await;
    let refused = Fault::from(writer.write(append, Duration::ZERO).await.unwrap_err());
    assert_eq!(refused.kind, FaultKind::Overloaded);
    gate.close();
    held.await.unwrap().unwrap();
    let written = writer.write(append, Duration::from_mins(1)).await;
    assert_eq!(
        written.unwrap(),
        1,
        "the refused one did not write after all"
    );
}

#[tokio::test]
async fn a_caller_that_goes_away_after_its_turn_came_has_written() {
    let (store, _database) = on_file().await;
    let begun = Arc::new(Semaphore::new(0));
    let (gate, tell, writing) = (Arc::new(Semaphore::new(0)), begun.clone(), store.clone());
    let passing = gate.clone();
    let caller = tokio::spawn(async move {
        writing
            .write(async move |txn| {
                let seq = changes::append(txn, ChangeKind::User, "a", NOW).await?;
                tell.add_permits(1);
                drop(passing.acquire().await);
                Ok(seq)
            })
            .await
    });
    drop(begun.acquire().await);
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    gate.close();
    assert_eq!(append(&store).await.unwrap(), 2);
}

#[tokio::test]
async fn closing_finishes_what_was_accepted_and_refuses_the_rest() {
    let (store, database) = on_file().await;
    let accepted = Arc::new(AtomicU32::new(0));
    let writers = side_by_side(100, |_| {
        let (store, accepted) = (store.clone(), accepted.clone());
        async move {
            if append(&store).await.is_ok() {
                accepted.fetch_add(1, Ordering::SeqCst);
            }
        }
    });
    let close = async {
        tokio::task::yield_now().await;
        store.close().await;
    };
    tokio::join!(writers, close);
    let refused = Fault::from(append(&store).await.unwrap_err());
    assert_eq!(refused.kind, FaultKind::Unavailable);
    let again = open(&database).await;
    let stored = changes::latest(again.read()).await.unwrap();
    assert_eq!(
        stored,
        i64::from(accepted.load(Ordering::SeqCst)),
        "no acknowledged write is lost"
    );
}

#[tokio::test]
async fn reads_cannot_write_behind_the_writer() {
    let (store, _database) = on_file().await;
    let sneaked = changes::append(store.read(), ChangeKind::User, "a", NOW).await;
    assert!(sneaked.is_err());
    assert_eq!(changes::latest(store.read()).await.unwrap(), 0);
}
