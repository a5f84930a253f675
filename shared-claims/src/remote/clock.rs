//! Time, as an argument. The one place of this crate that reads the system's clocks.

use std::{
    pin::Pin,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use crate::NumericDate;

/// What a cache says of the time before we started has a place, too.
const BEFORE_THE_START: Duration = Duration::from_hours(24 * 365);

/// A sleep that can be awaited.
pub type Sleep<'c> = Pin<Box<dyn Future<Output = ()> + Send + 'c>>;

/// What time it is, how much of it passes, and waiting for it.
///
/// Two times, because they are for different questions: tokens are judged by the date, which may
/// be set back and forth; the age of a key set by a clock that only runs forward.
pub trait Clock: Send + Sync + 'static {
    /// The date.
    fn now(&self) -> NumericDate;

    /// Time since some fixed moment; never runs backward.
    fn monotonic(&self) -> Duration;

    /// Ends after this much of [`monotonic`](Self::monotonic) time.
    fn sleep(&self, duration: Duration) -> Sleep<'_>;
}

/// The clocks of the machine.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// Starts counting.
    #[must_use]
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> NumericDate {
        #[expect(
            clippy::disallowed_methods,
            reason = "the clock everybody else is handed"
        )]
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        NumericDate::from_seconds(0).plus(since)
    }

    fn monotonic(&self) -> Duration {
        BEFORE_THE_START + self.started.elapsed()
    }

    fn sleep(&self, duration: Duration) -> Sleep<'_> {
        Box::pin(tokio::time::sleep(duration))
    }
}
