//! SIGINT and SIGTERM, both of which mean: finish what you have begun, then end. actix would break off
//! running requests at SIGINT.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::error::Fault;

/// The signals from the moment this was made: none is lost while the servers change.
pub(super) struct StopSignals {
    interrupt: Signal,
    terminate: Signal,
}

impl StopSignals {
    /// Begins to listen.
    ///
    /// # Errors
    /// When the system refuses.
    pub(super) fn catch() -> Result<Self, Fault> {
        let catch =
            |kind| signal(kind).map_err(|error| Fault::broken("listening for signals", error));
        Ok(Self {
            interrupt: catch(SignalKind::interrupt())?,
            terminate: catch(SignalKind::terminate())?,
        })
    }

    /// Waits for one of them.
    pub(super) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => tracing::info!("SIGINT: stopping"),
            _ = self.terminate.recv() => tracing::info!("SIGTERM: stopping"),
        }
    }
}
