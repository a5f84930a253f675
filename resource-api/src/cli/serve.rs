//! `serve`: runs until SIGTERM or SIGINT, then ends open requests and stops.

use tokio::signal::unix::{SignalKind, signal};

use super::failure::Failure;
use crate::app::{self, Surroundings};
use crate::settings::Settings;

pub(super) async fn serve(settings: &Settings) -> Result<(), Failure> {
    // Before anything else: a signal during the start must not be lost.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let running = app::start(settings, Surroundings::default()).await?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping");
    running.stop().await;
    tracing::info!("stopped");
    Ok(())
}
