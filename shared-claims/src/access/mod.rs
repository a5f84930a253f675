//! Who may call: role and scope sets as types, and what is answered to everybody else.
//!
//! Nothing here knows a web framework. A framework's room (`actix`, `tower`) hands in the request's
//! headers and turns a [`Denial`] into its own response.
//!
//! | case | answer (RFC 6750 §3.1) |
//! |---|---|
//! | no token, or another scheme | 401, challenge without error |
//! | `Bearer` without token, two `Authorization` headers | 400 `invalid_request` |
//! | token not accepted, whatever the reason | 401 `invalid_token`, one sentence for all |
//! | role missing | 403 without challenge: no token the client could ask for would help |
//! | scope missing | 403 `insufficient_scope` with all scopes of the operation |
//! | login too weak or too old | 401 `insufficient_user_authentication` with what it takes (RFC 9470 §3) |
//! | keys or status list missing or too old | 503 with `Retry-After` |

mod authentication;
mod bearer;
mod caller;
mod challenge;
mod denial;
mod judge;
mod metadata;
mod needs;
mod problem;
mod roles;
mod scopes;
mod server;

pub use authentication::{AnyAuthentication, RequiredAuthentication};
pub(crate) use bearer::find_token;
pub use caller::Caller;
pub use denial::Denial;
pub(crate) use judge::judge;
pub use metadata::{ResourceMetadata, ResourceMetadataError, WELL_KNOWN};
pub(crate) use needs::Needs;
pub(crate) use problem::Problem;
pub use roles::{
    Admin, AllowedRoles, AnyRole, Authenticated, Candidate, OneOf, Recruiter, RoleName,
};
pub use scopes::{AllOf, AnyScope, RequiredScopes, ScopeName};
pub use server::ResourceServer;
