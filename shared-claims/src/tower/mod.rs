//! The same for axum, and for whatever else is made of tower services.
//!
//! [`RequireCaller`] is a layer around routes that one kind of caller may use. It answers everybody
//! else, and hands the [`Caller`] on in the extensions of the request:
//!
//! ```no_run
//! # use axum::{Extension, Json, Router, routing::{get, post}};
//! use shared_claims::remote::RemoteKeys;
//! use shared_claims::tower::{Caller, Recruiter, RequireCaller, ResourceMetadata, ResourceServer};
//!
//! async fn create(Extension(caller): Extension<Caller<Recruiter>>) -> String {
//!     format!("a job of {}", caller.subject())
//! }
//!
//! # fn start() -> Result<(), Box<dyn std::error::Error>> {
//! let keys = RemoteKeys::builder("https://auth.example.com").start()?;
//! let api = ResourceServer::new(keys, ResourceMetadata::new("https://api.example.com")?)?;
//! let app: Router = Router::new()
//!     .route("/jobs", post(create))
//!     .route_layer(RequireCaller::<Recruiter>::new(&api))
//!     // What clients read before they ask for a token (RFC 9728).
//!     .route(api.metadata().path(), get(Json(api.metadata().clone())));
//! # let _ = app;
//! # Ok(())
//! # }
//! ```
//!
//! A handler whose extension no layer has put there fails with 500 rather than letting anybody in.

mod layer;
mod refusal;

pub use layer::{Guarded, RequireCaller};

pub use crate::access::{
    Admin, AllOf, AllowedRoles, AnyAuthentication, AnyRole, AnyScope, Authenticated, Caller,
    Candidate, Denial, OneOf, Recruiter, RequiredAuthentication, RequiredScopes, ResourceMetadata,
    ResourceMetadataError, ResourceServer, RoleName, ScopeName,
};
