//! The command line. Exit codes: 0 done, 1 failed, 2 usage, 3 a check found problems, 78 bad
//! configuration.

use std::process::ExitCode;

use clap::Parser as _;

use self::arguments::{Arguments, Command};
use self::failure::Failure;
use crate::settings::{Environment, Settings, Sources};

mod arguments;
mod config;
mod failure;
mod healthcheck;
mod logging;
mod migrate;
mod output;
mod serve;

/// Runs the command that the process was called with.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    match dispatch(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::complain(&failure);
            failure.exit_code()
        }
    }
}

fn dispatch(arguments: Arguments) -> Result<(), Failure> {
    let mut environment = Environment::of_process();
    if let Some(file) = &arguments.env_file {
        environment.complete_from(file)?;
    }
    let log_filter = environment.find("RUST_LOG").map(str::to_owned);
    let colour = environment.find("NO_COLOR").is_none_or(str::is_empty);
    let sources = Sources {
        files: arguments.config,
        environment,
        overrides: arguments.set,
    };
    let load = || Settings::load(&sources);
    let runtime = actix_web::rt::System::new();
    match arguments.command.unwrap_or(Command::Serve) {
        Command::Serve => {
            let settings = load()?;
            logging::install(settings.log_format, log_filter.as_deref(), colour);
            runtime.block_on(serve::serve(&settings))
        }
        Command::Migrate(step) => {
            runtime.block_on(migrate::migrate(&load()?, step, arguments.format))
        }
        Command::Config(what) => config::config(&sources, what, arguments.format),
        Command::Healthcheck { live } => runtime.block_on(healthcheck::check(&load()?, live)),
        Command::Openapi => output::json(&crate::openapi::document(&load()?)),
    }
}
