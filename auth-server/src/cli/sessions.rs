//! `session …`: who is logged in, and ending it.

use clap::{Args, Subcommand};

use super::failure::Failure;
use super::globals::Globals;
use super::users::{PageArgs, require_user};
use super::workbench::{Schema, Workbench, block_on};

mod act;
mod view;

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List the login sessions of browsers, ordered by id.
    List(ListArgs),
    /// End one session, or every session of a user, with all tokens. Applications that ask for it are told.
    #[command(after_help = EXAMPLES)]
    Revoke(RevokeArgs),
}

const EXAMPLES: &str = "\
Examples:
  auth-server session revoke 4rN0vS1tXHnFz2pQm5cWkg
  auth-server session revoke --user anna@example.com";

/// Arguments of `session list`.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// Only those of this user: name or id.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    #[command(flatten)]
    page: PageArgs,
}

/// Arguments of `session revoke`.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(super) struct RevokeArgs {
    /// The session, `sid` in its tokens. It may begin with a hyphen.
    #[arg(allow_hyphen_values = true)]
    id: Option<String>,
    /// Every session of this user, and tokens of other logins too: name or id.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
}

/// Runs one of the commands.
pub(super) fn run(globals: &Globals, command: Command) -> Result<(), Failure> {
    block_on(async {
        let bench = Workbench::open(globals, Schema::Require).await?;
        let format = globals.format;
        match command {
            Command::List(args) => {
                let user = match &args.user {
                    Some(name) => Some(require_user(&bench, name).await?.id),
                    None => None,
                };
                view::list(&bench, format, user.as_ref(), &args.page).await
            }
            Command::Revoke(RevokeArgs {
                user: Some(name), ..
            }) => act::revoke_all(&bench, format, &name).await,
            Command::Revoke(RevokeArgs { id, .. }) => {
                act::revoke(&bench, format, &id.unwrap_or_default()).await
            }
        }
    })
}
