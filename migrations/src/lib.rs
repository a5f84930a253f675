//! The database schemas of both services: one migrator each, one file per change.

pub mod resource_api;
