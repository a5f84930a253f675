//! The order of the checks. Cheap before dear, and nothing of the claims before the signature.

use serde::de::DeserializeOwned;

use super::{
    AccessToken, KeySet, Policy, PolicyError, Rejection, TokenKind,
    compact::Compact,
    header::Header,
    json::{self, Flaw},
    registered::Registered,
};
use crate::{AccessTokenClaims, NumericDate};

/// A checked [`Policy`], ready to judge tokens.
#[derive(Clone, Debug)]
pub struct Verifier {
    policy: Policy,
}

impl Verifier {
    /// A verifier for this policy, unless the policy makes no sense.
    pub fn new(policy: Policy) -> Result<Self, PolicyError> {
        policy.check()?;
        Ok(Self { policy })
    }

    /// For policies of this crate's own making.
    pub(super) fn unchecked(policy: Policy) -> Self {
        Self { policy }
    }

    /// The rules in force.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Judges an access token (RFC 9068 §4) at the time `now`.
    pub fn verify(
        &self,
        keys: &KeySet,
        token: &str,
        now: NumericDate,
    ) -> Result<AccessToken, Rejection> {
        self.verify_as::<AccessTokenClaims>(&TokenKind::ACCESS_TOKEN, keys, token, now)
            .map(AccessToken::verified)
    }

    /// Judges a token of another kind by the same rules and returns its claims as `T`.
    ///
    /// `iss`, `aud`, `exp`, `nbf` and `iat` are checked wherever they are present; the kind says
    /// which of them have to be.
    pub fn verify_as<T: DeserializeOwned>(
        &self,
        kind: &TokenKind,
        keys: &KeySet,
        token: &str,
        now: NumericDate,
    ) -> Result<T, Rejection> {
        self.policy.check_size(token)?;
        let parts = Compact::read(token)?;
        let header = Header::read(&parts.header)?;
        kind.typ.check(header.typ.as_deref())?;
        let algorithm = self.policy.require_algorithm(&header.alg)?;
        let lone = keys.find_lone().filter(|_| self.policy.accepts_lone_key());
        let key = match (header.require_kid(), lone) {
            (Err(Rejection::KeyIdMissing), Some(lone)) => lone,
            (kid, _) => keys.find(kid?).ok_or(Rejection::UnknownKey)?,
        };
        key.verify(algorithm, parts.signed.as_bytes(), &parts.signature)?;

        let text = str::from_utf8(&parts.payload).map_err(|_| Rejection::ClaimsMalformed)?;
        let names = json::members(text).map_err(|flaw| match flaw {
            Flaw::Malformed => Rejection::ClaimsMalformed,
            Flaw::Duplicate => Rejection::DuplicateMember,
        })?;
        kind.check_names(&names)?;
        self.policy.check_names(&names)?;
        let registered: Registered = read(text)?;
        self.policy.judge(&registered, now)?;
        read(text)
    }
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Rejection> {
    serde_json::from_str(text).map_err(|_| Rejection::ClaimsMalformed)
}
