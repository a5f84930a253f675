//! The HTTP servers, with their time-outs and caps: the public one, the one for operators, and the
//! waiting room in front of both.

use std::time::Duration;

use actix_web::dev::Server;
use actix_web::http::KeepAlive;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer};

use super::sockets::{Socket, Sockets};
use crate::context::AppState;
use crate::error::Fault;
use crate::http::{self, Obstacle};
use crate::settings::Settings;

/// Time for a request's head (attack DS-01); the body has its own in `http.request_timeout`.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// Every endpoint. Serves from the first time it is polled.
///
/// # Errors
/// When the socket cannot be used.
pub(super) fn public(state: &AppState, sockets: &Sockets) -> Result<Server, Fault> {
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
    .client_disconnect_timeout(DISCONNECT_TIMEOUT)
    .disable_signals()
    .shutdown_timeout(settings.http.shutdown_timeout.as_secs());
    let listener = sockets.public.share()?;
    let server = match sockets.tls.clone() {
        Some(config) => server.listen_rustls_0_23(listener, config),
        None => server.listen(listener),
    };
    Ok(server.map_err(not_taken)?.run())
}

/// Health and metrics on the second socket.
///
/// # Errors
/// As [`public`].
pub(super) fn management(state: &AppState, socket: &Socket) -> Result<Server, Fault> {
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
    .listen(socket.share()?)
    .map_err(not_taken)?;
    Ok(server.run())
}

/// What answers on every socket before there are services. No connection is kept: the next request
/// of the same client shall meet the real server.
///
/// # Errors
/// As [`public`].
pub(super) fn waiting_room(
    settings: &Settings,
    sockets: &Sockets,
    obstacle: &Obstacle,
) -> Result<Server, Fault> {
    let (issuer, obstacle) = (settings.issuer.clone(), obstacle.clone());
    let mut server = HttpServer::new(move || {
        App::new()
            .configure(http::configure_waiting(&issuer, &obstacle))
            .wrap(from_fn(http::harden))
    })
    .workers(1)
    .keep_alive(KeepAlive::Disabled)
    .client_request_timeout(HEAD_TIMEOUT)
    .client_disconnect_timeout(DISCONNECT_TIMEOUT)
    .disable_signals()
    .shutdown_timeout(1);
    if let Some(socket) = &sockets.management {
        server = server.listen(socket.share()?).map_err(not_taken)?;
    }
    let listener = sockets.public.share()?;
    let server = match sockets.tls.clone() {
        Some(config) => server.listen_rustls_0_23(listener, config),
        None => server.listen(listener),
    };
    Ok(server.map_err(not_taken)?.run())
}

fn not_taken(error: std::io::Error) -> Fault {
    Fault::broken("taking the listener", error)
}
