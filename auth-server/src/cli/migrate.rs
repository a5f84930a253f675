//! `migrate up|status|down`. The server migrates by itself when it starts; these are for operators
//! who want to do it before, or to go back.

use clap::Subcommand;
use serde_json::{Value, json};

use super::confirm::Confirmation;
use super::failure::Failure;
use super::globals::Globals;
use super::output;
use super::workbench::{Schema, Workbench, block_on};

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Apply all changes that are missing.
    Up,
    /// List the changes and whether they are applied.
    Status,
    /// Take back the newest changes. What they added is lost; make a copy first.
    Down {
        /// How many.
        #[arg(long, value_name = "N", default_value_t = 1)]
        steps: u32,
        #[command(flatten)]
        confirmation: Confirmation,
    },
}

/// Runs one of the commands.
pub(super) fn run(globals: &Globals, command: &Command) -> Result<(), Failure> {
    block_on(async {
        let schema = match command {
            Command::Up => Schema::Ignore,
            Command::Status | Command::Down { .. } => Schema::Look,
        };
        let bench = Workbench::open(globals, schema).await?;
        let place = bench.settings.database.url.shown();
        match command {
            Command::Up => {
                bench.store.migrate().await?;
                let sentence = format!("The schema of {place} is up to date.");
                output::done(globals.format, &sentence, &status(&bench).await?)
            }
            Command::Status => {
                let states = status(&bench).await?;
                let items = states["migrations"].as_array().cloned().unwrap_or_default();
                output::list(globals.format, &["name", "applied"], &items, None)
            }
            Command::Down {
                steps,
                confirmation,
            } => {
                confirmation.require(&format!(
                    "This takes back {steps} change(s) of the schema of {place} and loses the data \
                     in them."
                ))?;
                let done = bench.store.migrate_down(*steps).await?;
                let sentence = format!("{done} change(s) of the schema of {place} taken back.");
                output::done(globals.format, &sentence, &status(&bench).await?)
            }
        }
    })
}

async fn status(bench: &Workbench) -> Result<Value, Failure> {
    let states = bench.store.migration_status().await?;
    let items: Vec<Value> = states
        .iter()
        .map(|state| json!({ "name": state.name, "applied": state.applied }))
        .collect();
    Ok(json!({ "migrations": items }))
}
