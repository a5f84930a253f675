//! From files, variables and flags to checked settings. Every problem of every layer is collected
//! before anything is refused.

use std::path::PathBuf;

use super::overview::{self, Effective};
use super::problem::{Problem, Problems};
use super::reader::Reader;
use super::{Settings, Variables, check, env_file, merge};

/// What the settings are for. Some defaults and checks depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Production.
    Serve,
    /// Demo data and relaxed defaults; loopback only, unless `allow_remote`.
    Dev {
        /// `--allow-remote-dev`.
        allow_remote: bool,
    },
    /// A command that works on the database and needs no signing keys.
    Tool,
}

impl Mode {
    /// True for `dev`.
    pub const fn is_dev(self) -> bool {
        matches!(self, Self::Dev { .. })
    }
}

/// A `.env` file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum EnvFile {
    /// None is read.
    #[default]
    None,
    /// Read when it is there: `.env` in `dev`.
    IfPresent(PathBuf),
    /// Must be there: `--env-file`.
    Required(PathBuf),
}

/// Where settings come from, lowest first. The defaults lie below all of them.
#[derive(Debug, Clone)]
pub struct Inputs {
    /// What the settings are for.
    pub mode: Mode,
    /// TOML files (`--config`); a later one wins.
    pub files: Vec<PathBuf>,
    /// Never overrides `variables`.
    pub env_file: EnvFile,
    /// The environment.
    pub variables: Variables,
    /// Key, value and the flag that said so.
    pub flags: Vec<(String, String, String)>,
}

impl Inputs {
    /// Nothing but the defaults: neither files nor the environment. Tests add what they need.
    pub fn new(mode: Mode) -> Self {
        Self {
            mode,
            files: Vec::new(),
            env_file: EnvFile::None,
            variables: Variables::default(),
            flags: Vec::new(),
        }
    }

    /// Sets a key as a flag does.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.flags
            .push((key.to_owned(), value.into(), "command line".to_owned()));
        self
    }
}

/// Settings that passed every check.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The settings.
    pub settings: Settings,
    /// Each key with its effective value, secrets hidden, and its origin.
    pub effective: Vec<Effective>,
    /// `RUST_LOG`: what is logged, in the syntax of `tracing-subscriber`.
    pub log_filter: Option<String>,
    /// `NO_COLOR`: true when colours are unwanted (no-color.org).
    pub no_color: bool,
}

/// Reads, merges and checks.
///
/// # Errors
/// All problems at once.
pub fn load(inputs: &Inputs) -> Result<Loaded, Problems> {
    let env_file = read_env_file(&inputs.env_file)?;
    let (merged, mut problems) = merge::merge(inputs, env_file.as_ref());
    if problems.iter().any(|problem| problem.key.is_none()) {
        // A source is missing: what else seems to be wrong may stand in it.
        return Err(Problems::of(problems));
    }
    let mut reader = Reader::new(&merged);
    let settings = Settings::read(inputs.mode, &mut reader);
    let checked = settings.map(|settings| check::check(settings, &mut reader));
    problems.extend(reader.into_problems());
    Problems::none_of(problems)?;
    let Some(settings) = checked else {
        return Err(Problem::of_source("settings", "a key is missing from the table").into());
    };
    let of_both = |name: &str| {
        let in_file = || {
            env_file
                .as_ref()
                .and_then(|(variables, _)| variables.find(name))
        };
        inputs
            .variables
            .find(name)
            .or_else(in_file)
            .map(str::to_owned)
    };
    Ok(Loaded {
        effective: overview::effective(&merged, &settings),
        log_filter: of_both("RUST_LOG"),
        no_color: of_both("NO_COLOR").is_some(),
        settings,
    })
}

/// The variables of the file and what is added to their names in messages.
fn read_env_file(file: &EnvFile) -> Result<Option<(Variables, String)>, Problem> {
    let (path, is_required) = match file {
        EnvFile::None => return Ok(None),
        EnvFile::IfPresent(path) => (path, false),
        EnvFile::Required(path) => (path, true),
    };
    let origin = path.display().to_string();
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !is_required => {
            return Ok(None);
        }
        Err(error) => {
            return Err(Problem::of_source(
                origin,
                format!("cannot read the file: {error}"),
            ));
        }
    };
    match env_file::parse(&text) {
        Ok(variables) => Ok(Some((
            variables.into_iter().collect(),
            format!(" in {origin}"),
        ))),
        Err(lines) => {
            let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
            let text = format!("not of the form NAME=value: line {}", lines.join(", "));
            Err(Problem::of_source(origin, text))
        }
    }
}
