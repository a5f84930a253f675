//! The issuer's public keys (RFC 7517 §5), parsed once and ready to verify.
//!
//! A set is tolerant to single entries it cannot use (RFC 7517 §5: implementations SHOULD ignore
//! them) and strict as a whole: bounded, and never empty.

use serde::Deserialize;
use serde_json::Value;

use super::{jwk::Unusable, key::Key};

/// The largest key set that is read.
pub const MAX_KEY_SET_BYTES: usize = 64 * 1024;
/// The most entries a key set may have.
pub const MAX_KEYS: usize = 32;

/// At least one usable key, each with an id of its own and exactly one algorithm.
#[derive(Debug)]
pub struct KeySet {
    keys: Vec<Key>,
    skipped: Vec<Unusable>,
}

/// Why a text is not a key set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeySetError {
    /// More than [`MAX_KEY_SET_BYTES`].
    #[error("the key set is larger than 64 KiB")]
    TooLarge,
    /// Not a JSON object with an array `keys`.
    #[error("the key set is not a JSON object with an array named keys")]
    Malformed,
    /// More than [`MAX_KEYS`].
    #[error("the key set has more than 32 entries")]
    TooManyKeys,
    /// Nothing in it can verify a token.
    #[error("the key set has no usable key")]
    NoUsableKey,
}

/// Two sets are the same when they hold the same keys, whatever else their documents say.
impl PartialEq for KeySet {
    fn eq(&self, other: &Self) -> bool {
        self.keys == other.keys
    }
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl KeySet {
    /// Reads a JWK Set.
    ///
    /// Entries that cannot be used are skipped: see [`Unusable`]. When two *different* keys carry
    /// one `kid`, neither is used, because which one the issuer meant cannot be known; the same key
    /// listed twice counts once.
    pub fn from_jwks_json(bytes: &[u8]) -> Result<Self, KeySetError> {
        if bytes.len() > MAX_KEY_SET_BYTES {
            return Err(KeySetError::TooLarge);
        }
        let document: Document =
            serde_json::from_slice(bytes).map_err(|_| KeySetError::Malformed)?;
        if document.keys.len() > MAX_KEYS {
            return Err(KeySetError::TooManyKeys);
        }
        let (mut keys, mut skipped) = (Vec::<Key>::new(), Vec::new());
        for entry in document.keys {
            match Key::read(entry) {
                Ok(key) if keys.contains(&key) => {}
                Ok(key) => keys.push(key),
                Err(unusable) => skipped.push(unusable),
            }
        }
        let ambiguous: Vec<bool> = keys.iter().map(|key| key.shares_its_id(&keys)).collect();
        let mut ambiguous_of = ambiguous.iter();
        keys.retain(|_| ambiguous_of.next() == Some(&false));
        skipped.extend(
            ambiguous
                .iter()
                .filter(|it| **it)
                .map(|_| Unusable::AmbiguousId),
        );
        if keys.is_empty() {
            Err(KeySetError::NoUsableKey)
        } else {
            Ok(Self { keys, skipped })
        }
    }

    /// How many usable keys there are; never zero.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a key set is never empty")]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// The ids of the usable keys.
    pub fn key_ids(&self) -> impl ExactSizeIterator<Item = &str> {
        self.keys.iter().map(Key::id)
    }

    /// Why the other entries are not used.
    #[must_use]
    pub fn skipped(&self) -> &[Unusable] {
        &self.skipped
    }

    /// The key of a set that has no other.
    pub(super) fn find_lone(&self) -> Option<&Key> {
        match self.keys.as_slice() {
            [lone] => Some(lone),
            _ => None,
        }
    }

    /// The key of exactly this id. At most 32 comparisons in memory, whatever the id looks like.
    pub(super) fn find(&self, kid: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.id() == kid)
    }
}
