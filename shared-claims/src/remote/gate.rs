//! How often unknown key ids may cause a fetch: once per cool-down, all of them together.
//!
//! The window counts from the last *attempt*, by whomever and whether it succeeded. Counting from
//! the last success would let a flood of invented ids hammer an issuer that is down.

use std::{
    sync::atomic::{AtomicU64, Ordering::SeqCst},
    time::Duration,
};

/// Nothing attempted yet.
const NEVER: u64 = u64::MAX;

/// Lets one through per cool-down, without a lock.
#[derive(Debug)]
pub(super) struct Gate {
    cool_down: Duration,
    last_attempt_ms: AtomicU64,
}

impl Gate {
    pub(super) fn new(cool_down: Duration) -> Self {
        Self {
            cool_down,
            last_attempt_ms: AtomicU64::new(NEVER),
        }
    }

    /// Notes an attempt that needs no permission.
    pub(super) fn attempted(&self, now: Duration) {
        self.last_attempt_ms.store(millis(now), SeqCst);
    }

    /// Whether an attempt may be made now. `true` counts as the attempt: of many who ask at once,
    /// one is told so.
    pub(super) fn permit(&self, now: Duration) -> bool {
        let last = self.last_attempt_ms.load(SeqCst);
        let since = Duration::from_millis(millis(now).saturating_sub(last));
        (last == NEVER || since >= self.cool_down) && self.take(last, now)
    }

    /// Makes `now` the last attempt, unless somebody else was faster since `last` was read.
    fn take(&self, last: u64, now: Duration) -> bool {
        self.last_attempt_ms
            .compare_exchange(last, millis(now), SeqCst, SeqCst)
            .is_ok()
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(NEVER - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COOL_DOWN: Duration = Duration::from_secs(10);

    /// JV-06
    #[test]
    fn one_attempt_is_permitted_per_window_counted_from_the_last() {
        let gate = Gate::new(COOL_DOWN);
        let at = Duration::from_millis;
        assert!(gate.permit(at(5)));
        assert!(!gate.permit(at(5)));
        assert!(!gate.permit(at(10_004)));
        assert!(gate.permit(at(10_005)));
        gate.attempted(at(15_000));
        assert!(
            !gate.permit(at(20_005)),
            "the attempt in between opens a new window"
        );
        assert!(!gate.permit(at(24_999)));
        assert!(gate.permit(at(25_000)));
    }

    /// JV-06
    #[test]
    fn of_two_who_ask_at_once_one_is_permitted() {
        let gate = Gate::new(COOL_DOWN);
        let read_by_both = gate.last_attempt_ms.load(SeqCst);
        assert!(gate.take(read_by_both, COOL_DOWN));
        assert!(!gate.take(read_by_both, COOL_DOWN));
    }
}
