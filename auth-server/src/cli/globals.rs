//! Options that every command takes, and how they become settings.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::failure::Failure;
use crate::settings::{self, EnvFile, Inputs, Loaded, Mode, Variables};

/// Options of every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Options everywhere")]
pub(super) struct Globals {
    /// Read this TOML file; may be repeated, a later file wins.
    #[arg(long, value_name = "FILE", global = true)]
    config: Vec<PathBuf>,
    /// Read variables from this file; the real environment wins. `dev` reads `.env` by itself.
    #[arg(long, value_name = "FILE", global = true)]
    env_file: Option<PathBuf>,
    /// Set one setting, such as `tokens.access_ttl=5m`; may be repeated. Not for secrets.
    #[arg(long, value_name = "KEY=VALUE", global = true)]
    set: Vec<String>,
    /// The same as `--set data_dir=DIR`.
    #[arg(long, value_name = "DIR", global = true)]
    data_dir: Option<String>,
    /// How to print results.
    #[arg(long, value_enum, default_value_t = Format::Table, global = true)]
    pub(super) format: Format,
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    Table,
    /// For programs: one JSON value.
    Json,
}

impl Globals {
    /// Everything this process was given, not yet read.
    pub(super) fn inputs(&self, mode: Mode) -> Result<Inputs, Failure> {
        let env_file = match &self.env_file {
            Some(path) => EnvFile::Required(path.clone()),
            None if mode.is_dev() => EnvFile::IfPresent(PathBuf::from(".env")),
            None => EnvFile::None,
        };
        let mut flags = Vec::new();
        for assignment in &self.set {
            flags.push(parse_assignment(assignment)?);
        }
        if let Some(directory) = &self.data_dir {
            flags.push((
                "data_dir".to_owned(),
                directory.clone(),
                "--data-dir".to_owned(),
            ));
        }
        let variables = Variables::of_process();
        Ok(Inputs {
            mode,
            files: self.config.clone(),
            env_file,
            variables,
            flags,
        })
    }

    /// The checked settings.
    pub(super) fn load(&self, mode: Mode) -> Result<Loaded, Failure> {
        Ok(settings::load(&self.inputs(mode)?)?)
    }
}

fn parse_assignment(text: &str) -> Result<(String, String, String), Failure> {
    let Some((key, value)) = text.split_once('=') else {
        return Err(Failure::usage(
            "`--set` takes KEY=VALUE, such as `--set tokens.access_ttl=5m`.",
        ));
    };
    if settings::find_key(key).is_some_and(|key| key.shape.is_secret) {
        // Every user of the machine can read the arguments of a process.
        return Err(Failure::usage(format!(
            "`{key}` is a secret and not taken from the command line; use the environment \
             variable or its `_FILE` form."
        )));
    }
    Ok((key.to_owned(), value.to_owned(), "--set".to_owned()))
}
