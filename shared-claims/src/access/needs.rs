//! What an operation needs, for the challenge that says so.

use super::{RequiredAuthentication, RequiredScopes};

/// Scopes and the strength of the login, taken from a handler's signature.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Needs {
    pub(super) scopes: &'static [&'static str],
    pub(super) acr_values: &'static [&'static str],
    /// Seconds.
    pub(super) max_age: Option<u64>,
}

impl Needs {
    /// Those of the types in a signature.
    pub(crate) fn of<S: RequiredScopes, A: RequiredAuthentication>() -> Self {
        Self {
            scopes: S::SCOPES,
            acr_values: A::ACR_VALUES,
            max_age: A::MAX_AGE,
        }
    }
}
