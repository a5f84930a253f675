//! Who is asking: client authentication at every endpoint that wants a client
//! (RFC 6749 §2.3, §3.2.1; matrix CA-01 to CA-21).
//!
//! [`identify`] reads what was presented, pure; [`authenticate`] proves it.

mod basic;
mod present;
mod prove;
mod throttle;

pub use present::{Presented, identify};
pub use prove::authenticate;
pub use throttle::Throttle;
