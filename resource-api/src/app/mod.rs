//! The application: settings → state → server. The same function for `main` and for every test.

use shared_claims::actix::ResourceServer;

use crate::clock::Clock;
use crate::operation::metrics::Metrics;
use crate::random::Random;
use crate::store::DatabaseConnection;

mod door;
mod headers;
mod housekeeping;
mod keys;
mod routes;
mod server;

pub use server::{Running, StartError, Surroundings, start};

/// What every handler can reach.
pub struct State {
    /// The database.
    pub db: DatabaseConnection,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub random: Random,
    /// The verifier of access tokens, and what this API says about itself.
    pub resource: ResourceServer,
    /// Counters.
    pub metrics: Metrics,
    public_url: String,
}

impl State {
    /// The public URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.public_url)
    }
}
