//! The jobs API of an applicant tracking system: jobs, applications, stages.
//!
//! It verifies access tokens offline through `shared-claims` and never calls the authorization server
//! while it answers a request. [`app::start`] builds the same service for `main` and for every test.

pub mod clock;
pub mod random;
pub mod secret;
pub mod settings;
