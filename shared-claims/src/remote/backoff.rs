//! How long to wait before the next fetch.
//!
//! Jitter keeps a fleet of verifiers that started together from asking together for ever after.

use std::time::Duration;

use aws_lc_rs::rand;

/// Waiting time that doubles from failure to failure.
#[derive(Clone, Copy, Debug)]
pub(super) struct Backoff {
    next: Duration,
    cap: Duration,
}

impl Backoff {
    /// Before the first key set: a service that starts before its issuer should be ready soon
    /// after it.
    pub(super) const FIRST_LOAD: Self = Self {
        next: Duration::from_millis(100),
        cap: Duration::from_secs(5),
    };

    /// With a key set in hand there is no hurry.
    pub(super) const REFRESH: Self = Self {
        next: Duration::from_secs(1),
        cap: Duration::from_mins(1),
    };

    /// A list that could not be fetched: revocations are late until it is.
    pub(super) const LIST: Self = Self {
        next: Duration::from_secs(1),
        cap: Duration::from_secs(10),
    };

    /// The stream only makes things faster.
    pub(super) const STREAM: Self = Self {
        next: Duration::from_millis(500),
        cap: Duration::from_secs(30),
    };

    /// The time to wait now.
    pub(super) fn step(&mut self) -> Duration {
        let now = self.next;
        self.next = (now * 2).min(self.cap);
        now
    }
}

/// Four fifths of the time an answer stays fresh.
pub(super) fn refresh_after(max_age: Duration) -> Duration {
    max_age * 4 / 5
}

/// Shortens a wait at random. Jitter needs no good randomness; without any, everybody waits the full
/// time.
pub(super) fn jittered(wait: Duration) -> Duration {
    let mut byte = [0];
    match rand::fill(&mut byte) {
        Ok(()) => with_jitter(wait, byte[0]),
        Err(_) => wait,
    }
}

/// Shortens a wait by up to a quarter, in proportion to a random byte.
fn with_jitter(wait: Duration, random: u8) -> Duration {
    wait.saturating_sub(wait / 4 * u32::from(random) / 255)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_cap() {
        let mut backoff = Backoff::FIRST_LOAD;
        let waits: Vec<u128> = (0..8).map(|_| backoff.step().as_millis()).collect();
        assert_eq!(waits, [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
    }

    #[test]
    fn jitter_only_shortens_and_by_a_quarter_at_most() {
        let wait = Duration::from_mins(4);
        assert_eq!(refresh_after(Duration::from_mins(5)), wait);
        assert_eq!(with_jitter(wait, 0), wait);
        assert_eq!(with_jitter(wait, 255), Duration::from_mins(3));
        assert!((0..=255).all(|random| with_jitter(wait, random) <= wait));
    }
}
