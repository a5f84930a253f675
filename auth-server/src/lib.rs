//! Chancery's authorization server (RFC 6749, OpenID Connect Core 1.0).
//!
//! `docs/architecture.md` draws the rooms. In one sentence: requests go down through the floors once,
//! each room takes a value and hands on a stronger one; nothing goes back up.

// Floor 0: pure.
pub mod clock;
pub mod error;
pub mod model;
pub mod protocol;
pub mod random;
pub mod revocation;
pub mod secret;
pub mod settings;

// Floor 1: services.
pub mod accounts;
pub mod audit;
pub mod directory;
pub mod issue;
pub mod keys;
pub mod outgoing;
pub mod presentation;
pub mod store;

/// Between the floors: what one request carries to the slices.
pub mod context;

// Floor 2: slices.
pub mod authorize;
pub mod client_auth;
pub mod grants;
pub mod lifecycle;
pub mod registration;

// Floor 3: doors.
pub mod http;
pub mod pages;

// Top.
pub mod app;
pub mod cli;
