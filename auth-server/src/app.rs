//! Settings to services to listeners. `main` and every test build the same application here.

pub mod demo;
mod logging;
mod open;
mod serve;
mod tasks;
mod tls;

pub use logging::install as install_log;
pub use open::{Ambient, connect, open};
pub(crate) use open::{accounts_config, encryption_key, open_keys};
pub use serve::{Bound, bind};
