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
