//! The registered claims every kind of token shares (RFC 7519 §4.1), read with exact types.

use serde::Deserialize;

use crate::{Audience, NumericDate, present::present};

/// `iss`, `aud` and the times. Absent is possible, `null` or another type is not.
#[derive(Deserialize)]
pub(super) struct Registered {
    #[serde(default, deserialize_with = "present")]
    pub(super) iss: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub(super) aud: Option<Audience>,
    #[serde(default, deserialize_with = "present")]
    pub(super) exp: Option<NumericDate>,
    #[serde(default, deserialize_with = "present")]
    pub(super) nbf: Option<NumericDate>,
    #[serde(default, deserialize_with = "present")]
    pub(super) iat: Option<NumericDate>,
}
