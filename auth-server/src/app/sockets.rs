//! The listening sockets, opened before anything else: an address that is taken is told at once, and
//! whoever comes early waits in the queue of the socket or is answered by the waiting room.

use std::net::{SocketAddr, TcpListener};

use rustls::ServerConfig;

use super::tls;
use crate::error::Fault;
use crate::settings::Settings;

/// The sockets that the settings name.
pub(super) struct Sockets {
    pub(super) public: Socket,
    pub(super) management: Option<Socket>,
    /// For the public one.
    pub(super) tls: Option<ServerConfig>,
}

/// A socket that listens.
pub(super) struct Socket {
    pub(super) address: SocketAddr,
    listener: TcpListener,
}

impl Sockets {
    /// Opens them; port 0 takes a free one.
    ///
    /// # Errors
    /// When an address is taken or a certificate does not load.
    pub(super) fn open(settings: &Settings) -> Result<Self, Fault> {
        Ok(Self {
            public: Socket::open(settings.listen)?,
            management: settings.management.listen.map(Socket::open).transpose()?,
            tls: tls::config(&settings.tls)?,
        })
    }
}

impl Socket {
    fn open(wanted: SocketAddr) -> Result<Self, Fault> {
        let listener = TcpListener::bind(wanted).map_err(|error| {
            let text = format!("{wanted} cannot be used: {error}");
            Fault::broken("opening the listener", text)
        })?;
        let address = listener
            .local_addr()
            .map_err(|error| Fault::broken("reading the listener's address", error))?;
        Ok(Self { address, listener })
    }

    /// The same socket for one more server: connections are taken by whoever is there.
    ///
    /// # Errors
    /// When the process may open no more files.
    pub(super) fn share(&self) -> Result<TcpListener, Fault> {
        self.listener
            .try_clone()
            .map_err(|error| Fault::broken("sharing the listener", error))
    }
}
