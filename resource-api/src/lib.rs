//! The jobs API of an applicant tracking system: jobs, applications, stages.
//!
//! It verifies access tokens offline through `shared-claims` and never calls the authorization server
//! while it answers a request. [`app::start`] builds the same service for `main` and for every test.

pub mod access;
pub mod app;
pub mod applications;
pub mod cli;
pub mod clock;
pub mod http;
pub mod id;
pub mod idempotency;
pub mod jobs;
pub mod openapi;
pub mod operation;
pub mod paging;
pub mod problem;
pub mod random;
pub mod secret;
pub mod settings;
pub mod store;
