//! Optional claims: left out or of their type, never `null`.
//!
//! Serde reads `null` as an absent `Option`. In a security token that would turn a malformed
//! `nbf` or `status` into no check at all.

use serde::{Deserialize, Deserializer};

/// For `#[serde(default, deserialize_with = "present")]`: a member that is there has a value.
pub(crate) fn present<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(deserializer).map(Some)
}
