//! An access token that has been verified: the claims with the proof that somebody checked them.

use std::sync::Arc;

use crate::AccessTokenClaims;

/// The claims of a token that passed every check. Only a [`Verifier`](super::Verifier) makes one,
/// so a function that takes it cannot be called with claims nobody verified. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessToken(Arc<AccessTokenClaims>);

impl AccessToken {
    pub(super) fn verified(claims: AccessTokenClaims) -> Self {
        Self(Arc::new(claims))
    }

    /// What the token says.
    #[must_use]
    pub fn claims(&self) -> &AccessTokenClaims {
        &self.0
    }

    /// What the token says, without the proof.
    #[must_use]
    pub fn into_claims(self) -> AccessTokenClaims {
        Arc::unwrap_or_clone(self.0)
    }
}
