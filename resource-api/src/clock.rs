//! The only place that reads the system clock. Everything else receives an instant.
//!
//! Instants have whole milliseconds: that is what the database keeps, so an object looks the same
//! when it is created and when it is read again.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};

/// A point in time, UTC, to the millisecond; RFC 3339 text on the wire.
pub type Instant = DateTime<Utc>;

/// The instant of so many milliseconds since 1970-01-01T00:00:00Z; the epoch for what is out of range.
pub fn instant(millis: i64) -> Instant {
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}

/// Where the time comes from: the system, or a hand in tests.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The wall clock of the machine.
    #[default]
    System,
    /// A clock that moves only when it is told to.
    Hand(HandClock),
}

impl Clock {
    /// The present moment.
    pub fn now(&self) -> Instant {
        match self {
            #[expect(
                clippy::disallowed_methods,
                reason = "the one place that reads the clock"
            )]
            Self::System => instant(Utc::now().timestamp_millis()),
            Self::Hand(hand) => instant(hand.millis.load(Ordering::SeqCst)),
        }
    }
}

/// A clock for tests: starts where it is told and moves by [`HandClock::advance`] only.
#[derive(Debug, Clone)]
pub struct HandClock {
    millis: Arc<AtomicI64>,
}

impl HandClock {
    /// A clock that stands at `start`.
    pub fn at(start: Instant) -> Self {
        Self {
            millis: Arc::new(AtomicI64::new(start.timestamp_millis())),
        }
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.millis.fetch_add(millis, Ordering::SeqCst);
    }
}
