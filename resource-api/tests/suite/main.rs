//! The whole service over real HTTP, with an issuer of its own inside the test.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod applications;
mod command_line;
mod credentials;
mod guide;
mod idempotency;
mod input;
mod jobs;
mod logs;
mod matrix;
mod objects;
mod operation;
mod outage;
mod paging;
mod races;
mod revocation;
mod support;
mod tokens;
