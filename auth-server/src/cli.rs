//! The command line (contract §2.1). It works on the database directly; the server need not run,
//! and a running one follows within a second or two.
//!
//! Exit codes: 0 done, 1 failed, 2 usage, 3 a check found problems, 78 bad configuration.

mod backup;
mod clients;
mod config;
mod confirm;
mod copy;
mod failure;
mod globals;
mod healthcheck;
mod input;
mod keys;
mod migrate;
mod output;
mod plain;
mod reference;
mod reseal;
mod restore;
mod serve;
mod sessions;
mod users;
mod workbench;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::Failure;
use globals::Globals;

/// Chancery's authorization server: OAuth 2 and OpenID Connect.
///
/// Without a command it serves.
#[derive(Debug, Parser)]
#[command(name = "auth-server", version, after_help = EXAMPLES)]
struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Option<Command>,
}

const EXAMPLES: &str = "\
Examples:
  auth-server dev                                   try it: demo users, demo clients, SQLite
  auth-server --config auth-server.toml serve       serve with a configuration file
  auth-server config schema --as toml > auth-server.toml
  auth-server user add anna@example.com --role admin --password-file anna.txt

Exit codes: 0 done, 1 failed, 2 usage, 3 a check found problems, 78 bad configuration.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve until SIGINT or SIGTERM (the default).
    Serve(serve::ServeArgs),
    /// Serve with demo users and demo clients, for trying things out on this machine.
    Dev(serve::DevArgs),
    /// Bring the database schema up to date, show or take back its changes.
    #[command(subcommand)]
    Migrate(migrate::Command),
    /// Manage users.
    #[command(subcommand)]
    User(users::Command),
    /// Manage client applications.
    #[command(subcommand)]
    Client(clients::Command),
    /// Manage signing keys.
    #[command(subcommand)]
    Keys(keys::Command),
    /// See who is logged in, and end sessions.
    #[command(subcommand)]
    Session(sessions::Command),
    /// Check, show or describe the configuration.
    #[command(subcommand)]
    Config(config::Command),
    /// Write a SQLite database into one file while the server runs.
    Backup(backup::BackupArgs),
    /// Make a backup the database of a server that has none yet.
    Restore(restore::RestoreArgs),
    /// Copy everything into an empty database of any engine and compare.
    Copy(copy::CopyArgs),
    /// Ask a running server on this machine whether it is well (for container health checks).
    Healthcheck(healthcheck::Args),
    /// Print the OpenAPI 3.1 document.
    Openapi,
    /// Print a completion script for a shell.
    Completions(plain::CompletionsArgs),
    /// Print a generated page of the documentation.
    #[command(hide = true)]
    Reference {
        /// Which page.
        #[arg(long, value_enum, default_value_t)]
        of: reference::Page,
    },
}

/// Runs the command of this process.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to standard output, everything else to standard error.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() {
                failure::USAGE
            } else {
                0
            });
        }
    };
    match execute(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::complain(&failure.to_string());
            ExitCode::from(failure.exit_code())
        }
    }
}

fn execute(cli: Cli) -> Result<(), Failure> {
    let globals = &cli.globals;
    match cli
        .command
        .unwrap_or_else(|| Command::Serve(serve::ServeArgs::default()))
    {
        Command::Serve(args) => serve::serve(globals, &args),
        Command::Dev(args) => serve::dev(globals, &args),
        Command::Migrate(command) => migrate::run(globals, &command),
        Command::User(command) => users::run(globals, command),
        Command::Client(command) => clients::run(globals, command),
        Command::Keys(command) => keys::run(globals, &command),
        Command::Session(command) => sessions::run(globals, command),
        Command::Config(command) => config::run(globals, &command),
        Command::Backup(args) => backup::run(globals, &args),
        Command::Restore(args) => restore::run(globals, &args),
        Command::Copy(args) => copy::run(globals, &args),
        Command::Healthcheck(args) => healthcheck::run(globals, &args),
        Command::Openapi => plain::openapi(globals),
        Command::Completions(args) => plain::completions(&args),
        Command::Reference { of } => output::text(&of.markdown()),
    }
}
