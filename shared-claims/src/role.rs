//! A role: what a subject *is*, as opposed to a scope, which is what a client *may do* for it.
//!
//! The claim `roles` of RFC 9068 §2.2.3.1 holds them; the words are the service's own vocabulary.

use std::{borrow::Cow, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Longest role name, in bytes.
const MAX_BYTES: usize = 128;

/// The name of a role: 1 to 128 bytes without control characters, compared exactly.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Role(Cow<'static, str>);

/// Why a text is not a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RoleError {
    /// Nothing there.
    #[error("a role needs a name")]
    Empty,
    /// More than 128 bytes.
    #[error("a role name is at most 128 bytes long")]
    TooLong,
    /// A control character, which has no place in a name and much in a forged log line.
    #[error("a role name has no control characters")]
    ControlCharacter,
}

impl Role {
    /// Posts jobs and moves applications through their stages.
    pub const RECRUITER: Self = Self(Cow::Borrowed("recruiter"));
    /// Applies for jobs.
    pub const CANDIDATE: Self = Self(Cow::Borrowed("candidate"));
    /// Administers everything.
    pub const ADMIN: Self = Self(Cow::Borrowed("admin"));

    /// Checks a name.
    pub fn parse(name: &str) -> Result<Self, RoleError> {
        Self::checked(name.to_owned())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn checked(name: String) -> Result<Self, RoleError> {
        if name.is_empty() {
            return Err(RoleError::Empty);
        }
        if name.len() > MAX_BYTES {
            return Err(RoleError::TooLong);
        }
        if name.chars().any(char::is_control) {
            return Err(RoleError::ControlCharacter);
        }
        Ok(Self(Cow::Owned(name)))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Role {
    type Err = RoleError;

    fn from_str(name: &str) -> Result<Self, RoleError> {
        Self::parse(name)
    }
}

impl TryFrom<String> for Role {
    type Error = RoleError;

    fn try_from(name: String) -> Result<Self, RoleError> {
        Self::checked(name)
    }
}

impl From<Role> for String {
    fn from(role: Role) -> Self {
        role.0.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_roles_parse_to_themselves() {
        for role in [Role::RECRUITER, Role::CANDIDATE, Role::ADMIN] {
            assert_eq!(Role::parse(role.as_str()), Ok(role));
        }
    }

    #[test]
    fn names_that_are_no_names_are_refused() {
        assert_eq!(Role::parse(""), Err(RoleError::Empty));
        assert_eq!(Role::parse("admin\n"), Err(RoleError::ControlCharacter));
        assert_eq!(Role::parse(&"r".repeat(129)), Err(RoleError::TooLong));
        assert!(Role::parse(&"r".repeat(128)).is_ok());
    }

    #[test]
    fn case_and_space_make_another_role() {
        assert_ne!(Role::parse("Admin"), Ok(Role::ADMIN));
        assert_ne!(Role::parse("admin "), Ok(Role::ADMIN));
    }
}
