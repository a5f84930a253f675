//! `config check`, `config show`, `config schema`: what is wrong, what is in force, what there is.

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::failure::Failure;
use super::globals::{Format, Globals};
use super::output;
use crate::presentation::Presentation;
use crate::settings::{self, Loaded, Mode, Problem};

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Name everything that is wrong; exit code 78 when something is.
    Check(ModeArgs),
    /// Print every setting in force and where its value came from; secrets are hidden.
    Show(ModeArgs),
    /// Describe all settings, as a JSON Schema or in another form.
    #[command(after_help = "Example:\n  auth-server config schema --as toml > auth-server.toml")]
    Schema(SchemaArgs),
}

/// For which way of serving.
#[derive(Debug, Args)]
pub(super) struct ModeArgs {
    /// As `dev` would see it, with its defaults and its `.env`.
    #[arg(long)]
    dev: bool,
}

impl ModeArgs {
    const fn mode(&self) -> Mode {
        if self.dev {
            Mode::Dev {
                allow_remote: false,
            }
        } else {
            Mode::Serve
        }
    }
}

/// Arguments of `config schema`.
#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// The form.
    #[arg(long = "as", value_enum, default_value_t = Form::JsonSchema)]
    form: Form,
}

/// Forms of the description.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Form {
    /// JSON Schema of a configuration file.
    JsonSchema,
    /// A configuration file with all defaults.
    Toml,
    /// A `.env` file with all variables.
    Env,
    /// docs/configuration.md.
    Markdown,
}

/// Runs one of the commands.
pub(super) fn run(globals: &Globals, command: &Command) -> Result<(), Failure> {
    match command {
        Command::Check(args) => check(globals, args),
        Command::Show(args) => show(globals, &globals.load(args.mode())?),
        Command::Schema(args) => match args.form {
            Form::JsonSchema => output::json(&settings::json_schema()),
            Form::Toml => output::text(&settings::default_toml()),
            Form::Env => output::text(&settings::env_example()),
            Form::Markdown => output::text(&settings::markdown()),
        },
    }
}

fn check(globals: &Globals, args: &ModeArgs) -> Result<(), Failure> {
    let loaded = match settings::load(&globals.inputs(args.mode())?) {
        Ok(loaded) => loaded,
        Err(problems) => {
            let of_key = |problem: &Problem| {
                json!({
                    "key": problem.key,
                    "origin": problem.origin,
                    "problem": problem.text,
                })
            };
            list_problems(globals, problems.iter().map(of_key).collect())?;
            return Err(problems.into());
        }
    };
    // The files that the settings name are part of the configuration.
    if let Err(fault) = Presentation::load(&loaded.settings) {
        let text = fault.chain();
        let of_file = json!({ "key": null, "origin": null, "problem": text });
        list_problems(globals, vec![of_file])?;
        return Err(Failure::ConfiguredFile(text));
    }
    let verdict = json!({ "valid": true, "problems": [] });
    output::done(globals.format, "The configuration is valid.", &verdict)
}

fn list_problems(globals: &Globals, problems: Vec<Value>) -> Result<(), Failure> {
    if globals.format == Format::Json {
        output::json(&json!({ "valid": false, "problems": problems }))?;
    }
    Ok(())
}

fn show(globals: &Globals, loaded: &Loaded) -> Result<(), Failure> {
    let items: Vec<Value> = loaded
        .effective
        .iter()
        .map(|one| {
            let value = one.value.as_deref().unwrap_or(one.key.shape.unset_means);
            let value = match globals.format {
                Format::Table => json!(value),
                Format::Json => json!(one.value),
            };
            json!({ "key": one.key.name, "value": value, "origin": one.origin })
        })
        .collect();
    output::list(globals.format, &["key", "value", "origin"], &items, None)
}
