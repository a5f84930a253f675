//! Running a transaction again when the engine asks for it: deadlocks, serialization failures, a busy
//! file (40001, 40P01, 1213, 1205, SQLITE_BUSY). A bounded number of tries, with jitter between them.

use std::time::Duration;

use super::StoreError;
use crate::random::Random;

/// Tries in all.
pub(super) const TRIES: u32 = 8;
/// Pause after the first try; doubles, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(4);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

/// Runs `work` until it succeeds, fails for good, or has failed [`TRIES`] times.
pub(super) async fn with_retry<T>(
    random: &Random,
    work: impl AsyncFn() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let mut tried = 0;
    loop {
        match work().await {
            Err(error) if error.is_transient() => {
                tried += 1;
                if tried == TRIES {
                    return Err(error);
                }
                tracing::debug!(tried, cause = %error, "transaction runs again");
                pause(random, tried).await;
            }
            done => return done,
        }
    }
}

/// Waits before try `tried + 1`. Full jitter: those who collided must not collide again.
pub(super) async fn pause(random: &Random, tried: u32) {
    let longest = FIRST_PAUSE
        .saturating_mul(1 << tried.min(16))
        .min(LONGEST_PAUSE);
    let [byte] = random.bytes::<1>();
    tokio::time::sleep(longest.mul_f64(f64::from(byte) / 255.0)).await;
}
