//! A scope: one thing a client may do for the subject of a token (RFC 6749 §3.3).

use std::{borrow::Cow, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// One scope token: printable ASCII without space, `"` and `\`, compared exactly.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scope(Cow<'static, str>);

/// Why a text is not a scope, or not a list of scopes (RFC 6749 §3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    /// Nothing between two separators, before the first or after the last.
    #[error("a scope has at least one character, and one space stands between two")]
    Empty,
    /// A character outside `%x21 / %x23-5B / %x5D-7E`.
    #[error("a scope is printable ASCII without space, quotation mark and backslash")]
    IllegalCharacter,
}

impl Scope {
    /// Checks one scope token.
    pub fn parse(text: &str) -> Result<Self, ScopeError> {
        check(text)?;
        Ok(Self(Cow::Owned(text.to_owned())))
    }

    /// The scope of a constant name.
    ///
    /// # Panics
    /// When the name is not a scope. Called in a `const`, as it is meant to be, a wrong name does
    /// not compile.
    #[must_use]
    pub const fn from_static(name: &'static str) -> Self {
        assert!(check(name).is_ok(), "not a scope (RFC 6749 §3.3)");
        Self(Cow::Borrowed(name))
    }

    /// The scope as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `scope-token = 1*( %x21 / %x23-5B / %x5D-7E )`
const fn check(text: &str) -> Result<(), ScopeError> {
    let mut rest = text.as_bytes();
    if rest.is_empty() {
        return Err(ScopeError::Empty);
    }
    while let [byte, tail @ ..] = rest {
        if !matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E) {
            return Err(ScopeError::IllegalCharacter);
        }
        rest = tail;
    }
    Ok(())
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Scope {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Self, ScopeError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Scope {
    type Error = ScopeError;

    fn try_from(text: String) -> Result<Self, ScopeError> {
        check(&text)?;
        Ok(Self(Cow::Owned(text)))
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.0.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_constant_scope_equals_the_parsed_one() {
        const JOBS_READ: Scope = Scope::from_static("jobs:read");
        assert_eq!(Scope::parse("jobs:read"), Ok(JOBS_READ));
    }

    #[test]
    fn the_characters_that_break_headers_and_lists_are_refused() {
        assert_eq!(Scope::parse(""), Err(ScopeError::Empty));
        for text in ["a b", "a\"b", "a\\b", "a\tb", "a\nb", "ä", "\u{7f}", "\0"] {
            assert_eq!(
                Scope::parse(text),
                Err(ScopeError::IllegalCharacter),
                "{text:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn exactly_the_grammar_is_accepted(text in ".{0,12}") {
            let grammar = !text.is_empty()
                && text.bytes().all(|b| (0x21..=0x7e).contains(&b) && b != b'"' && b != b'\\');
            prop_assert_eq!(Scope::parse(&text).is_ok(), grammar);
        }
    }
}
