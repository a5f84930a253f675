//! Running a transaction again when the engine asks for it: deadlocks, serialization failures, a busy
//! file (40001, 40P01, 1213, 1205, SQLITE_BUSY). A bounded number of tries, with jitter between them.

use std::time::Duration;

use crate::random::Random;

/// Tries in all.
const TRIES: u32 = 8;
/// Pause after the first try; doubles, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(8);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

/// The tries of one piece of work.
pub(super) struct Retries {
    random: Random,
    tried: u32,
}

impl Retries {
    pub(super) fn new(random: Random) -> Self {
        Self { random, tried: 0 }
    }

    /// After a try that failed: waits, and tells whether there is another. Full jitter: those who
    /// collided must not collide again.
    pub(super) async fn pause(&mut self) -> bool {
        self.tried += 1;
        if self.tried >= TRIES {
            return false;
        }
        tracing::debug!(tried = self.tried, "the database asks to try again");
        self.wait().await;
        true
    }

    /// As [`Retries::pause`], as often as it takes.
    pub(super) async fn pause_patiently(&mut self) {
        self.tried = self.tried.saturating_add(1);
        self.wait().await;
    }

    async fn wait(&self) {
        let doublings = self.tried.saturating_sub(1).min(8);
        let longest = FIRST_PAUSE
            .saturating_mul(1 << doublings)
            .min(LONGEST_PAUSE);
        let [byte] = self.random.bytes::<1>();
        tokio::time::sleep(longest.mul_f64(f64::from(byte) / 255.0)).await;
    }
}
