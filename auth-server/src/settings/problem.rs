//! What is wrong with a configuration: all of it at once, each with the key, where the value came
//! from and what is allowed. Values of secrets and of unknown keys are never repeated.

use std::fmt;

/// One thing to correct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The key, where one is concerned.
    pub key: Option<String>,
    /// The file, variable or flag to correct.
    pub origin: String,
    /// The value, where it may be shown.
    pub found: Option<String>,
    /// What is wrong and what is allowed; completes the sentence that the key begins.
    pub text: String,
}

impl Problem {
    /// A problem of a whole source, such as a file that cannot be read.
    pub(super) fn of_source(origin: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            key: None,
            origin: origin.into(),
            found: None,
            text: text.into(),
        }
    }

    /// A problem of one key.
    pub(super) fn of_key(
        key: impl Into<String>,
        origin: impl Into<String>,
        text: impl Into<String>,
    ) -> Self {
        Self {
            key: Some(key.into()),
            origin: origin.into(),
            found: None,
            text: text.into(),
        }
    }

    /// Adds the value, cut where it would fill the screen.
    pub(super) fn with_found(mut self, found: &str) -> Self {
        let mut shown: String = found.chars().take(80).collect();
        if shown.len() < found.len() {
            shown.push('…');
        }
        self.found = Some(shown);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.key, &self.found) {
            (Some(key), Some(found)) => {
                write!(f, "`{key}` = {found:?} ({}): {}", self.origin, self.text)
            }
            (Some(key), None) => write!(f, "`{key}` ({}): {}", self.origin, self.text),
            (None, _) => write!(f, "{}: {}", self.origin, self.text),
        }
    }
}

/// Everything that is wrong; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// `Err` when there are any.
    pub(super) fn none_of(problems: Vec<Problem>) -> Result<(), Self> {
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Self(problems))
        }
    }

    /// These; at least one.
    pub(super) const fn of(problems: Vec<Problem>) -> Self {
        Self(problems)
    }

    /// One by one.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Problem;
    type IntoIter = std::slice::Iter<'a, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, problem) in self.0.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
