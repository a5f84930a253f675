//! `serve` and `dev`: the server itself.

use clap::Args;

use super::failure::Failure;
use super::globals::Globals;
use super::workbench::block_on;
use crate::app::{self, Ambient};
use crate::settings::{self, Loaded, Mode};

/// Arguments of `serve`.
#[derive(Debug, Default, Args)]
pub(super) struct ServeArgs {
    /// The same as `--set listen=ADDRESS`.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// The same as `--set issuer=URL`.
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
}

/// Arguments of `dev`.
#[derive(Debug, Args)]
#[command(after_help = "\
Users: admin@example.com, recruiter@example.com, candidate@example.com; password: demo-password-1
Clients: ats-web (public), ats-service and ats-introspect (secret: demo-secret)

Everybody knows these, so only this machine may reach the server.")]
pub(super) struct DevArgs {
    #[command(flatten)]
    serve: ServeArgs,
    /// Let other machines in, and accept an http issuer. The demo passwords are public!
    #[arg(long)]
    allow_remote_dev: bool,
}

/// Serves.
pub(super) fn serve(globals: &Globals, args: &ServeArgs) -> Result<(), Failure> {
    let loaded = load(globals, args, Mode::Serve)?;
    block_on(run(loaded))
}

/// Serves with demo data.
pub(super) fn dev(globals: &Globals, args: &DevArgs) -> Result<(), Failure> {
    let mode = Mode::Dev {
        allow_remote: args.allow_remote_dev,
    };
    let loaded = load(globals, &args.serve, mode)?;
    block_on(run(loaded))
}

fn load(globals: &Globals, args: &ServeArgs, mode: Mode) -> Result<Loaded, Failure> {
    let mut inputs = globals.inputs(mode)?;
    for (key, value) in [("listen", &args.listen), ("issuer", &args.issuer)] {
        if let Some(value) = value {
            inputs
                .flags
                .push((key.to_owned(), value.clone(), format!("--{key}")));
        }
    }
    Ok(settings::load(&inputs)?)
}

async fn run(loaded: Loaded) -> Result<(), Failure> {
    app::install_log(&loaded);
    let issuer = loaded.settings.issuer.as_str().to_owned();
    let bound = app::bind(loaded.settings, Ambient::default())?;
    let addresses = bound.addresses();
    tracing::info!(
        address = %addresses.public,
        management = addresses.management.map(tracing::field::display),
        issuer,
        version = env!("CARGO_PKG_VERSION"),
        "listening"
    );
    if let Some(opened) = bound.open().await? {
        tracing::info!(address = %addresses.public, "ready");
        opened.serve().await?;
    }
    tracing::info!("stopped");
    Ok(())
}
