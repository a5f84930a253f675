//! The rules of the protocols as pure functions: facts in, verdict out. No IO, no clock.
//!
//! oxide-auth's state machines are the checklist of RFC 6749; they live in this room only and are fed
//! prepared answers. Where they deviate from the RFC we judge first, and a table test pins it.

pub mod authorization;
pub mod client_credentials;
pub mod client_rules;
pub mod code;
pub mod form;
pub mod interaction;
mod oxide;
pub mod password;
pub mod redirect_uri;
pub mod refresh;
pub mod resource;
pub mod scope;

#[cfg(test)]
mod tests;
