//! Indexes in the hand of one instance: a reserved block, dealt out in shuffled order, so that an index
//! tells nothing of the order of logins (draft-ietf-oauth-status-list §13.3; matrix TSL-08).

use crate::clock::Instant;
use crate::random::Random;
use crate::store::status::Run;

/// What is left of a reserved block.
#[derive(Debug)]
pub(super) struct Block {
    run: Run,
    rest: Vec<i64>,
    usable_until: Instant,
}

impl Block {
    /// Shuffles a block that was just reserved.
    pub(super) fn new(run: Run, usable_until: Instant, random: &Random) -> Self {
        let mut rest: Vec<i64> = (run.first..run.first + run.size).collect();
        // Fisher and Yates. The bias of 64 random bits over a few thousand places is below 2^-50.
        for last in (1..rest.len()).rev() {
            let draw = u64::from_le_bytes(random.bytes::<8>()) % (last as u64 + 1);
            rest.swap(last, usize::try_from(draw).unwrap_or(last));
        }
        Self {
            run,
            rest,
            usable_until,
        }
    }

    /// The next index, each once; none when all are dealt or the list has closed.
    pub(super) fn deal(&mut self, now: Instant) -> Option<i64> {
        (now < self.usable_until).then(|| self.rest.pop()).flatten()
    }

    /// An index that was dealt before, for when no new one can be had.
    pub(super) fn deal_again(&self, random: &Random) -> i64 {
        let [one, two] = random.bytes::<2>();
        self.run.first + i64::from(u16::from_le_bytes([one, two])) % self.run.size
    }

    /// True once half of it is dealt: time to reserve the next.
    pub(super) fn is_running_out(&self) -> bool {
        let left = i64::try_from(self.rest.len()).unwrap_or(i64::MAX);
        left.saturating_mul(2) <= self.run.size
    }

    /// The indexes it was made of.
    pub(super) fn run(&self) -> Run {
        self.run
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn dealt(first: i64, size: i64, seed: u64) -> Vec<i64> {
        let end = Instant::from_seconds(10);
        let mut block = Block::new(Run { first, size }, end, &Random::seeded(seed));
        std::iter::from_fn(|| block.deal(Instant::from_seconds(1))).collect()
    }

    proptest! {
        /// TSL-08: every index once, whatever the block and the randomness.
        #[test]
        fn tsl_08_every_index_is_dealt_exactly_once(first in 0_i64..1 << 40, size in 1_i64..500, seed: u64) {
            let mut all = dealt(first, size, seed);
            all.sort_unstable();
            prop_assert_eq!(all, (first..first + size).collect::<Vec<_>>());
        }
    }

    /// TSL-08: neighbours in time are no neighbours in the list, and every place can come first.
    #[test]
    fn tsl_08_the_order_is_shuffled() {
        let order = dealt(0, 1000, 1);
        let neighbours = order
            .windows(2)
            .filter(|pair| (pair[0] - pair[1]).abs() == 1)
            .count();
        assert!(neighbours < 20, "{neighbours} of 999");
        let firsts: std::collections::HashSet<i64> =
            (0..500).map(|seed| dealt(0, 8, seed)[0]).collect();
        assert_eq!(firsts.len(), 8);
    }

    #[test]
    fn tsl_10_a_closed_list_deals_nothing() {
        let end = Instant::from_seconds(10);
        let mut block = Block::new(Run { first: 0, size: 4 }, end, &Random::seeded(1));
        assert!(block.deal(Instant::from_millis(9_999)).is_some());
        assert_eq!(block.deal(end), None);
        assert!((0..4).contains(&block.deal_again(&Random::seeded(2))));
    }
}
