//! Who is asking: client authentication at every endpoint that wants a client
//! (RFC 6749 §2.3, §3.2.1; matrix CA-01 to CA-21).
//!
//! Secrets by Basic or in the body, and assertions that the client signs (matrix PKJ-01 to PKJ-09).
//! [`identify`] reads what was presented, pure; [`authenticate`] proves it.

mod assertion;
mod basic;
mod key_cache;
mod key_choice;
mod present;
mod prove;
mod throttle;

pub use key_cache::KeyCache;
pub use present::{Presented, identify};
pub use prove::authenticate;
pub use throttle::Throttle;

/// `token_endpoint_auth_methods_supported` (RFC 8414 §2), the same at every endpoint.
pub const METHODS: [&str; 4] = [
    "client_secret_basic",
    "client_secret_post",
    "private_key_jwt",
    "none",
];
/// `token_endpoint_auth_signing_alg_values_supported` (RFC 8414 §2).
pub const SIGNING_ALGORITHMS: [&str; 4] = ["RS256", "PS256", "ES256", "EdDSA"];
