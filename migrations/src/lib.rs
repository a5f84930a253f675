//! The database schemas of both services: one migrator each, one file per change, and the one way
//! to run them ([`run`]), safe for many processes at once. `migrations/README.md` has the rules.

pub mod auth_server;
pub mod resource_api;
pub mod run;
#[cfg(feature = "testing")]
pub mod testing;

mod portable;
