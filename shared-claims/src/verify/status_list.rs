//! A status list token: which tokens of the issuer have been revoked
//! (draft-ietf-oauth-status-list-21 §5.1, §8.3).
//!
//! Signed by the same keys as the tokens it is about, and judged by the same rules: type, one
//! algorithm per key, no duplicate member. Its `sub` must be the very address a token points at.

use std::time::Duration;

use serde::Deserialize;

use super::{KeySet, Policy, Rejection, TokenKind, Verifier, packed::Packed};
use crate::{NumericDate, present::present};

/// The largest status list token that is read, in bytes.
pub const MAX_STATUS_LIST_BYTES: usize = 2 * 1024 * 1024;

/// Why a text is not the status list asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StatusListError {
    /// More than [`MAX_STATUS_LIST_BYTES`], or more than [`MAX_STATUS_BYTES`](super::MAX_STATUS_BYTES)
    /// once unpacked.
    #[error("the status list is too large")]
    TooLarge,
    /// Not a token of this issuer for this purpose, or expired.
    #[error("the status list token is refused: {0}")]
    Token(#[from] Rejection),
    /// `sub` is another address than the one asked for.
    #[error("the status list is about another address")]
    OtherList,
    /// `bits` or `lst` is not what the draft says.
    #[error("the list in the token is malformed")]
    Malformed,
}

/// What a status list says of one token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenStatus {
    /// The token stands.
    Valid,
    /// The token has been revoked.
    Invalid,
    /// The token is not to be honoured for the time being.
    Suspended,
    /// A value of which only the issuer knows the meaning.
    Other(u8),
}

/// A verified status list.
#[derive(Debug)]
pub struct StatusList {
    packed: Packed,
    issued_at: NumericDate,
    expires_at: Option<NumericDate>,
    ttl: Option<Duration>,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    iat: NumericDate,
    #[serde(default, deserialize_with = "present")]
    exp: Option<NumericDate>,
    #[serde(default, deserialize_with = "present")]
    ttl: Option<u64>,
    status_list: Body,
}

#[derive(Deserialize)]
struct Body {
    bits: u8,
    lst: String,
}

impl StatusList {
    /// Judges what was fetched from `uri` at the time `now`.
    pub fn verify(
        keys: &KeySet,
        issuer: &str,
        uri: &str,
        token: &str,
        now: NumericDate,
    ) -> Result<Self, StatusListError> {
        if token.len() > MAX_STATUS_LIST_BYTES {
            return Err(StatusListError::TooLarge);
        }
        let verifier = Verifier::unchecked(Policy::for_status_lists(issuer));
        let claims: Claims = verifier.verify_as(&TokenKind::STATUS_LIST, keys, token, now)?;
        if claims.sub != uri {
            return Err(StatusListError::OtherList);
        }
        Ok(Self {
            packed: Packed::unpack(claims.status_list.bits, &claims.status_list.lst)?,
            issued_at: claims.iat,
            expires_at: claims.exp,
            ttl: claims.ttl.map(Duration::from_secs),
        })
    }

    /// The status at `idx`; `None` beyond the end of the list, which the draft wants refused.
    #[must_use]
    pub fn find(&self, idx: u64) -> Option<TokenStatus> {
        self.packed.find(idx).map(|value| match value {
            0 => TokenStatus::Valid,
            1 => TokenStatus::Invalid,
            2 => TokenStatus::Suspended,
            other => TokenStatus::Other(other),
        })
    }

    /// Makes a valid entry invalid, ahead of the next list. `false` beyond the end.
    pub fn deny(&self, idx: u64) -> bool {
        self.packed.deny(idx)
    }

    /// How many entries there are; never zero.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a status list is never empty")]
    pub fn len(&self) -> u64 {
        self.packed.len()
    }

    /// How many bytes it takes in memory.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.packed.bytes()
    }

    /// When the issuer made it.
    #[must_use]
    pub fn issued_at(&self) -> NumericDate {
        self.issued_at
    }

    /// When it ends to be good, if it says so.
    #[must_use]
    pub fn expires_at(&self) -> Option<NumericDate> {
        self.expires_at
    }

    /// How long it may be used before it is asked for again, if it says so.
    #[must_use]
    pub fn ttl(&self) -> Option<Duration> {
        self.ttl
    }

    /// Whether this list may take the place of `held`: it is newer, or takes nothing back. Two that
    /// were made in one second may come from two instances, one of which knows more.
    #[must_use]
    pub fn may_replace(&self, held: &Self) -> bool {
        self.issued_at > held.issued_at || self.packed.covers(&held.packed)
    }
}
