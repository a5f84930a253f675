//! The rules of the protocols as pure functions: facts in, verdict out. No IO, no clock.
//!
//! oxide-auth's state machines are the checklist of RFC 6749; they live in this room only and are fed
//! prepared answers. Where they deviate from the RFC we judge first, and a table test pins it.

pub mod client_credentials;
pub mod form;
mod oxide;
pub mod password;
pub mod refresh;
pub mod scope;

#[cfg(test)]
mod tests;
