//! Commands that only print: the OpenAPI document and completion scripts.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::failure::Failure;
use super::globals::Globals;
use super::{Cli, output};
use crate::http;
use crate::settings::Mode;

/// Arguments of `completions`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  auth-server completions bash > /etc/bash_completion.d/auth-server"
)]
pub(super) struct CompletionsArgs {
    /// The shell.
    shell: Shell,
}

/// Prints the OpenAPI document of a server with these settings.
pub(super) fn openapi(globals: &Globals) -> Result<(), Failure> {
    let loaded = globals.load(Mode::Tool)?;
    output::text(&http::openapi_json(&loaded.settings))
}

/// Prints a completion script.
pub(super) fn completions(args: &CompletionsArgs) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "auth-server", &mut script);
    output::text(&String::from_utf8_lossy(&script))
}
