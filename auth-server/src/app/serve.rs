//! From services to listeners: actix-web with time-outs, caps and a graceful stop.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer};

use super::{tasks, tls};
use crate::context::AppState;
use crate::error::Fault;
use crate::http;

/// Time for a request's head (attack DS-01); the body has its own in `http.request_timeout`.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// An application that holds its sockets: connections queue, nothing is answered before `serve`.
pub struct Bound {
    state: AppState,
    server: Server,
    management: Option<Server>,
    address: SocketAddr,
    management_address: Option<SocketAddr>,
}

/// Opens the sockets named by the settings; port 0 takes a free one.
///
/// # Errors
/// When an address is taken or a certificate does not load.
pub fn bind(state: AppState) -> Result<Bound, Fault> {
    http::install_metrics();
    let listener = listen(state.settings.listen)?;
    let address = local(&listener)?;
    let mut management = None;
    let mut management_address = None;
    if let Some(wanted) = state.settings.management.listen {
        let listener = listen(wanted)?;
        management_address = Some(local(&listener)?);
        management = Some(management_server(&state, listener)?);
    }
    let server = public_server(&state, listener)?;
    Ok(Bound { state, server, management, address, management_address })
}

impl Bound {
    /// Where the public listener is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the management listener is.
    pub fn management_address(&self) -> Option<SocketAddr> {
        self.management_address
    }

    /// The services, for tests that look inside.
    pub fn state(&self) -> &AppState {
        &self.state
    }

    /// Stops the public listener from outside: `handle.stop(true)` is graceful.
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// Serves until SIGINT or SIGTERM (or the handle) says stop; requests in flight are answered.
    ///
    /// # Errors
    /// When a listener fails.
    pub async fn serve(self) -> Result<(), Fault> {
        let tasks = tasks::start(&self.state);
        let management = self.management.map(|server| {
            let handle = server.handle();
            (handle, actix_web::rt::spawn(server))
        });
        let result = self.server.await;
        if let Some((handle, _)) = management {
            handle.stop(true).await;
        }
        drop(tasks);
        self.state.store.close().await;
        result.map_err(|error| Fault::broken("serving", error))
    }
}

fn public_server(state: &AppState, listener: TcpListener) -> Result<Server, Fault> {
    let settings = &state.settings;
    let routes = state.clone();
    let server = HttpServer::new(move || {
        App::new()
            .configure(http::configure(&routes))
            .wrap(from_fn(http::harden))
            .wrap(from_fn(http::record))
    })
    .workers(settings.http.workers.count())
    .keep_alive(settings.http.keep_alive)
    .client_request_timeout(HEAD_TIMEOUT)
    .client_disconnect_timeout(Duration::from_secs(2))
    .shutdown_timeout(settings.http.shutdown_timeout.as_secs());
    let server = match tls::config(&settings.tls)? {
        Some(config) => server.listen_rustls_0_23(listener, config),
        None => server.listen(listener),
    };
    Ok(server.map_err(|error| Fault::broken("taking the listener", error))?.run())
}

fn management_server(state: &AppState, listener: TcpListener) -> Result<Server, Fault> {
    let routes = state.clone();
    let server = HttpServer::new(move || {
        App::new()
            .configure(http::configure_management(&routes))
            .wrap(from_fn(http::harden))
            .wrap(from_fn(http::record))
    })
    .workers(1)
    .client_request_timeout(HEAD_TIMEOUT)
    .disable_signals()
    .shutdown_timeout(1)
    .listen(listener)
    .map_err(|error| Fault::broken("taking the management listener", error))?;
    Ok(server.run())
}

fn listen(address: SocketAddr) -> Result<TcpListener, Fault> {
    TcpListener::bind(address).map_err(|error| {
        Fault::broken("opening the listener", format!("{address} cannot be used: {error}"))
    })
}

fn local(listener: &TcpListener) -> Result<SocketAddr, Fault> {
    listener.local_addr().map_err(|error| Fault::broken("reading the listener's address", error))
}
