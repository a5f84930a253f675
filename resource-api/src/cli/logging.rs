//! The log: text on a terminal, JSON lines otherwise, always on standard error.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::settings::LogFormat;

/// What is logged unless `RUST_LOG` says otherwise: our own events, and of libraries what is wrong.
const DEFAULT_FILTER: &str = "info,sqlx=warn,sea_orm=warn,sea_orm_migration=warn,actix_server=warn";

/// Installs the log of the process.
pub(super) fn install(format: LogFormat, filter: Option<&str>, colour: bool) {
    let (wanted, problem) = match filter.map(EnvFilter::try_new).transpose() {
        Ok(wanted) => (wanted, None),
        Err(problem) => (None, Some(problem)),
    };
    let wanted = wanted.unwrap_or_else(|| EnvFilter::new(DEFAULT_FILTER));
    let terminal = std::io::stderr().is_terminal();
    let builder = tracing_subscriber::fmt()
        .with_env_filter(wanted)
        .with_writer(std::io::stderr);
    let text = match format {
        LogFormat::Auto => terminal,
        LogFormat::Text => true,
        LogFormat::Json => false,
    };
    // An error means that a log is installed already.
    let _ = if text {
        builder.with_ansi(terminal && colour).try_init()
    } else {
        builder
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .try_init()
    };
    if let Some(problem) = problem {
        let value = filter.unwrap_or_default();
        tracing::warn!(value, cause = %problem, "RUST_LOG is no filter; the usual is logged");
    }
}
