//! The brake per account: free tries, then a delay that doubles, then a full stop that only an
//! administrator or a new password ends (matrix NP-13). Pure; the counter lives in the store.
//!
//! A try is counted *before* the password is compared and forgiven when it was right, so parallel
//! guesses cannot share one count (attack CR-04).

use std::time::Duration;

use crate::clock::Instant;
use crate::store::throttles::Throttle;

/// How patient we are with one account.
#[derive(Debug, Clone, Copy)]
pub struct AccountLimits {
    /// Failures in a row without a delay.
    pub free_failures: u32,
    /// The delay after them; doubles with each further failure.
    pub first_delay: Duration,
    /// The longest delay.
    pub max_delay: Duration,
    /// Failures in a row after which nothing is compared any more; at most 100 (NIST).
    pub max_failures: u32,
    /// Failures older than this are forgotten.
    pub memory: Duration,
}

impl Default for AccountLimits {
    fn default() -> Self {
        Self {
            free_failures: 5,
            first_delay: Duration::from_secs(1),
            max_delay: Duration::from_mins(15),
            max_failures: 100,
            memory: Duration::from_hours(30 * 24),
        }
    }
}

/// 9999-12-31, the end of time as people write it.
const FOR_EVER: Instant = Instant::from_seconds(253_402_300_799);

/// Whether a password may be compared now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It may.
    Open,
    /// Not before this much time has passed.
    Closed(Duration),
}

/// Reads the record of an account. What is named never exceeds the longest delay, so that a full stop
/// looks like any other.
pub(crate) fn standing(
    record: Option<&Throttle>,
    limits: &AccountLimits,
    now: Instant,
) -> Standing {
    match record.and_then(|record| record.blocked_until) {
        Some(until) if until > now => Standing::Closed(until.since(now).min(limits.max_delay)),
        _ => Standing::Open,
    }
}

/// Until when nothing is compared after this failure, counting itself; `None` while failures are free.
pub(crate) fn blocked_until(
    failures: u32,
    limits: &AccountLimits,
    now: Instant,
) -> Option<Instant> {
    if failures >= limits.max_failures {
        return Some(FOR_EVER);
    }
    delay_after(failures, limits).map(|delay| now.plus(delay))
}

/// The delay that begins with a failure, counting itself; none while failures are free.
fn delay_after(failures: u32, limits: &AccountLimits) -> Option<Duration> {
    let beyond = failures.checked_sub(limits.free_failures)?;
    let factor = 1_u32.checked_shl(beyond).unwrap_or(u32::MAX);
    Some(
        limits
            .first_delay
            .saturating_mul(factor)
            .min(limits.max_delay),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: AccountLimits = AccountLimits {
        free_failures: 5,
        first_delay: Duration::from_secs(1),
        max_delay: Duration::from_mins(15),
        max_failures: 100,
        memory: Duration::from_secs(1_000_000),
    };

    /// NP-13: progressive, capped, never overflowing.
    #[test]
    fn np_13_the_delay_begins_with_the_fifth_failure_and_doubles_to_a_quarter_of_an_hour() {
        for (failures, seconds) in [
            (0, None),
            (4, None),
            (5, Some(1)),
            (6, Some(2)),
            (9, Some(16)),
            (14, Some(512)),
            (15, Some(900)),
            (99, Some(900)),
            (u32::MAX, Some(900)),
        ] {
            assert_eq!(
                delay_after(failures, &LIMITS),
                seconds.map(Duration::from_secs),
                "{failures}"
            );
        }
    }

    fn record(blocked_until: Option<Instant>) -> Throttle {
        Throttle {
            failures: 1,
            window_started_at: Instant::from_seconds(0),
            blocked_until,
        }
    }

    /// NP-13: after a hundred failures in a row nothing is compared, whenever it comes.
    #[test]
    fn np_13_a_hundred_failures_close_the_account_for_good() {
        let now = Instant::from_seconds(0);
        let much_later = Instant::from_seconds(100 * 365 * 24 * 3600);
        let after = |failures| record(blocked_until(failures, &LIMITS, now));
        let closed = Standing::Closed(LIMITS.max_delay);
        assert_eq!(
            standing(Some(&after(99)), &LIMITS, much_later),
            Standing::Open
        );
        assert_eq!(standing(Some(&after(100)), &LIMITS, much_later), closed);
        assert_eq!(standing(None, &LIMITS, now), Standing::Open);
    }

    #[test]
    fn a_delay_ends_by_itself_and_says_how_long_it_lasts() {
        let record = record(Some(Instant::from_seconds(104)));
        let at = |seconds| standing(Some(&record), &LIMITS, Instant::from_seconds(seconds));
        assert_eq!(at(100), Standing::Closed(Duration::from_secs(4)));
        assert_eq!(at(104), Standing::Open);
    }
}
