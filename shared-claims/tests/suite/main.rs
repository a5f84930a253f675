//! Black-box tests of the verifier: `cargo nextest run -p shared-claims --all-features`.
//!
//! Every key is made by the test itself; servers listen on free ports; clocks are moved by hand.
#![expect(
    clippy::unwrap_used,
    reason = "a test ends where something is not as prepared"
)]

mod attacks;
#[cfg(feature = "remote")]
mod clocks;
#[cfg(feature = "remote")]
mod faults;
#[cfg(feature = "remote")]
mod flood;
#[cfg(feature = "remote")]
#[expect(
    dead_code,
    reason = "shared with tests that put it in front of a real issuer"
)]
#[path = "../injector/mod.rs"]
mod injector;
#[cfg(feature = "remote")]
mod issuer;
mod key_sets;
mod kinds;
#[cfg(feature = "tower")]
mod layer;
#[cfg(feature = "remote")]
mod remembered;
#[cfg(feature = "remote")]
mod remote;
#[cfg(feature = "remote")]
mod status;
#[cfg(feature = "actix")]
mod step_up;
mod support;
#[cfg(feature = "remote")]
mod ten_million;
#[cfg(feature = "actix")]
mod web;
