//! The command line as a person or a script meets it: the real binary, exit codes, both streams.
//! Every test has a directory of its own and an empty environment.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the whole crate is a test"
)]

mod client_metadata;
mod clients;
mod configuration;
mod help;
mod keys;
mod program;
mod schema;
mod serving;
mod users;
