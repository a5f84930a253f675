//! A handler's signature states who may call it.
//!
//! [`ResourceServer`] is put into the application once; from then on
//! `async fn create(caller: Caller<Recruiter, JobsWrite>)` runs for recruiters with a token of that
//! scope and for nobody else. Put the caller first among the arguments: actix then refuses a
//! stranger before it looks at anything else of the request.

mod caller;
mod refusal;
mod server;

pub use caller::Caller;
pub use refusal::Refusal;
pub use server::ResourceServer;

pub use crate::access::{
    Admin, AllOf, AllowedRoles, AnyRole, AnyScope, Authenticated, Candidate, Denial, OneOf,
    Recruiter, RequiredScopes, ResourceMetadata, ResourceMetadataError, RoleName, ScopeName,
};
