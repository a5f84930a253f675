//! From sockets to a server: sockets first, then services, then every endpoint, then the end.
//! `main` and every test go this way.

use std::net::SocketAddr;

use actix_web::dev::{Server, ServerHandle};

use super::open::Ambient;
use super::signals::StopSignals;
use super::sockets::Sockets;
use super::{servers, tasks, waiting};
use crate::context::AppState;
use crate::error::Fault;
use crate::http;
use crate::settings::Settings;

/// An application that holds its sockets and has no services yet.
pub struct Bound {
    settings: Settings,
    ambient: Ambient,
    sockets: Sockets,
    stop: StopSignals,
}

/// An application with everything it needs.
pub struct Opened {
    state: AppState,
    server: Server,
    management: Option<Server>,
    addresses: Addresses,
    stop: StopSignals,
}

/// Where an application listens.
#[derive(Debug, Clone, Copy)]
pub struct Addresses {
    /// The public listener.
    pub public: SocketAddr,
    /// The one for operators.
    pub management: Option<SocketAddr>,
}

/// Opens the sockets named by the settings; port 0 takes a free one.
///
/// # Errors
/// When an address is taken or a certificate does not load.
pub fn bind(settings: Settings, ambient: Ambient) -> Result<Bound, Fault> {
    http::install_metrics();
    Ok(Bound {
        stop: StopSignals::catch()?,
        sockets: Sockets::open(&settings)?,
        settings,
        ambient,
    })
}

impl Bound {
    /// Where it listens.
    pub fn addresses(&self) -> Addresses {
        Addresses {
            public: self.sockets.public.address,
            management: self
                .sockets
                .management
                .as_ref()
                .map(|socket| socket.address),
        }
    }

    /// Opens the services. While what they need is away, `/livez` answers 200 and everything else
    /// 503, and it is tried again until it works. `None` when SIGINT or SIGTERM came first.
    ///
    /// # Errors
    /// What waiting does not mend: a wrong key-encryption key, wrong database credentials, a schema
    /// newer than this program. For the operator.
    pub async fn open(mut self) -> Result<Option<Opened>, Fault> {
        let addresses = self.addresses();
        let state = tokio::select! {
            state = waiting::open(&self.settings, &self.ambient, &self.sockets) => state?,
            () = self.stop.next() => return Ok(None),
        };
        let management = self.sockets.management.as_ref();
        Ok(Some(Opened {
            server: servers::public(&state, &self.sockets)?,
            management: management
                .map(|socket| servers::management(&state, socket))
                .transpose()?,
            state,
            addresses,
            stop: self.stop,
        }))
    }
}

impl Opened {
    /// Where it listens.
    pub fn addresses(&self) -> Addresses {
        self.addresses
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
        let Self {
            state,
            server,
            management,
            mut stop,
            ..
        } = self;
        let tasks = tasks::start(&state);
        let management = management.map(|server| {
            let handle = server.handle();
            (handle, actix_web::rt::spawn(server))
        });
        let handle = server.handle();
        let revocation = state.revocation.clone();
        let stopper = actix_web::rt::spawn(async move {
            stop.next().await;
            // Streams have no end of their own for the others to wait for.
            revocation.close();
            handle.stop(true).await;
        });
        let result = server.await;
        stopper.abort();
        if let Some((handle, _)) = management {
            handle.stop(true).await;
        }
        tasks.stop().await;
        state.store.close().await;
        result.map_err(|error| Fault::broken("serving", error))
    }
}
