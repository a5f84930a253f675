//! Counting failures: attempts that run side by side never share one count.

use std::time::Duration;

use super::side_by_side;
use crate::clock::Instant;
use crate::store::Store;
use crate::store::testing::{NOW, fresh, open};
use crate::store::throttles::{self, Throttle};

const WINDOW: Duration = Duration::from_mins(15);

async fn count(store: &Store, key: &str, now: Instant) -> Throttle {
    let key = key.to_owned();
    store
        .write(async move |txn| throttles::count_failure(txn, &key, now, WINDOW).await)
        .await
        .unwrap()
}

/// NP-13: 64 attempts at once, on two instances, are 64 attempts, and each knows its own number.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn np_13_sixty_four_parallel_failures_count_64() {
    let store = fresh().await;
    let other = open(&store.database).await;
    let mut counts: Vec<u32> = side_by_side(64, |number| {
        let store = if number % 2 == 0 {
            store.store.clone()
        } else {
            other.clone()
        };
        async move { count(&store, "user:ada", NOW).await.failures }
    })
    .await;
    counts.sort_unstable();
    assert_eq!(counts, (1..=64).collect::<Vec<u32>>());
    other.close().await;
}

#[tokio::test]
async fn a_window_that_is_over_starts_again_with_one() {
    let store = fresh().await;
    let over = NOW.plus(WINDOW);
    let almost = over.minus(Duration::from_millis(1));
    let seen = [
        count(&store, "k", NOW).await,
        count(&store, "k", almost).await,
        count(&store, "k", over).await,
        count(&store, "k", over).await,
    ];
    let numbers = seen.map(|seen| (seen.failures, seen.window_started_at));
    assert_eq!(numbers, [(1, NOW), (2, NOW), (1, over), (2, over)]);
}

#[tokio::test]
async fn a_block_survives_the_window_and_ends_with_a_reset() {
    let store = fresh().await;
    let until = NOW.plus(WINDOW * 4);
    count(&store, "k", NOW).await;
    store
        .write(async move |txn| throttles::block(txn, "k", until, NOW).await)
        .await
        .unwrap();
    let later = count(&store, "k", NOW.plus(WINDOW * 2)).await;
    assert_eq!((later.failures, later.blocked_until), (1, Some(until)));
    let reset = store
        .write(async |txn| {
            Ok([
                throttles::reset(txn, "k").await?,
                throttles::reset(txn, "k").await?,
            ])
        })
        .await;
    assert_eq!(reset.unwrap(), [true, false]);
    assert_eq!(throttles::find(store.read(), "k").await.unwrap(), None);
}

#[tokio::test]
async fn old_counts_are_forgotten_in_batches() {
    let store = fresh().await;
    for key in ["a", "b", "c"] {
        count(&store, key, NOW).await;
    }
    count(&store, "fresh", NOW.plus(WINDOW)).await;
    for expected in [2, 1, 0] {
        let pruned = store
            .write(async |txn| throttles::prune(txn, NOW.plus(Duration::from_millis(1)), 2).await)
            .await;
        assert_eq!(pruned.unwrap(), expected);
    }
    assert!(
        throttles::find(store.read(), "fresh")
            .await
            .unwrap()
            .is_some()
    );
}
