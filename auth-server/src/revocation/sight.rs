//! Whether this instance still sees what is revoked. One that has lost sight of the database says so: it
//! ends its streams, refuses new ones, and dates its lists by what it saw last (matrix TSL-24).

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant as Monotonic;

use crate::clock::Instant;

/// Looks come each second, and all instances are to agree within two.
const LONGEST: Duration = Duration::from_secs(5);

/// The last look at the database that succeeded; none yet while the instance opens.
#[derive(Debug, Default)]
pub(super) struct Sight(Mutex<Option<Look>>);

/// When a look began, by both clocks.
#[derive(Debug, Clone, Copy)]
struct Look {
    began: Monotonic,
    at: Instant,
}

impl Sight {
    /// What was revoked before this moment is known.
    pub(super) fn note(&self, began: Monotonic, at: Instant) {
        *self.last() = Some(Look { began, at });
    }

    /// Whether the last look is recent enough for what other instances revoke.
    pub(super) fn is_clear(&self, now: Monotonic) -> bool {
        self.last()
            .is_none_or(|look| now.saturating_duration_since(look.began) <= LONGEST)
    }

    /// The moment for which this instance can speak: the present one, or that of its last look.
    pub(super) fn as_of(&self, (clock, now): (Monotonic, Instant)) -> Instant {
        match *self.last() {
            Some(look) if clock.saturating_duration_since(look.began) > LONGEST => look.at.min(now),
            _ => now,
        }
    }

    fn last(&self) -> MutexGuard<'_, Option<Look>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// TSL-24
    #[test]
    fn tsl_24_an_instance_speaks_for_the_time_of_its_last_look() {
        let (sight, began) = (Sight::default(), Monotonic::now());
        let at = Instant::from_seconds(100);
        let later = |seconds| {
            let passed = Duration::from_secs(seconds);
            (began + passed, at.plus(passed))
        };
        assert!(sight.is_clear(later(60).0));
        assert_eq!(sight.as_of(later(60)), at.plus(Duration::from_mins(1)));
        sight.note(began, at);
        assert!(sight.is_clear(later(5).0));
        assert_eq!(sight.as_of(later(5)), at.plus(LONGEST));
        assert!(!sight.is_clear(later(6).0));
        assert_eq!(sight.as_of(later(6)), at);
        sight.note(later(6).0, later(6).1);
        assert!(sight.is_clear(later(7).0));
    }
}
