//! One file per grant.

mod client_credentials;
mod login;
mod password;
mod refresh_token;
