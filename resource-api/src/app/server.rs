//! Starts the HTTP server on the settings and hands back a handle to it.
//!
//! The issuer need not be up: keys are fetched in the background. Stopping is graceful: open requests
//! get eight seconds to end.

use std::net::SocketAddr;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::http::KeepAlive;
use actix_web::middleware::from_fn;
use actix_web::web::Data;
use actix_web::{App, HttpServer};
use shared_claims::actix::{ResourceMetadataError, ResourceServer};
use shared_claims::remote::{RemoteKeys, RemoteKeysError};
use shared_claims::verify::PolicyError;
use tokio::task::JoinHandle;

use super::{State, door, headers, housekeeping, keys, routes};
use crate::clock::Clock;
use crate::http::body::BodyLimit;
use crate::operation::docs::Docs;
use crate::operation::metrics::Metrics;
use crate::random::Random;
use crate::settings::Settings;
use crate::store::{self, StoreError};

/// Time for a request's head to arrive.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// Time for a connection to close after the answer.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
/// How long an idle connection stays open.
const KEEP_ALIVE: Duration = Duration::from_mins(1);
/// Seconds for open requests to end when the service stops.
const GRACE: u64 = 8;

/// What the service takes from its surroundings, besides the settings.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub random: Random,
}

/// Why the service cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database cannot be opened or brought up to date.
    #[error("database")]
    Store(#[from] StoreError),
    /// The issuer or its keys cannot even be asked for.
    #[error("auth.issuer or auth.jwks_url")]
    Keys(#[from] RemoteKeysError),
    /// The public URL is not a resource identifier.
    #[error("public_url")]
    Resource(#[from] ResourceMetadataError),
    /// Issuer and audience make no policy.
    #[error("auth.issuer or public_url")]
    Policy(#[from] PolicyError),
    /// The OpenAPI document cannot be written.
    #[error("the OpenAPI document")]
    Document(#[from] serde_json::Error),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why not.
        #[source]
        cause: std::io::Error,
    },
}

/// A running service. Dropping it leaves the service running; see [`Running::stop`].
pub struct Running {
    address: SocketAddr,
    keys: RemoteKeys,
    server: ServerHandle,
    served: JoinHandle<std::io::Result<()>>,
    housekeeping: JoinHandle<()>,
}

impl Running {
    /// The address that is listened on, with the real port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://` and the address.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns when the issuer's keys are there: then `/readyz` answers 200.
    pub async fn ready(&self) {
        self.keys.ready().await;
    }

    /// Stops taking requests, lets open ones end, and returns when all is over (at most 9 s).
    pub async fn stop(self) {
        self.housekeeping.abort();
        self.server.stop(true).await;
        // The server has ended; how is of no interest any more.
        let _ = self.served.await;
    }
}

/// Starts the service: opens and migrates the database, begins to fetch keys, listens. Must be called
/// inside a tokio or actix runtime; returns as soon as requests are taken.
///
/// # Errors
/// See [`StartError`].
pub async fn start(settings: &Settings, surroundings: Surroundings) -> Result<Running, StartError> {
    let resource = keys::resource_server(settings, &surroundings.clock)?;
    let keys = resource.keys().clone();
    let docs = Data::new(Docs::new(settings)?);
    let limit = Data::new(BodyLimit(settings.max_body_bytes));
    let state = Data::new(State {
        db: store::connect_migrated(settings).await?,
        clock: surroundings.clock,
        random: surroundings.random,
        resource,
        metrics: Metrics::new(),
        public_url: settings.public_url.clone(),
    });
    let housekeeping = tokio::spawn(housekeeping::run(state.clone()));
    let listen_error = |cause| StartError::Listen {
        address: settings.listen,
        cause,
    };
    let app_settings = settings.clone();
    let server = HttpServer::new(move || {
        let resource: &ResourceServer = &state.resource;
        App::new()
            .app_data(resource.clone())
            .app_data(state.clone())
            .app_data(docs.clone())
            .app_data(limit.clone())
            .configure(|app| routes::configure(app, resource.metadata().path()))
            .wrap(headers::cors(&app_settings))
            // Around CORS, so that the answers to preflights have them as well.
            .wrap(headers::security(&app_settings))
            .wrap(from_fn(door::observe))
    })
    .keep_alive(KeepAlive::Timeout(KEEP_ALIVE))
    .client_request_timeout(HEAD_TIMEOUT)
    .client_disconnect_timeout(CLOSE_TIMEOUT)
    .shutdown_timeout(GRACE)
    .tcp_nodelay(true)
    .disable_signals()
    .bind(settings.listen)
    .map_err(listen_error)?;
    let address = server.addrs().first().copied().unwrap_or(settings.listen);
    let server = server.run();
    let handle = server.handle();
    tracing::info!(%address, issuer = settings.auth.issuer, "listening");
    Ok(Running {
        address,
        keys,
        server: handle,
        served: tokio::spawn(server),
        housekeeping,
    })
}
