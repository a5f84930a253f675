//! What happens when the issuer has not been heard of for long: the operator's decision.

use std::time::Duration;

/// What happens once keys or a status list have not been confirmed for the longest time allowed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnStale {
    /// Refuse every token until the issuer answers again. A key the issuer has withdrawn, or a
    /// token it has revoked, is honoured for `max_staleness` at most.
    #[default]
    Refuse,
    /// Go on with what is at hand, however old; also with a token whose list never came.
    Accept,
}

/// For how long to go on without news from the issuer, and what to do then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// How old keys and status lists may be (on a single route: status lists), counted from when the issuer last confirmed them.
    pub max_staleness: Duration,
    /// What happens after that.
    pub on_stale: OnStale,
}

impl Freshness {
    /// Whatever is at hand.
    pub(super) const ANY: Self = Self {
        max_staleness: Duration::MAX,
        on_stale: OnStale::Accept,
    };

    /// Refuse what is older than this.
    #[must_use]
    pub const fn at_most(max_staleness: Duration) -> Self {
        Self {
            max_staleness,
            on_stale: OnStale::Refuse,
        }
    }
}

impl Default for Freshness {
    /// 24 hours, then refuse.
    fn default() -> Self {
        Self::at_most(Duration::from_hours(24))
    }
}
