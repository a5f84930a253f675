//! Connections that died without a word: after a power cut at the other end or a failover, the system
//! finds out after a quarter of an hour. Until then such a connection must not be handed out; and since
//! the driver waits for the last answer of every connection that comes back, without an end, a pool
//! can be full of them. Then it is replaced as a whole.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sea_orm::sqlx::pool::PoolOptions;
use sea_orm::sqlx::{Connection as _, Database, Error};

use super::{Store, connect};

/// A connection that was idle this long is tested before use. A busy one never is.
const TEST_AFTER_IDLE: Duration = Duration::from_secs(1);
/// How long a connection may take to answer the test.
const TEST_LIMIT: Duration = Duration::from_secs(1);
/// A pool is not replaced more often: what keeps every connection waiting may be a lock, and the
/// server does not notice that we have gone.
const REPLACE_EVERY: Duration = Duration::from_mins(1);

/// When the database last answered anything.
#[derive(Debug)]
pub(super) struct Liveness {
    began: Instant,
    /// In milliseconds since `began`.
    answered: AtomicU64,
    /// Likewise; zero before the first time.
    replaced: AtomicU64,
}

impl Liveness {
    pub(super) fn new() -> Self {
        Self {
            began: Instant::now(),
            answered: AtomicU64::new(0),
            replaced: AtomicU64::new(0),
        }
    }

    /// Notes an answer, be it an error.
    pub(super) fn note_answer(&self) {
        self.answered.store(self.now(), Ordering::Relaxed);
    }

    fn silent_for(&self) -> Duration {
        let answered = self.answered.load(Ordering::Relaxed);
        Duration::from_millis(self.now().saturating_sub(answered))
    }

    /// False while the last replacement is too young.
    fn may_replace(&self) -> bool {
        let last = self.replaced.load(Ordering::Relaxed);
        last == 0 || Duration::from_millis(self.now().saturating_sub(last)) >= REPLACE_EVERY
    }

    fn note_replacement(&self) {
        self.replaced.store(self.now().max(1), Ordering::Relaxed);
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// A pool that tests connections before they are handed out after a pause.
pub(super) fn tested<DB: Database>(pool: PoolOptions<DB>) -> PoolOptions<DB> {
    pool.test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for >= TEST_AFTER_IDLE {
                    // An error makes the pool drop it without a farewell and make a new one.
                    tokio::time::timeout(TEST_LIMIT, connection.ping())
                        .await
                        .unwrap_or(Err(Error::PoolTimedOut))?;
                }
                Ok(true)
            })
        })
}

impl Store {
    /// Replaces the pool when nothing was answered through it for longer than anybody waits, although
    /// the server answers a newcomer. To be called when a look at the database has failed.
    pub async fn revive(&self) {
        let inner = &self.inner;
        let longest_wait = inner.options.acquire_timeout + TEST_LIMIT;
        let is_silent = inner.liveness.silent_for() >= longest_wait;
        if inner.writer.is_some() || !is_silent || !inner.liveness.may_replace() {
            return;
        }
        // An error: the server is away, and the pool will find it by itself when it is back.
        let Ok(pools) = connect::open(&inner.options).await else {
            return;
        };
        inner.read.replace(pools.read);
        inner.liveness.note_replacement();
        tracing::warn!("no connection to the database was answered; all were replaced");
    }
}
