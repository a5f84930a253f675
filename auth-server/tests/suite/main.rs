//! Black box over HTTP against the real application: the same function builds it for `main` and for
//! these tests. One file per slice; test names are sentences and name the matrix row they prove.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod access_token;
mod client_authentication;
mod clock_jumps;
mod cors;
mod faults;
mod form;
mod grants;
mod headers;
mod health;
mod jwks;
mod logs;
mod matrix;
mod metadata;
mod support;
mod tls;
mod together;
mod token_endpoint;
