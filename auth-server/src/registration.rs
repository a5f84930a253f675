//! Clients that register and manage themselves over the network (RFC 7591, RFC 7592, OpenID Connect
//! Registration 1.0; matrix DCR-01 to DCR-15, DCM-01 to DCM-06).
//!
//! What a stranger says about itself passes the same rules as what an administrator says, and some
//! more: it never gets the password grant, roles, introspection, or a way around consent (DCR-11).

mod apply;
mod document;
mod error;
mod gate;
mod manage;
mod register;
mod request;
mod wording;
mod world;

pub use error::RegistrationError;
pub use manage::{read, remove, replace};
pub use register::register;

use crate::context::RequestContext;
use crate::secret::Secret;

/// A registration as it is told to its owner.
#[derive(Debug)]
pub struct Registered {
    /// Everything about the client, by the names of RFC 7591 §2 and §3.2.1; no secret.
    pub metadata: serde_json::Map<String, serde_json::Value>,
    /// Its secret, when it was made just now: the only time that it is seen.
    pub secret: Option<Secret>,
    /// Its registration access token, which its owner has or gets.
    pub token: Secret,
}

/// What was written is in force on this instance at once, on the others within a second or two.
async fn follow(ctx: &RequestContext) {
    if let Err(fault) = ctx.directory().refresh().await {
        // It is done; the next round of housekeeping sees it.
        tracing::warn!(cause = fault.chain(), "a registration is not followed yet");
    }
}
