//! The log: text on a terminal, JSON lines otherwise, always on standard error.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::settings::{Loaded, LogFormat};

/// What is logged unless `RUST_LOG` says otherwise: our own events, and of libraries what is wrong.
const DEFAULT_FILTER: &str = "info,sqlx=warn,sea_orm=warn,sea_orm_migration=warn,actix_server=warn";

/// Installs the log of the process. A second call does nothing, so that tests may call it freely.
pub fn install(loaded: &Loaded) {
    let wanted = loaded.log_filter.as_deref().map(EnvFilter::try_new);
    let (filter, problem) = match wanted.transpose() {
        Ok(wanted) => (wanted, None),
        Err(problem) => (None, Some(problem)),
    };
    let filter = filter.unwrap_or_else(|| EnvFilter::new(DEFAULT_FILTER));
    let is_terminal = std::io::stderr().is_terminal();
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_span_events(FmtSpan::NONE)
        .with_writer(std::io::stderr);
    let wants_text = match loaded.settings.log.format {
        LogFormat::Auto => is_terminal,
        LogFormat::Text => true,
        LogFormat::Json => false,
    };
    // An error means that a log is installed already.
    let _ = if wants_text {
        builder
            .with_ansi(is_terminal && !loaded.no_color)
            .try_init()
    } else {
        builder
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .try_init()
    };
    if let Some(problem) = problem {
        let value = loaded.log_filter.as_deref().unwrap_or_default();
        tracing::warn!(value, cause = %problem, "RUST_LOG is no filter; the usual is logged");
    }
}
