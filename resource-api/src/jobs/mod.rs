//! Jobs: recruiters draft, publish and close them; everybody with a role reads them.
//!
//! A draft is seen by its owner and by administrators only; for everybody else it does not exist. A job
//! of another recruiter is not found when one tries to change it (404, the same as a missing one).

pub mod change;
pub mod create;
pub mod input;
pub mod model;
pub mod read;
pub mod remove;
pub mod store;
