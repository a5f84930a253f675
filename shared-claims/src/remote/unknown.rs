//! Key ids that were looked for and not found: they cause no further fetch for a while.
//!
//! A fixed table of hashes, written and read without a lock. Whoever invents ids can fill it, which
//! costs nobody anything: how often a fetch happens is limited by the [`gate`](super::gate) alone.

use std::{
    collections::hash_map::RandomState,
    hash::BuildHasher as _,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

const SLOTS: usize = 1_024;
/// Two cool-downs: an id that is asked for again and again costs a fetch now and then, and a key that an
/// instance of the issuer did not know yet is not missed for long.
const REMEMBERED: Duration = Duration::from_mins(1);
/// The upper half of a slot is the hash, the lower half the second, counted from one.
const SECONDS: u64 = 0xFFFF_FFFF;

/// The last ids that were not found, 8 KiB of them.
pub(super) struct UnknownIds {
    hashing: RandomState,
    slots: Box<[AtomicU64]>,
}

impl Default for UnknownIds {
    fn default() -> Self {
        Self {
            hashing: RandomState::new(),
            slots: (0..SLOTS).map(|_| AtomicU64::new(0)).collect(),
        }
    }
}

impl UnknownIds {
    /// Remembers that no key had this id at this monotonic time.
    pub(super) fn note(&self, kid: &str, at: Duration) {
        let (slot, hash) = self.place(kid);
        slot.store(hash | seconds(at), Relaxed);
    }

    /// Whether it is known that no key had this id a short while ago.
    pub(super) fn has(&self, kid: &str, at: Duration) -> bool {
        let (slot, hash) = self.place(kid);
        let noted = slot.load(Relaxed);
        noted != 0
            && noted & !SECONDS == hash
            && seconds(at).saturating_sub(noted & SECONDS) < REMEMBERED.as_secs()
    }

    fn place(&self, kid: &str) -> (&AtomicU64, u64) {
        let hash = self.hashing.hash_one(kid);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the lowest bits are all that is wanted"
        )]
        let slot = hash as usize % SLOTS;
        (&self.slots[slot], hash & !SECONDS)
    }
}

fn seconds(at: Duration) -> u64 {
    at.as_secs().saturating_add(1).min(SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// JV-06
    #[test]
    fn an_id_is_remembered_for_a_while_and_others_are_not() {
        let unknown = UnknownIds::default();
        let at = Duration::from_secs(100);
        assert!(!unknown.has("a", at));
        unknown.note("a", at);
        assert!(unknown.has("a", at));
        assert!(!unknown.has("b", at));
        let almost = REMEMBERED.saturating_sub(Duration::from_secs(1));
        assert!(unknown.has("a", at + almost));
        assert!(!unknown.has("a", at + REMEMBERED));
    }
}
