//! The only place that reads the system clock.
//!
//! Everything else receives an [`Instant`] (`ctx.now`, read once at the door), so tests move time by
//! hand and two checks of one request never disagree.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde::{Deserialize, Serialize};

/// A point in time: milliseconds since 1970-01-01T00:00:00Z.
///
/// Stored as a 64-bit integer, so that the three database engines agree on its precision.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(transparent)]
pub struct Instant(i64);

impl Instant {
    /// From milliseconds since the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// From whole seconds since the epoch (JWT NumericDate, RFC 7519 §2).
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Milliseconds since the epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down (JWT NumericDate, RFC 7519 §2).
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This instant moved into the future; saturates at the end of time.
    #[must_use]
    pub fn plus(self, by: std::time::Duration) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)),
        )
    }

    /// This instant moved into the past; saturates.
    #[must_use]
    pub fn minus(self, by: std::time::Duration) -> Self {
        Self(
            self.0
                .saturating_sub(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)),
        )
    }

    /// How much later this is than `earlier`; zero when it is not later.
    pub fn since(self, earlier: Self) -> std::time::Duration {
        let millis = self.0.saturating_sub(earlier.0);
        std::time::Duration::from_millis(u64::try_from(millis).unwrap_or(0))
    }

    /// RFC 3339 text in UTC with milliseconds, for people, logs and JSON.
    pub fn to_rfc3339(self) -> String {
        chrono::DateTime::from_timestamp_millis(self.0).map_or_else(
            || format!("{} ms", self.0),
            |at| at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        )
    }
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
            Self::System => Instant(chrono::Utc::now().timestamp_millis()),
            Self::Hand(hand) => Instant(hand.millis.load(Ordering::SeqCst)),
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
            millis: Arc::new(AtomicI64::new(start.0)),
        }
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: std::time::Duration) {
        self.millis.fetch_add(
            i64::try_from(by.as_millis()).unwrap_or(i64::MAX),
            Ordering::SeqCst,
        );
    }

    /// Puts the clock at an instant, forward or back.
    pub fn set(&self, at: Instant) {
        self.millis.store(at.0, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn seconds_round_down_also_before_the_epoch() {
        assert_eq!(Instant::from_millis(1_999).as_seconds(), 1);
        assert_eq!(Instant::from_millis(-1).as_seconds(), -1);
    }

    #[test]
    fn a_hand_clock_moves_only_by_hand() {
        let hand = HandClock::at(Instant::from_seconds(10));
        let clock = Clock::Hand(hand.clone());
        assert_eq!(clock.now(), clock.now());
        hand.advance(Duration::from_secs(5));
        assert_eq!(clock.now(), Instant::from_seconds(15));
    }
}
