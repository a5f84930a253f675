//! Slowing down those who guess (NIST SP 800-63B-4 §3.2.2; matrix NP-13, PW-05; attacks CR-03 to
//! CR-05).
//!
//! Three brakes, from the outside in: per address, in memory, failures only; per account, one gate
//! per process, so that a burst cannot outrun the counter; per account, persisted, progressive.

mod account;
mod address;
mod gate;

pub use account::AccountLimits;
pub use address::AddressLimits;

pub(super) use account::{Standing, blocked_until, standing};
pub(super) use address::AddressThrottle;
pub(super) use gate::Gate;
