//! Status lists: what a verifier does with them, with their stream, and when they cannot be had
//! (draft-ietf-oauth-status-list-21 §8.3; TSL rows).
//!
//! A real server on a free port and a clock moved by hand. A test waits until something is the case,
//! never for time to pass.

mod list_tokens;
mod polling;
mod staleness;
mod stream;
pub(crate) mod world;
