//! The brake per address: how many *failures* one network may cause (matrix PW-05; attack CR-05).
//!
//! A try takes a token and gives it back when the password was right: an office behind one address
//! logs in as often as it likes, a guesser runs dry. In memory and per process: the brake per account
//! is the one that holds over restarts. Algorithm: GCRA of `governor`.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::state::keyed::ShrinkableKeyedStateStore;
use governor::{Quota, RateLimiter};

use crate::clock::{Clock, Instant};

/// Networks remembered at most, about 5 MiB.
const MAX_NETWORKS: usize = 100_000;
/// Below this many nobody looks for networks that owe nothing.
const FEW: usize = 1024;

/// How patient we are with one address.
#[derive(Debug, Clone, Copy)]
pub struct AddressLimits {
    /// Failures in one go, and tries in flight at once.
    pub burst: NonZeroU32,
    /// Time after which one more failure is free.
    pub refill_every: Duration,
}

impl Default for AddressLimits {
    fn default() -> Self {
        Self {
            burst: NonZeroU32::MIN.saturating_add(99),
            refill_every: Duration::from_secs(3),
        }
    }
}

type Limiter = RateLimiter<Network, Ledger, Forward, NoOpMiddleware<Duration>>;

/// The networks and what they have used up. Cheap to clone.
#[derive(Clone)]
pub(crate) struct AddressThrottle {
    limiter: Arc<Limiter>,
    ledger: Ledger,
}

/// A try in flight. It stays counted unless [`Attempt::forgive`] is called.
#[must_use = "a try that was right must be forgiven"]
pub(crate) struct Attempt {
    ledger: Ledger,
    network: Network,
}

impl Attempt {
    /// The password was right, or was not compared: the try does not count.
    pub(crate) fn forgive(self) {
        self.ledger.give_back(self.network);
    }
}

impl AddressThrottle {
    /// A brake that reads the time from `clock`.
    pub(crate) fn new(limits: AddressLimits, clock: Clock) -> Self {
        let cost = limits.refill_every.max(Duration::from_millis(1));
        let ledger = Ledger {
            book: Arc::default(),
            cost: cost.into(),
        };
        // `with_period` gives nothing for an empty period only, which was just excluded.
        let quota = Quota::with_period(cost)
            .unwrap_or_else(|| Quota::per_second(limits.burst))
            .allow_burst(limits.burst);
        let limiter = Arc::new(RateLimiter::new(quota, ledger.clone(), Forward::new(clock)));
        Self { limiter, ledger }
    }

    /// Counts a try from an address.
    ///
    /// # Errors
    /// The time after which another try makes sense.
    pub(crate) fn begin(&self, peer: IpAddr) -> Result<Attempt, Duration> {
        if self.ledger.is_due() {
            self.limiter.retain_recent();
        }
        let network = Network::of(peer);
        match self.limiter.check_key(&network) {
            Ok(()) => Ok(Attempt {
                ledger: self.ledger.clone(),
                network,
            }),
            Err(not_until) => Err(not_until.wait_time_from(self.limiter.clock().now())),
        }
    }
}

/// An IPv4 address, or the /64 that one IPv6 customer has at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Network(u128);

impl Network {
    fn of(peer: IpAddr) -> Self {
        match peer.to_canonical() {
            IpAddr::V4(v4) => Self(v4.to_ipv6_mapped().to_bits()),
            IpAddr::V6(v6) => Self(v6.to_bits() & !u128::from(u64::MAX)),
        }
    }
}

/// What the networks owe.
#[derive(Debug, Clone)]
struct Ledger {
    book: Arc<Mutex<Book>>,
    cost: Nanos,
}

#[derive(Debug, Default)]
struct Book {
    /// When the debt of a network is paid (`governor` calls it the theoretical arrival time), counted
    /// from the start of the limiter.
    ends: HashMap<Network, Nanos>,
    prune_at: usize,
}

impl Ledger {
    fn lock(&self) -> MutexGuard<'_, Book> {
        // A panic elsewhere leaves the book whole: every change is one insertion or removal.
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_due(&self) -> bool {
        let book = self.lock();
        book.ends.len() >= book.prune_at.clamp(FEW, MAX_NETWORKS)
    }

    fn give_back(&self, network: Network) {
        if let Some(end) = self.lock().ends.get_mut(&network) {
            *end = end.saturating_sub(self.cost);
        }
    }
}

impl StateStore for Ledger {
    type Key = Network;

    fn measure_and_replace<T, F, E>(&self, key: &Network, judge: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut book = self.lock();
        let (outcome, end) = judge(book.ends.get(key).copied())?;
        book.ends.insert(*key, end);
        Ok(outcome)
    }
}

impl ShrinkableKeyedStateStore<Network> for Ledger {
    fn retain_recent(&self, drop_below: Nanos) {
        let mut book = self.lock();
        book.ends.retain(|_, end| *end > drop_below);
        if book.ends.len() >= MAX_NETWORKS {
            // Somebody has very many addresses: forget the half that owes least.
            let mut sorted: Vec<Nanos> = book.ends.values().copied().collect();
            let middle = sorted.len() / 2;
            let (_, median, _) = sorted.select_nth_unstable(middle);
            let (median, mut room) = (*median, middle);
            book.ends.retain(|_, end| {
                let stays = *end >= median && room > 0;
                room -= usize::from(stays);
                stays
            });
        }
        book.prune_at = 2 * book.ends.len();
    }

