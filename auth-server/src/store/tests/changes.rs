//! The change log: no gaps, visible in order, on every engine.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::side_by_side;
use crate::store::changes::{self, Change, ChangeKind};
use crate::store::testing::{NOW, fresh};

const WRITERS: usize = 24;

#[tokio::test]
async fn changes_come_back_in_order_after_the_number_asked_for() {
    let store = fresh().await;
    let numbers = store
        .write(async |txn| {
            let first = changes::append(txn, ChangeKind::Client, "web", NOW).await?;
            Ok([
                first,
                changes::append(txn, ChangeKind::Setting, "x", NOW).await?,
            ])
        })
        .await;
    assert_eq!(numbers.unwrap(), [1, 2]);
    let expected = Change {
        seq: 2,
        kind: ChangeKind::Setting,
        key: "x".to_owned(),
        at: NOW,
    };
    assert_eq!(
        changes::since(store.read(), 1, 10).await.unwrap(),
        [expected]
    );
    assert_eq!(changes::since(store.read(), 0, 1).await.unwrap().len(), 1);
    assert_eq!(changes::since(store.read(), 2, 10).await.unwrap(), []);
}

/// Whoever has read change n must never find one below it later: instances ask for `seq > n` only.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_change_becomes_visible_behind_a_reader() {
    let store = fresh().await;
    let done = Arc::new(AtomicBool::new(false));
    let (reading, until) = (store.store.clone(), done.clone());
    let reader = tokio::spawn(async move {
        let mut seen: Vec<i64> = Vec::new();
        loop {
            let last_round = until.load(Ordering::Acquire);
            let after = seen.last().copied().unwrap_or(0);
            let new = changes::since(reading.read(), after, 1000).await.unwrap();
            seen.extend(new.iter().map(|change| change.seq));
            if last_round {
                return seen;
            }
        }
    });
    side_by_side(WRITERS, |number| {
        let store = store.store.clone();
        async move {
            for round in 0..5 {
                let key = format!("{number}-{round}");
                store
                    .write(async move |txn| changes::append(txn, ChangeKind::User, &key, NOW).await)
                    .await
                    .unwrap();
            }
        }
    })
    .await;
    done.store(true, Ordering::Release);
    let expected: Vec<i64> = (1..).take(WRITERS * 5).collect();
    assert_eq!(reader.await.unwrap(), expected);
}

#[tokio::test]
async fn a_change_that_is_rolled_back_leaves_no_gap() {
    let store = fresh().await;
    let failed = store
        .write(async |txn| {
            changes::append(txn, ChangeKind::User, "a", NOW).await?;
            Err::<(), _>(crate::error::Fault::broken("testing", "on purpose").into())
        })
        .await;
    assert!(failed.is_err());
    let next = store.write(async |txn| changes::append(txn, ChangeKind::User, "b", NOW).await);
    assert_eq!(next.await.unwrap(), 1);
}

#[tokio::test]
async fn old_changes_are_forgotten_in_batches_and_numbers_go_on() {
    let store = fresh().await;
    store
        .write(async |txn| {
            for key in ["a", "b", "c"] {
                changes::append(txn, ChangeKind::User, key, NOW).await?;
            }
            Ok(())
        })
        .await
        .unwrap();
    let after = NOW.plus(std::time::Duration::from_millis(1));
    for expected in [2, 1, 0] {
        let pruned = store
            .write(async move |txn| changes::prune(txn, after, 2).await)
            .await;
        assert_eq!(pruned.unwrap(), expected);
    }
    let next = store.write(async |txn| changes::append(txn, ChangeKind::User, "d", NOW).await);
    assert_eq!(next.await.unwrap(), 4);
}
