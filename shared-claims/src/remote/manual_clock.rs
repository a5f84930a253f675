//! A clock moved by hand, for tests of this crate and of the services that use it.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use super::{Clock, clock::Sleep};
use crate::NumericDate;

/// Time that passes when told to. Clones show the same time.
#[derive(Clone, Debug)]
pub struct ManualClock {
    start: NumericDate,
    elapsed: Arc<watch::Sender<Duration>>,
    sleepers: Arc<watch::Sender<usize>>,
}

impl ManualClock {
    /// A clock standing at this date.
    #[must_use]
    pub fn at(start: NumericDate) -> Self {
        Self {
            start,
            elapsed: Arc::new(watch::Sender::new(Duration::ZERO)),
            sleepers: Arc::new(watch::Sender::new(0)),
        }
    }

    /// Lets time pass; wakes whoever has slept long enough.
    pub fn advance(&self, by: Duration) {
        self.elapsed.send_modify(|elapsed| *elapsed += by);
    }

    /// Returns as soon as somebody sleeps on this clock: the moment to [`advance`](Self::advance)
    /// it without racing against work that is still going on.
    pub async fn someone_sleeps(&self) {
        // The sender lives in `self`, so the channel cannot close while we wait.
        let _ = self
            .sleepers
            .subscribe()
            .wait_for(|sleepers| *sleepers > 0)
            .await;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> NumericDate {
        self.start.plus(self.monotonic())
    }

    fn monotonic(&self) -> Duration {
        *self.elapsed.borrow()
    }

    fn sleep(&self, duration: Duration) -> Sleep<'_> {
        let mut elapsed = self.elapsed.subscribe();
        let until = self.monotonic() + duration;
        Box::pin(async move {
            let _counted = Sleeper::enter(&self.sleepers);
            let _ = elapsed.wait_for(|elapsed| *elapsed >= until).await;
        })
    }
}

/// Counts a sleeper as long as it sleeps, also when its sleep is broken off.
struct Sleeper<'c>(&'c watch::Sender<usize>);

impl<'c> Sleeper<'c> {
    fn enter(sleepers: &'c watch::Sender<usize>) -> Self {
        sleepers.send_modify(|count| *count += 1);
        Self(sleepers)
    }
}

impl Drop for Sleeper<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}