    fn len(&self) -> usize {
        self.lock().ends.len()
    }

    fn is_empty(&self) -> bool {
        self.lock().ends.is_empty()
    }
}

/// Our clock as `governor` reads one. It never goes back: or, when the machine's clock is put right,
/// whoever logged in while it was ahead would be refused until it is there again (attack OP-10).
#[derive(Debug, Clone)]
struct Forward {
    clock: Clock,
    passed: Arc<Mutex<Passed>>,
}

#[derive(Debug)]
struct Passed {
    last: Instant,
    sum: Duration,
}

impl Forward {
    fn new(clock: Clock) -> Self {
        let passed = Passed {
            last: clock.now(),
            sum: Duration::ZERO,
        };
        Self {
            clock,
            passed: Arc::new(Mutex::new(passed)),
        }
    }
}

impl governor::clock::Clock for Forward {
    type Instant = Duration;

    fn now(&self) -> Duration {
        let now = self.clock.now();
        let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        // Zero when it went back.
        passed.sum = passed.sum.saturating_add(now.since(passed.last));
        passed.last = now;
        passed.sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::HandClock;

    fn throttle(burst: u32) -> (AddressThrottle, HandClock) {
        let hand = HandClock::at(Instant::from_seconds(1_000_000));
        let limits = AddressLimits {
            burst: NonZeroU32::new(burst).unwrap(),
            refill_every: Duration::from_secs(3),
        };
        (
            AddressThrottle::new(limits, Clock::Hand(hand.clone())),
            hand,
        )
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn fail(throttle: &AddressThrottle, peer: &str) -> Result<(), Duration> {
        throttle.begin(ip(peer)).map(drop)
    }

    /// CR-05: one guess on each of many accounts from one peer runs dry; others are not concerned.
    #[test]
    fn cr_05_an_address_runs_dry_and_recovers_one_failure_at_a_time() {
        let (throttle, hand) = throttle(10);
        for _ in 0..10 {
            assert_eq!(fail(&throttle, "192.0.2.1"), Ok(()));
        }
        assert_eq!(fail(&throttle, "192.0.2.1"), Err(Duration::from_secs(3)));
        assert_eq!(
            fail(&throttle, "::ffff:192.0.2.1"),
            Err(Duration::from_secs(3))
        );
        assert_eq!(fail(&throttle, "192.0.2.2"), Ok(()));
        hand.advance(Duration::from_secs(3));
        assert_eq!(fail(&throttle, "192.0.2.1"), Ok(()));
        assert!(fail(&throttle, "192.0.2.1").is_err());
    }

    /// OP-10: a clock that is put back costs nobody anything, and gives nothing away.
    #[test]
    fn op_10_a_clock_that_goes_back_neither_closes_nor_opens() {
        let (throttle, hand) = throttle(2);
        let home = Instant::from_seconds(1_000_000);
        hand.set(home.plus(Duration::from_hours(1)));
        assert_eq!(fail(&throttle, "192.0.2.1"), Ok(()));
        assert_eq!(fail(&throttle, "192.0.2.1"), Ok(()));
        assert_eq!(fail(&throttle, "192.0.2.2"), Ok(()));
        hand.set(home);
        assert_eq!(fail(&throttle, "192.0.2.1"), Err(Duration::from_secs(3)));
        assert_eq!(fail(&throttle, "192.0.2.2"), Ok(()));
        hand.advance(Duration::from_secs(3));
        assert_eq!(fail(&throttle, "192.0.2.1"), Ok(()));
    }

    /// PW-05: an office behind one address logs in as often as it likes.
    #[test]
    fn pw_05_right_passwords_never_use_anything_up() {
        let (throttle, _) = throttle(10);
        for _ in 0..10_000 {
            throttle.begin(ip("192.0.2.1")).unwrap().forgive();
        }
        assert_eq!(fail(&throttle, "192.0.2.1"), Ok(()));
    }

    #[test]
    fn one_ipv6_customer_is_one_network() {
        let (throttle, _) = throttle(2);
        assert_eq!(fail(&throttle, "2001:db8::1"), Ok(()));
        assert_eq!(fail(&throttle, "2001:db8::ffff:2"), Ok(()));
        assert!(fail(&throttle, "2001:db8::3").is_err());
        assert_eq!(fail(&throttle, "2001:db8:0:1::1"), Ok(()));
    }

    #[test]
    fn memory_is_bounded_and_given_back() {
        let (throttle, hand) = throttle(10);
        for number in 0..=u32::try_from(MAX_NETWORKS).unwrap() + 1000 {
            let _ = fail(
                &throttle,
                &std::net::Ipv4Addr::from_bits(number).to_string(),
            );
        }
        assert!(
            throttle.ledger.len() <= MAX_NETWORKS,
            "{}",
            throttle.ledger.len()
        );
        hand.advance(Duration::from_mins(1));
        throttle.limiter.retain_recent();
        assert_eq!(throttle.ledger.len(), 0);
    }
}
