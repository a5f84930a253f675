//! Who may register clients over the network (RFC 7591 §3).

use super::{FromText, must_be};
use crate::settings::kind::Kind;

/// How open the registration endpoint is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegistrationMode {
    /// There is no endpoint.
    Off,
    /// Whoever has an initial access token.
    Token,
    /// Everybody.
    Open,
}

impl FromText for RegistrationMode {
    fn from_text(text: &str, kind: &Kind) -> Result<Self, String> {
        match text {
            "off" => Ok(Self::Off),
            "token" => Ok(Self::Token),
            "open" => Ok(Self::Open),
            _ => Err(must_be(kind)),
        }
    }
}
