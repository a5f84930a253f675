//! Why a command of the workspace stops: one sentence for the person at the terminal, or their own
//! Ctrl-C. Everything that can go wrong here is an operating-system matter, so text is enough.

use std::{fmt, io};

/// What ends a command early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Ctrl-C, SIGTERM or SIGHUP arrived; whatever was running has been stopped.
    Interrupted,
    /// Something went wrong; the text says what, and what to do about it.
    Failed(String),
}

/// The result of everything in this crate that can fail.
pub(crate) type Outcome<T> = Result<T, Failure>;

impl Failure {
    /// A failure in words.
    pub(crate) fn because(text: impl Into<String>) -> Self {
        Self::Failed(text.into())
    }

    /// Turns an IO error into a failure that says what was being done.
    pub(crate) fn while_doing(deed: impl fmt::Display) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::Failed(format!("cannot {deed}: {error}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Interrupted => f.write_str("interrupted"),
            Self::Failed(text) => f.write_str(text),
        }
    }
}
