//! A handler's signature states who may call it.
//!
//! [`ResourceServer`] is put into the application once; from then on
//! `async fn create(caller: Caller<Recruiter, JobsWrite>)` runs for recruiters with a token of that
//! scope and for nobody else. Put the caller first among the arguments: actix then refuses a
//! stranger before it looks at anything else of the request.
//!
//! A third part asks for a login of a certain strength or age (RFC 9470):
//! `Caller<Admin, AnyScope, Recent>`, with `Recent` from [`authentications!`](crate::authentications!).
//! A scope or a resource may have a [`ResourceServer`] of its own in its `app_data`, with stricter
//! [`Freshness`](crate::remote::Freshness) for instance; the innermost counts.

mod caller;
mod refusal;
mod server;

pub use refusal::Refusal;

pub use crate::access::{
    Admin, AllOf, AllowedRoles, AnyAuthentication, AnyRole, AnyScope, Authenticated, Caller,
    Candidate, Denial, OneOf, Recruiter, RequiredAuthentication, RequiredScopes, ResourceMetadata,
    ResourceMetadataError, ResourceServer, RoleName, ScopeName,
};
