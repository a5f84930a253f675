//! The access token of Chancery: its claims, and how any service verifies it without calling home.
//!
//! Without features this crate is types only (RFC 9068 claims, roles, scopes): no IO, no clock, no
//! cryptography. Each feature adds one room: `verify` judges a token against a key set, `remote`
//! keeps the issuer's keys and revocations fresh in the background, `actix` lets a handler's
//! signature state who may call it, and `tower` does the same for axum. Three lines start it:
//!
//! ```no_run
//! # #[cfg(feature = "actix")] mod service {
//! # use actix_web::App;
//! use shared_claims::actix::{Caller, Recruiter, ResourceMetadata, ResourceServer};
//! use shared_claims::remote::RemoteKeys;
//!
//! # fn start() -> Result<(), Box<dyn std::error::Error>> {
//! let keys = RemoteKeys::builder("https://auth.example.com").start()?;
//! let api = ResourceServer::new(keys, ResourceMetadata::new("https://api.example.com")?)?;
//! let app = App::new().configure(|app| api.configure(app));
//! # let _ = app;
//! # Ok(())
//! # }
//!
//! async fn create(caller: Caller<Recruiter>) -> String {
//!     format!("a job of {}", caller.subject())
//! }
//! # }
//! ```
//!
//! Without a web framework, [`RemoteVerifier`](remote::RemoteVerifier) takes the token of whatever
//! request it is: `verify` waits at most for a key or a list nobody has seen yet, `verify_now` never.
//!
//! The README lists what is checked, what happens when the issuer misbehaves, and every reason for
//! which a token is refused.
#![deny(missing_docs)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(any(feature = "actix", feature = "tower"))]
pub mod access;
mod access_token;
#[cfg(feature = "actix")]
pub mod actix;
mod audience;
mod numeric_date;
mod present;
#[cfg(feature = "remote")]
pub mod remote;
mod role;
mod roles;
mod scope;
mod scope_set;
mod status;
#[cfg(feature = "tower")]
pub mod tower;
#[cfg(feature = "verify")]
pub mod verify;

pub use access_token::{ACCESS_TOKEN_TYP, AccessTokenClaims};
pub use audience::{Audience, EmptyAudience};
pub use numeric_date::NumericDate;
pub use role::{Role, RoleError};
pub use roles::Roles;
pub use scope::{Scope, ScopeError};
pub use scope_set::ScopeSet;
pub use status::{Status, StatusListEntry};

#[cfg(all(doctest, feature = "actix"))]
#[doc = include_str!("../README.md")]
struct Readme;
