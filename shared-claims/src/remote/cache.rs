//! Tokens whose signature has been checked: the same token again costs a digest instead.
//!
//! A fixed number of slots, four for each digest, read and replaced without a lock. Only what a
//! good signature vouches for gets in, so strangers cannot fill it. An entry counts while the keys
//! are the same, the token has not expired, and the clock has not gone back. Whether the token has
//! been revoked is never remembered: that is asked of the status list every time.

use arc_swap::ArcSwapOption;
use aws_lc_rs::digest::{SHA256, SHA256_OUTPUT_LEN, digest};

use crate::{NumericDate, verify::AccessToken};

use std::sync::Arc;

const WAYS: usize = 4;

/// What a token is known by: never the token itself.
pub(super) type Digest = [u8; SHA256_OUTPUT_LEN];

/// The tokens seen before.
pub(super) struct TokenCache {
    slots: Box<[ArcSwapOption<Entry>]>,
}

struct Entry {
    digest: Digest,
    generation: u64,
    checked_at: NumericDate,
    token: AccessToken,
}

/// The moment a token is looked up: with which keys, and when.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    pub(super) generation: u64,
    pub(super) now: NumericDate,
}

impl TokenCache {
    /// Room for this many tokens; `None` for no room at all.
    pub(super) fn new(capacity: usize) -> Option<Self> {
        (capacity > 0).then(|| Self {
            slots: (0..capacity.next_multiple_of(WAYS))
                .map(|_| ArcSwapOption::empty())
                .collect(),
        })
    }

    /// What the token is known by.
    pub(super) fn digest(token: &str) -> Digest {
        let mut own = Digest::default();
        own.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        own
    }

    /// The token, if it was checked with these keys before.
    pub(super) fn find(&self, digest: &Digest, moment: Moment) -> Option<AccessToken> {
        self.ways(digest).iter().find_map(|slot| {
            let entry = slot.load();
            let entry = entry.as_ref()?;
            (entry.digest == *digest && entry.is_good(moment)).then(|| entry.token.clone())
        })
    }

    /// Remembers a token that has been checked at this moment.
    pub(super) fn insert(&self, digest: Digest, moment: Moment, token: AccessToken) {
        let ways = self.ways(&digest);
        let is_free = |slot: &&ArcSwapOption<Entry>| {
            slot.load()
                .as_ref()
                .is_none_or(|entry| entry.digest == digest || !entry.is_good(moment))
        };
        // All in use: a byte of the digest decides who goes.
        let unlucky = usize::from(digest[SHA256_OUTPUT_LEN - 1]) % WAYS;
        let slot = ways.iter().find(is_free).unwrap_or(&ways[unlucky]);
        slot.store(Some(Arc::new(Entry {
            digest,
            generation: moment.generation,
            checked_at: moment.now,
            token,
        })));
    }

    /// The slots in which this digest may be.
    fn ways(&self, digest: &Digest) -> &[ArcSwapOption<Entry>] {
        let number = digest[..4]
            .iter()
            .fold(0, |number, byte| number << 8 | usize::from(*byte));
        let first = number % (self.slots.len() / WAYS) * WAYS;
        &self.slots[first..first + WAYS]
    }
}

impl Entry {
    fn is_good(&self, moment: Moment) -> bool {
        self.generation == moment.generation
            && moment.now >= self.checked_at
            && moment.now < self.token.claims().exp
    }
}
