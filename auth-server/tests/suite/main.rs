//! Black box over HTTP against the real application: the same function builds it for `main` and for
//! these tests. One file per slice; test names are sentences and name the matrix row they prove.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod access_token;
mod authorize;
mod client_authentication;
mod clock_jumps;
mod cors;
mod every_endpoint;
mod faults;
mod foreign;
mod form;
mod grants;
mod headers;
mod health;
mod id_token;
mod introspection;
mod jwks;
mod logout;
mod logs;
mod matrix;
mod metadata;
mod page_files;
mod pairwise;
#[expect(
    dead_code,
    reason = "shared with the tests of real clients, which use the rest"
)]
#[path = "../person/mod.rs"]
mod person;
mod private_key_jwt;
mod profile;
mod registration;
mod revocation;
mod revocation_reaches;
mod state_changes;
mod status_list;
mod support;
mod tls;
mod together;
mod token_endpoint;
mod userinfo;
