//! How long a status list serves: it hands out places, then its families go on issuing with theirs,
//! then their last token expires. Each phase is as long as the longest token, so that a family needs
//! to remember one place beside its present one (docs/decisions/0010).

use std::time::Duration;

use crate::clock::Instant;
use crate::store::status::List;

/// For clocks that differ, and for a refresh that is answered again inside its grace.
const SLACK: Duration = Duration::from_mins(5);

/// The phases of a list, from the longest that a token may live.
#[derive(Debug, Clone, Copy)]
pub struct Lifetimes {
    longest_token: Duration,
}

impl Lifetimes {
    /// For access tokens that live no longer than this.
    pub const fn new(longest_token: Duration) -> Self {
        Self { longest_token }
    }

    /// A list that is opened now.
    pub(super) fn open(self, number: i64, now: Instant) -> List {
        let phases = self.longest_token.saturating_mul(3);
        List {
            number,
            opened_at: now,
            expires_at: now.plus(phases).plus(SLACK),
        }
    }

    /// New places are handed out until then. Counted from the end: whatever the settings were when it
    /// was opened, today's tokens must not outlive it.
    pub(super) fn hands_out_until(self, list: List) -> Instant {
        list.expires_at
            .minus(self.longest_token.saturating_mul(2))
            .minus(SLACK)
    }

    /// A family may keep its place until then.
    pub(super) fn keeps_until(self, list: List) -> Instant {
        list.expires_at.minus(self.longest_token).minus(SLACK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    /// The last token of a family that kept its place as long as it may has expired when the list goes,
    /// and two moves of a family are further apart than any token lives.
    #[test]
    fn tsl_10_the_phases_of_a_list_leave_no_token_behind() {
        let lifetimes = Lifetimes::new(HOUR);
        let list = lifetimes.open(7, Instant::from_seconds(0));
        let (hands_out, keeps) = (lifetimes.hands_out_until(list), lifetimes.keeps_until(list));
        assert_eq!(hands_out, Instant::from_seconds(3600));
        assert!(keeps.since(hands_out) >= HOUR);
        assert!(list.expires_at.since(keeps) >= HOUR);
    }

    #[test]
    fn a_list_from_before_tokens_lived_longer_hands_out_nothing() {
        let list = Lifetimes::new(HOUR).open(0, Instant::from_seconds(1_000_000));
        let longer = Lifetimes::new(HOUR * 24);
        assert!(longer.hands_out_until(list) < list.opened_at);
    }
}
