//! What can be said on the command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

/// Jobs API of an applicant tracking system
///
/// Serves jobs, applications and their stages over HTTP, and verifies access tokens offline with the keys
/// of the configured issuer. Without a command it serves.
///
/// Settings come from the command line, then the environment (RESOURCE_API_…), then files, then defaults.
/// `resource-api config show` prints those in force and the variable of each.
#[derive(Debug, Parser)]
#[command(
    name = "resource-api",
    version,
    after_help = "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a check found problems, 78 bad configuration."
)]
pub(super) struct Arguments {
    /// Read settings from this TOML file; may be given several times, later ones win
    #[arg(long, value_name = "FILE", global = true)]
    pub(super) config: Vec<PathBuf>,

    /// Read variables from this file; it never overrides the real environment
    #[arg(long, value_name = "FILE", global = true)]
    pub(super) env_file: Option<PathBuf>,

    /// Set one setting, for instance `--set listen=127.0.0.1:9000`; may be given several times
    #[arg(long, value_name = "KEY=VALUE", global = true, value_parser = key_value)]
    pub(super) set: Vec<(String, String)>,

    /// How lists are printed
    #[arg(long, value_enum, default_value_t = Format::Table, global = true)]
    pub(super) format: Format,

    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Serve the API until SIGTERM or Ctrl-C (the default)
    ///
    /// Brings the database up to date first. The issuer need not be up: the API answers /livez at once and
    /// becomes ready by itself when it has the issuer's keys.
    Serve,
    /// Bring the database schema up to date, look at it, or take steps back
    #[command(subcommand)]
    Migrate(Step),
    /// Check, show or describe the settings
    #[command(subcommand)]
    Config(About),
    /// Ask a running service on this machine whether it is ready
    ///
    /// Exit code 0 when it is, 3 when it answers but something is missing, 1 when it does not answer. Meant
    /// for HEALTHCHECK of a container.
    Healthcheck {
        /// Ask only whether it is alive
        #[arg(long)]
        live: bool,
    },
    /// Print the OpenAPI document
    Openapi,
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub(super) enum Step {
    /// Apply all pending migrations
    Up,
    /// List the migrations and whether they are applied
    Status,
    /// Take migrations back, newest first; deletes the data of what they made
    Down {
        /// How many
        #[arg(long, default_value_t = 1, value_name = "N")]
        steps: u32,
        /// Yes, delete the data; nothing is taken back without it
        #[arg(long, required = true)]
        yes: bool,
    },
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub(super) enum About {
    /// Check all settings and say nothing when they are good
    Check,
    /// Print the settings in force, where each comes from, and its variable; secrets stay hidden
    Show,
    /// Print the JSON Schema of the settings file
    Schema,
}

/// How lists are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Columns for people
    Table,
    /// JSON for programs
    Json,
}

fn key_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE")?;
    Ok((key.trim().to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn options_may_stand_behind_the_command_and_be_repeated() {
        let line = [
            "resource-api",
            "config",
            "show",
            "--config",
            "a",
            "--config",
            "b",
            "--set",
            "x=1=2",
        ];
        let arguments = Arguments::try_parse_from(line).unwrap();
        assert_eq!(arguments.config.len(), 2);
        assert_eq!(arguments.set, [("x".to_owned(), "1=2".to_owned())]);
    }
}
