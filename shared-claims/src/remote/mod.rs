//! The issuer's key set at hand at any time: discovered, cached, refreshed in the background.
//!
//! One task does all the fetching. Whoever verifies a token reads the last good snapshot, without
//! a lock and without waiting; a slow, failing or lying key endpoint costs a log line and nothing
//! else until `max_staleness` is reached. Only a token that names an unknown key may wait for a
//! fetch, and all such tokens together cause at most one per cool-down.
//!
//! | situation | what happens |
//! |---|---|
//! | no key set yet | [`Rejection::KeysMissing`](crate::verify::Rejection), retried from 100 ms up to every 5 s |
//! | key set due | fetched again at 80 % of its `max-age` (10 s to 1 h), less some jitter |
//! | fetch fails, or the set is empty, malformed, too large | the last good set stays; retried from 1 s up to every 60 s |
//! | not confirmed for `max_staleness`, counted from when the issuer said so (an `Age` counts) | [`OnStale`] decides: refuse ([`Rejection::KeysStale`](crate::verify::Rejection)) or accept |
//! | unknown `kid` | one fetch per cool-down (30 s), counted from the last attempt of any kind; an id that was looked for in vain causes none for a minute |
//! | a key is gone from the set | it is gone: that is how a stolen key is withdrawn |
//! | a token with a `status` | its list is fetched when first seen (only below the issuer), then at 80 % of its `ttl` (1 s to 1 h), and changes arrive by a stream |
//! | a list cannot be fetched, or is not the issuer's | the last good one stays, as with keys, until its own `exp` at most |

mod address;
mod backoff;
mod builder;
mod cache;
mod clock;
mod failure;
mod freshness;
mod gate;
mod http;
mod keys;
mod lists;
mod manual_clock;
mod refresh;
mod shared;
mod source;
mod staleness;
mod stats;
mod unknown;
mod url_rule;
mod verifier;

pub use builder::{RemoteKeysBuilder, RemoteKeysError};
pub use clock::{Clock, Sleep, SystemClock};
pub use failure::FetchFailure;
pub use keys::RemoteKeys;
pub use manual_clock::ManualClock;
pub use staleness::{Freshness, OnStale};
pub use stats::{FetchStats, Stats, StreamStats};
pub use verifier::RemoteVerifier;
