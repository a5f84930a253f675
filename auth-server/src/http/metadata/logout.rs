//! What the metadata says about logout (OpenID Connect RP-Initiated Logout 1.0 §2.1, Back-Channel Logout
//! 1.0 §2.1, Front-Channel Logout 1.0 §3; matrix MD-07).

use serde_json::{Value, json};

/// The members of logout.
pub(super) fn members(at: impl Fn(&str) -> Value) -> Vec<(&'static str, Value)> {
    vec![
        ("end_session_endpoint", at("/oauth2/logout")),
        ("backchannel_logout_supported", json!(true)),
        ("backchannel_logout_session_supported", json!(true)),
        ("frontchannel_logout_supported", json!(true)),
        ("frontchannel_logout_session_supported", json!(true)),
    ]
}
