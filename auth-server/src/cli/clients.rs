//! `client …`: applications and what they may do (RFC 6749 §2, RFC 7591 §2).

use clap::{Args, Subcommand};

use super::confirm::Confirmation;
use super::failure::Failure;
use super::globals::Globals;
use super::input::SecretSource;
use super::users::PageArgs;
use super::workbench::{Schema, Workbench, block_on};

mod act;
mod arguments;
mod fields;
mod initial_tokens;
mod registry;
mod rules;
mod secret;
mod view;

use arguments::{AddArgs, UpdateArgs};

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Register a client. A generated secret is printed once and never again.
    #[command(after_help = ADD_EXAMPLES)]
    Add(Box<AddArgs>),
    /// List clients, ordered by id.
    List(PageArgs),
    /// Show one client.
    Show(IdArgs),
    /// Change a client. What is not named stays; a named list replaces the old one.
    #[command(after_help = UPDATE_EXAMPLES)]
    Update(Box<UpdateArgs>),
    /// Give a client a new secret. The old one stays valid for a while.
    RotateSecret(RotateArgs),
    /// Delete a client; its refresh tokens die with it.
    Delete {
        #[command(flatten)]
        client: IdArgs,
        #[command(flatten)]
        confirmation: Confirmation,
    },
    /// Tokens that let their holders register clients over the network.
    #[command(subcommand)]
    InitialToken(initial_tokens::Command),
}

const ADD_EXAMPLES: &str = "\
Examples:
  auth-server client add billing --grant client_credentials --role recruiter \\
      --scope 'jobs:read jobs:write' --audience https://jobs.example.com --create-scopes
  auth-server client add web --public --grant password --grant refresh_token \\
      --scope jobs:read --audience https://jobs.example.com
  auth-server client add partner --auth-method private-key-jwt --jwks-uri https://partner.example/jwks \\
      --scope jobs:read --audience https://jobs.example.com
  auth-server client add desktop --public --application-type native --grant authorization_code \\
      --redirect-uri http://127.0.0.1/callback --scope jobs:read --audience https://jobs.example.com";

const UPDATE_EXAMPLES: &str = "\
Examples:
  auth-server client update web --redirect-uri https://app.example.com/callback
  auth-server client update billing --disable
  auth-server client update web --logo-uri off          take a value away";

/// One client.
#[derive(Debug, Args)]
pub(super) struct IdArgs {
    /// The client id.
    id: String,
}

/// Arguments of `client rotate-secret`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example, after a secret has leaked:
  auth-server client rotate-secret billing --overlap 0s")]
pub(super) struct RotateArgs {
    #[command(flatten)]
    client: IdArgs,
    /// How long the old secrets stay valid: 24h, 30m, 0s.
    #[arg(long, value_name = "SPAN", default_value = "24h")]
    overlap: String,
    #[command(flatten)]
    secret: SecretSource,
}

/// Runs one of the commands.
pub(super) fn run(globals: &Globals, command: Command) -> Result<(), Failure> {
    block_on(async {
        let schema = match command {
            Command::Add(_) => Schema::Make,
            _ => Schema::Require,
        };
        let bench = Workbench::open(globals, schema).await?;
        let format = globals.format;
        match command {
            Command::Add(args) => act::add(&bench, format, *args).await,
            Command::List(page) => view::list(&bench, format, &page).await,
            Command::Show(client) => view::show(&bench, format, &client.id).await,
            Command::Update(args) => act::update(&bench, format, *args).await,
            Command::RotateSecret(args) => secret::rotate(&bench, format, &args).await,
            Command::Delete {
                client,
                confirmation,
            } => act::delete(&bench, format, &client.id, &confirmation).await,
            Command::InitialToken(command) => initial_tokens::run(&bench, format, &command).await,
        }
    })
}
