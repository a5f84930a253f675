//! Asking before something is destroyed: at a terminal by a question, elsewhere by `--yes`.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use clap::Args;

use super::failure::Failure;

/// The option of commands that destroy something.
#[derive(Debug, Args)]
pub(super) struct Confirmation {
    /// Do not ask. Needed without a terminal.
    #[arg(long)]
    yes: bool,
}

impl Confirmation {
    /// Returns when it was said to go on.
    pub(super) fn require(&self, question: &str) -> Result<(), Failure> {
        if self.yes {
            return Ok(());
        }
        if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
            return Err(Failure::usage(format!(
                "{question} There is no terminal to ask; add --yes if you are sure."
            )));
        }
        let _ = write!(io::stderr().lock(), "{question} Type `yes` to go on: ");
        let mut answer = String::new();
        io::stdin()
            .lock()
            .read_line(&mut answer)
            .map_err(|error| Failure::failed(format!("Cannot read from the terminal: {error}.")))?;
        if answer.trim() == "yes" {
            Ok(())
        } else {
            Err(Failure::failed("Nothing was changed."))
        }
    }
}
