//! The password threads: correct, bounded, frugal with memory.

use super::*;
use crate::accounts::password::{PasswordPool, Prepared, Verdict};
use crate::error::FaultKind;

fn pool(hashing: HashParameters, threads: usize, max_queue_wait: Duration) -> PasswordPool {
    let max_concurrent = NonZeroUsize::new(threads).unwrap();
    let limits = PoolLimits {
        max_concurrent,
        max_queue_wait,
    };
    PasswordPool::start(hashing, limits, &Random::system()).unwrap()
}

fn patient(hashing: HashParameters) -> PasswordPool {
    pool(hashing, 1, Duration::from_secs(30))
}

fn prepared(text: &str) -> Prepared {
    Prepared::new(&Secret::new(text)).unwrap()
}

async fn hash(pool: &PasswordPool, text: &str) -> String {
    pool.admit()
        .await
        .unwrap()
        .hash(prepared(text), &Random::system())
        .await
        .unwrap()
}

async fn verify(pool: &PasswordPool, stored: Option<&str>, text: &str) -> Verdict {
    pool.admit()
        .await
        .unwrap()
        .verify(stored, prepared(text))
        .await
        .unwrap()
}

/// OW-01, NP-15: Argon2id with the default cost, a new salt of 128 bits each time.
#[tokio::test]
async fn ow_01_np_15_hashes_have_the_default_cost_and_their_own_salt() {
    let pool = patient(HashParameters::default());
    let (one, two) = (hash(&pool, PASSWORD).await, hash(&pool, PASSWORD).await);
    for text in [&one, &two] {
        let rest = text
            .strip_prefix("$argon2id$v=19$m=19456,t=2,p=1$")
            .unwrap();
        let (salt, output) = rest.split_once('$').unwrap();
        assert_eq!((salt.len(), output.len()), (22, 43), "{text}");
    }
    assert_ne!(one, two);
    assert_eq!(verify(&pool, Some(&one), PASSWORD).await, Verdict::Match);
    assert_eq!(
        verify(&pool, Some(&two), "another").await,
        Verdict::Mismatch
    );
    assert_eq!(verify(&pool, None, PASSWORD).await, Verdict::Mismatch);
}

/// OW-05: a hash by the reference implementation (README of phc-winner-argon2) verifies, and is due.
#[tokio::test]
async fn ow_05_the_vector_of_the_reference_implementation_verifies_and_is_due() {
    let pool = patient(HashParameters::default());
    let reference = "$argon2i$v=19$m=65536,t=2,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b+dWRWJTmaaJObG";
    assert_eq!(
        verify(&pool, Some(reference), "password").await,
        Verdict::NeedsUpgrade
    );
    assert_eq!(
        verify(&pool, Some(reference), "passwore").await,
        Verdict::Mismatch
    );
}

/// A thread takes its memory once; an old, larger hash borrows more and gives it back.
#[tokio::test]
async fn memory_is_taken_once_and_reused() {
    let pool = patient(HashParameters {
        memory_kib: 1024,
        iterations: 1,
        parallelism: 1,
    });
    let larger = patient(HashParameters {
        memory_kib: 4096,
        iterations: 1,
        parallelism: 1,
    });
    let large = hash(&larger, PASSWORD).await;
    for _ in 0..50 {
        hash(&pool, PASSWORD).await;
    }
    let counts = |pool: &PasswordPool| (pool.stats().computed(), pool.stats().allocations());
    assert_eq!(counts(&pool), (50, 1));
    assert_eq!(
        verify(&pool, Some(&large), PASSWORD).await,
        Verdict::NeedsUpgrade
    );
    hash(&pool, PASSWORD).await;
    assert_eq!(counts(&pool), (52, 2));
}

/// CR-07, OW-03: when all turns are taken, the next is told so after the waiting time, without a hash.
#[tokio::test]
async fn cr_07_a_full_pool_says_so() {
    let pool = pool(CHEAP, 1, Duration::from_millis(5));
    let (one, two) = (pool.admit().await.unwrap(), pool.admit().await.unwrap());
    assert_eq!(
        pool.admit().await.map(drop).unwrap_err().kind,
        FaultKind::Overloaded
    );
    drop(one);
    assert!(pool.admit().await.is_ok());
    drop(two);
}

/// CR-07, OW-03: the queue is bounded in number as well, and the surplus does not wait at all.
#[tokio::test]
async fn cr_07_the_queue_has_an_end() {
    let pool = pool(CHEAP, 1, Duration::from_hours(1));
    let turns = (pool.admit().await.unwrap(), pool.admit().await.unwrap());
    let mut waiting: Vec<_> = (0..256).map(|_| Box::pin(pool.admit())).collect();
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(
        waiting
            .iter_mut()
            .all(|future| future.as_mut().poll(&mut cx).is_pending())
    );
    assert_eq!(
        pool.admit().await.map(drop).unwrap_err().kind,
        FaultKind::Overloaded
    );
    // One who leaves makes room.
    waiting.pop();
    let next = std::pin::pin!(pool.admit());
    assert!(next.poll(&mut cx).is_pending());
    drop(turns);
}

/// Whoever gave up is not hashed for.
#[tokio::test]
async fn a_job_whose_caller_is_gone_is_not_computed() {
    let pool = patient(HashParameters {
        memory_kib: 65_536,
        iterations: 8,
        parallelism: 1,
    });
    let random = Random::system();
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    let (first, second) = (pool.admit().await.unwrap(), pool.admit().await.unwrap());
    let mut first = Box::pin(first.hash(prepared("first"), &random));
    assert!(first.as_mut().poll(&mut cx).is_pending());
    let mut second = Box::pin(second.hash(prepared("second"), &random));
    assert!(second.as_mut().poll(&mut cx).is_pending());
    drop(second);
    first.await.unwrap();
    hash(&pool, "third").await;
    assert_eq!((pool.stats().computed(), pool.stats().skipped()), (2, 1));
}

/// The threads end with the pool.
#[tokio::test]
async fn the_threads_end_when_nobody_needs_them() {
    let pool = patient(CHEAP);
    let turn = pool.admit().await.unwrap();
    drop(pool);
    assert!(turn.hash(prepared("last"), &Random::system()).await.is_ok());
}
