//! Passwords as Argon2id hashes in PHC strings (RFC 9106; matrix OW-01 to OW-07, NP-03, NP-06).
//!
//! The only room that knows `argon2`. Hashing happens on a few threads of its own, never on the
//! workers that answer requests (design §4 rule 6).

mod parameters;
mod pool;
mod prepared;
mod stored;
mod worker;

pub use parameters::HashParameters;
pub use pool::PoolLimits;
pub use worker::PasswordStats;

pub(super) use pool::PasswordPool;
pub(super) use prepared::{MAX_CHARS, Prepared};

/// What a comparison said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The password is right.
    Match,
    /// The password is right, and its hash was made with other parameters than we use now
    /// (matrix OW-05).
    NeedsUpgrade,
    /// The password is wrong, or there was nothing to compare with.
    Mismatch,
}
