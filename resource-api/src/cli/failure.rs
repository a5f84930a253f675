//! How a command ends when it does not end well.

use std::error::Error;
use std::fmt;
use std::process::ExitCode;

use crate::app::StartError;
use crate::problem::causes;
use crate::settings::SettingsError;
use crate::store::StoreError;

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub(super) enum Failure {
    /// It failed (exit code 1).
    Failed(Box<dyn Error>),
    /// A check found problems (exit code 3).
    Found(String),
    /// The settings are wrong (exit code 78, `EX_CONFIG` of sysexits.h).
    Configuration(SettingsError),
}

impl Failure {
    pub(super) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Failed(_) => ExitCode::from(1),
            Self::Found(_) => ExitCode::from(3),
            Self::Configuration(_) => ExitCode::from(78),
        }
    }
}

/// The whole chain of causes in one line.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Found(problem) => f.write_str(problem),
            Self::Configuration(problems) => problems.fmt(f),
            Self::Failed(cause) => f.write_str(&causes(&**cause)),
        }
    }
}

impl From<SettingsError> for Failure {
    fn from(problems: SettingsError) -> Self {
        Self::Configuration(problems)
    }
}

impl From<StartError> for Failure {
    fn from(cause: StartError) -> Self {
        Self::Failed(cause.into())
    }
}

impl From<StoreError> for Failure {
    fn from(cause: StoreError) -> Self {
        Self::Failed(cause.into())
    }
}

impl From<std::io::Error> for Failure {
    fn from(cause: std::io::Error) -> Self {
        Self::Failed(cause.into())
    }
}

impl From<serde_json::Error> for Failure {
    fn from(cause: serde_json::Error) -> Self {
        Self::Failed(cause.into())
    }
}
