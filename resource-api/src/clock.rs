//! The only place that reads the system clock. Everything else receives an instant.
//!
//! Instants have whole milliseconds: that is what the database keeps (as BIGINT, so that the engines
//! agree), and an object looks the same when it is made and when it is read again.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

/// A point in time: milliseconds since 1970-01-01T00:00:00Z; on the wire RFC 3339 text in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-11-25T09:30:00.000Z")]
pub struct Instant(i64);

impl Instant {
    /// From milliseconds since the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// This instant moved into the future; saturates at the end of time.
    #[must_use]
    pub fn plus(self, by: Duration) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)),
        )
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let at = DateTime::from_timestamp_millis(self.0).unwrap_or_default();
        serializer.serialize_str(&at.to_rfc3339_opts(SecondsFormat::Millis, true))
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
            Self::System => Instant(Utc::now().timestamp_millis()),
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
    pub fn advance(&self, by: Duration) {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.millis.fetch_add(millis, Ordering::SeqCst);
    }
}
