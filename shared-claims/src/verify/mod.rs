//! Offline verification of a signed token against a key set (RFC 9068 §4, RFC 8725).
//!
//! Nothing here reads a clock, opens a connection or installs anything process-wide: the keys, the
//! token and the time are arguments. Each file holds one step, in the order [`Verifier`] takes them:
//! compact form, header, key, signature, claims.
//!
//! The usual JWT libraries leave to the caller what this room does always: `typ`, the presence and
//! type of `iss` and `aud`, `nbf` and `iat`, `crit`, duplicate members, a size cap before decoding,
//! one algorithm per key.

mod access_token;
mod algorithm;
mod base64url;
mod compact;
mod header;
mod json;
mod jwk;
mod key;
mod key_set;
mod kind;
mod packed;
mod policy;
mod registered;
mod rejection;
mod status_list;
mod verifier;

pub use access_token::AccessToken;
pub use algorithm::Algorithm;
#[cfg(feature = "remote")]
pub(crate) use header::key_id;
pub use jwk::Unusable;
pub use key_set::{KeySet, KeySetError, MAX_KEY_SET_BYTES, MAX_KEYS};
pub use kind::{TokenKind, Typ};
pub use packed::MAX_STATUS_BYTES;
#[cfg(feature = "remote")]
pub(crate) use policy::LEEWAY;
pub use policy::{MAX_LEEWAY, MAX_TOKEN_BYTES, Policy, PolicyError};
pub use rejection::Rejection;
pub use status_list::{MAX_STATUS_LIST_BYTES, StatusList, StatusListError, TokenStatus};
pub use verifier::Verifier;

#[cfg(test)]
mod wycheproof;
