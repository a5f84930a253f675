//! The process environment, captured once, and `.env` files.
//!
//! A `.env` file never overrides the real environment. Besides our own prefix only `RUST_LOG` and `NO_COLOR`
//! are used.

use std::collections::BTreeMap;
use std::path::Path;

use super::SettingsError;

/// The variables of the process, possibly completed from a `.env` file.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
}

/// Names only: values may be secrets.
impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.variables.keys()).finish()
    }
}

impl Environment {
    /// Captures the variables of this process; those that are not UTF-8 are none of ours.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the door of the settings to the environment"
    )]
    pub fn of_process() -> Self {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self { variables }
    }

    /// Adds what a `.env` file sets and the environment does not.
    ///
    /// # Errors
    /// The file cannot be read, or a line is not `NAME=VALUE`.
    pub fn complete_from(&mut self, file: &Path) -> Result<(), SettingsError> {
        let name = file.display();
        let text = std::fs::read_to_string(file)
            .map_err(|cause| SettingsError::one(format!("cannot read {name}: {cause}")))?;
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (variable, value) = line
                .strip_prefix("export ")
                .unwrap_or(line)
                .split_once('=')
                .ok_or_else(|| {
                    SettingsError::one(format!("{name}:{number}: expected NAME=VALUE"))
                })?;
            self.variables
                .entry(variable.trim().to_owned())
                .or_insert_with(|| value_of(value.trim()).to_owned());
        }
        Ok(())
    }

    /// The value of one variable.
    pub fn find(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// All variables.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.variables
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// For tests and for callers that start the service in their own process.
impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self {
            variables: pairs
                .into_iter()
                .map(|(n, v)| (n.into(), v.into()))
                .collect(),
        }
    }
}

/// What stands between a pair of quotes, or up to a comment.
fn value_of(written: &str) -> &str {
    let quoted = |quote: char| Some(written.strip_prefix(quote)?.split_once(quote)?.0);
    quoted('"').or_else(|| quoted('\'')).unwrap_or_else(|| {
        let value = written.split_once(" #").map_or(written, |(value, _)| value);
        value.trim_end()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dotenv_file_completes_but_never_overrides() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(
            file.path(),
            "# demo\nA=file\nexport B='00123' # text\nC=\"x=y\"\nD=1 # one\nE=a#b\n",
        )
        .unwrap();
        let mut environment: Environment = [("A", "real")].into_iter().collect();
        environment.complete_from(file.path()).unwrap();
        let values = ["A", "B", "C", "D", "E"].map(|name| environment.find(name).unwrap());
        assert_eq!(values, ["real", "00123", "x=y", "1", "a#b"]);
    }

    #[test]
    fn a_line_without_an_equals_sign_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "A=1\nnonsense\n").unwrap();
        let error = Environment::default()
            .complete_from(file.path())
            .unwrap_err();
        assert!(
            error.to_string().contains(":2: expected NAME=VALUE"),
            "{error}"
        );
    }
}
