//! Secrets come by standard input, from a file, or from a person at a terminal; never as an
//! argument, which every user of the machine can read.

use std::io::{self, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::Failure;
use crate::secret::Secret;

/// Longer than any password or secret that is accepted.
const MAX_BYTES: u64 = 4_096;

/// Where a password comes from.
#[derive(Debug, Args)]
pub(super) struct PasswordSource {
    /// Read the password from standard input.
    #[arg(long, conflicts_with = "password_file")]
    password_stdin: bool,
    /// Read the password from this file.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

impl PasswordSource {
    /// The password. Asks twice at a terminal, and fails without one.
    pub(super) fn read(&self) -> Result<Secret, Failure> {
        if self.password_stdin {
            return from_stdin();
        }
        if let Some(path) = &self.password_file {
            return from_file(path);
        }
        if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
            return Err(Failure::usage(
                "There is no terminal to ask for the password; use --password-stdin or \
                 --password-file FILE.",
            ));
        }
        let first = prompt("Password: ")?;
        if first == prompt("Once more: ")? {
            Ok(first)
        } else {
            Err(Failure::failed(
                "The two passwords differ; nothing was changed.",
            ))
        }
    }
}

/// Where a client secret comes from.
#[derive(Debug, Args)]
pub(super) struct SecretSource {
    /// Read the secret from standard input instead of making one; at least 32 characters.
    #[arg(long, conflicts_with = "secret_file")]
    secret_stdin: bool,
    /// Read the secret from this file instead of making one; at least 32 characters.
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
}

impl SecretSource {
    /// The secret, if one is given.
    pub(super) fn find(&self) -> Result<Option<Secret>, Failure> {
        match &self.secret_file {
            _ if self.secret_stdin => from_stdin().map(Some),
            Some(path) => from_file(path).map(Some),
            None => Ok(None),
        }
    }
}

fn prompt(question: &str) -> Result<Secret, Failure> {
    rpassword::prompt_password(question)
        .map(Secret::new)
        .map_err(|error| Failure::failed(format!("Cannot read from the terminal: {error}.")))
}

/// One secret, by standard input.
pub(super) fn from_stdin() -> Result<Secret, Failure> {
    read(io::stdin().lock(), "standard input")
}

/// One secret, from a file.
pub(super) fn from_file(path: &Path) -> Result<Secret, Failure> {
    let name = path.display().to_string();
    let file = std::fs::File::open(path)
        .map_err(|error| Failure::failed(format!("Cannot read {name}: {error}.")))?;
    read(file, &name)
}

/// A text that is no secret, such as a key set.
pub(super) fn text_from_file(path: &Path) -> Result<String, Failure> {
    /// A key set of 32 large keys.
    const MAX: u64 = 64 * 1024;
    let name = path.display();
    let mut text = String::new();
    let read =
        std::fs::File::open(path).and_then(|file| file.take(MAX + 1).read_to_string(&mut text));
    match read {
        Ok(_) if text.len() as u64 <= MAX => Ok(text),
        Ok(_) => Err(Failure::failed(format!("More than {MAX} bytes in {name}."))),
        Err(error) => Err(Failure::failed(format!("Cannot read {name}: {error}."))),
    }
}

/// Reads all of it and cuts one line end, which editors and `echo` add.
fn read(source: impl io::Read, name: &str) -> Result<Secret, Failure> {
    let mut text = zeroize::Zeroizing::new(String::new());
    source
        .take(MAX_BYTES + 1)
        .read_to_string(&mut text)
        .map_err(|error| Failure::failed(format!("Cannot read {name}: {error}.")))?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.is_empty() {
        return Err(Failure::failed(format!("There is nothing in {name}.")));
    }
    if line.len() as u64 >= MAX_BYTES {
        return Err(Failure::failed(format!(
            "More than {MAX_BYTES} bytes in {name}."
        )));
    }
    Ok(Secret::new(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_end_is_cut_and_nothing_else() {
        for (input, secret) in [
            ("a", "a"),
            ("a\n", "a"),
            ("a\r\n", "a"),
            (" a \n\n", " a \n"),
        ] {
            assert_eq!(read(input.as_bytes(), "test").unwrap().expose(), secret);
        }
        assert!(read("\n".as_bytes(), "test").is_err());
        assert!(read(vec![b'a'; 5_000].as_slice(), "test").is_err());
    }
}
