//! Settings: from texts in four layers to ready values, so that the rest never parses again.
//!
//! The only room that reads files, variables and defaults. Order: command line > environment > files >
//! embedded defaults; every problem is reported at once (exit code 78).

use std::net::SocketAddr;
use std::time::Duration;

use url::Url;

use crate::secret::Secret;

mod check;
mod duration;
mod environment;
mod error;
mod keys;
mod layers;
mod overview;
mod parse;
mod suggest;
#[cfg(test)]
mod tests;

pub use environment::Environment;
pub use error::SettingsError;
pub use keys::{KEYS, Key, Kind};
pub use layers::Sources;
pub use overview::{Line, overview, schema};

/// All settings of the service, checked.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Resource identifier and public address, as clients write it; no slash at the end.
    pub public_url: String,
    /// Database.
    pub database: Database,
    /// Whose tokens are accepted.
    pub auth: Auth,
    /// Origins of browser applications that may call the API.
    pub allowed_origins: Vec<String>,
    /// Upper limit of a request body in bytes.
    pub max_body_bytes: usize,
    /// Client that the Authorize button of `/docs` offers.
    pub docs_client_id: String,
    /// Log lines for people or for machines.
    pub log_format: LogFormat,
}

/// Where the data are.
#[derive(Debug, Clone)]
pub struct Database {
    /// URL, possibly with a password.
    pub url: Secret,
    /// Upper limit of open connections.
    pub max_connections: u32,
}

/// Whose tokens are accepted, and for how long without news from the issuer.
#[derive(Debug, Clone)]
pub struct Auth {
    /// Issuer identifier, compared letter by letter.
    pub issuer: String,
    /// Where the keys are; `None`: in the issuer's metadata.
    pub jwks_url: Option<Url>,
    /// Where everything below the issuer is fetched; `None`: around `jwks_url`, or at the issuer.
    pub internal_url: Option<Url>,
    /// Whether the keys may be fetched over plain http from another machine.
    pub allow_plain_http: bool,
    /// Age up to which cached keys and status lists are trusted.
    pub max_staleness: Duration,
    /// What happens beyond that age.
    pub on_stale: OnStale,
    /// Whether to listen to the issuer's stream of revocations.
    pub status_stream: bool,
}

/// What happens to tokens when the cached keys or status lists are too old.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnStale {
    /// 503 until there is news: safe.
    Refuse,
    /// Verify with what is at hand: available.
    Accept,
}

/// Form of the log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Text on a terminal, JSON otherwise.
    Auto,
    /// One readable line per event.
    Text,
    /// One JSON object per event.
    Json,
}

impl Settings {
    /// Collects and checks all settings.
    ///
    /// # Errors
    /// Every problem that was found.
    pub fn load(sources: &Sources) -> Result<Self, SettingsError> {
        check::check(&layers::collect(sources)?)
    }
}
