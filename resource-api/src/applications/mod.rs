//! Applications: candidates apply to open jobs and may withdraw; recruiters move them through stages.
//!
//! An application exists for its candidate, for the recruiter who owns the job, and for administrators.
//! For everybody else it is not found (404, the same as a missing one).

pub mod apply;
pub mod input;
pub mod model;
pub mod read;
pub mod stage;
pub mod store;
pub mod withdraw;
