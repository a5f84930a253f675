//! Settings to services to listeners. `main` and every test build the same application here.

pub mod demo;
mod follow;
mod logging;
mod open;
mod serve;
mod servers;
mod signals;
mod sockets;
mod tasks;
mod tls;
mod waiting;

pub use logging::install as install_log;
pub use open::{Ambient, connect, open};
pub(crate) use open::{accounts_config, encryption_key, open_keys};
pub use serve::{Addresses, Bound, Opened, bind};
