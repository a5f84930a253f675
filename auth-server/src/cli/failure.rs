//! How a command ends when it does not end well: a sentence for people, an exit code for scripts.

use crate::accounts::AccountError;
use crate::error::Fault;
use crate::settings::Problems;
use crate::store::StoreError;

/// The exit code for wrong usage, as clap has it.
pub(super) const USAGE: u8 = 2;

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// It was tried and failed.
    #[error("{0}")]
    Failed(String),
    /// The arguments make no sense.
    #[error("{0}")]
    Usage(String),
    /// A check found problems.
    #[error("{0}")]
    Found(String),
    /// The configuration is wrong.
    #[error("The configuration is not valid:\n{0}")]
    Configuration(#[from] Problems),
    /// The configuration is right, and a file that it names is not.
    #[error("The configuration is not valid:\n{0}")]
    ConfiguredFile(String),
}

impl Failure {
    /// It was tried and failed.
    pub(super) fn failed(text: impl Into<String>) -> Self {
        Self::Failed(text.into())
    }

    /// The arguments make no sense.
    pub(super) fn usage(text: impl Into<String>) -> Self {
        Self::Usage(text.into())
    }

    /// A check found problems.
    pub(super) fn found(text: impl Into<String>) -> Self {
        Self::Found(text.into())
    }

    /// The code of the contract.
    pub(super) const fn exit_code(&self) -> u8 {
        match self {
            Self::Failed(_) => 1,
            Self::Usage(_) => USAGE,
            Self::Found(_) => 3,
            Self::Configuration(_) | Self::ConfiguredFile(_) => 78,
        }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Failed(format!("It did not work: {}.", fault.chain()))
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Fault::from(error).into()
    }
}

impl From<AccountError> for Failure {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Fault(fault) => fault.into(),
            refused => Self::Failed(format!("It was not done: {refused}.")),
        }
    }
}
