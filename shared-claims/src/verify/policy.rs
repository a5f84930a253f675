//! What a service accepts: whose tokens, for whom, how signed, how long (RFC 9068 §4).

use std::{borrow::Cow, time::Duration};

use super::{Algorithm, MAX_STATUS_LIST_BYTES, Rejection, registered::Registered};
use crate::NumericDate;

/// The largest leeway for clocks that differ, and how far ahead `iat` may lie.
pub const MAX_LEEWAY: Duration = Duration::from_mins(1);
/// The largest cap on the size of a token that can be set.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// How far clocks may differ unless said otherwise.
pub(crate) const LEEWAY: Duration = Duration::from_secs(30);
const DEFAULT_TOKEN_BYTES: usize = 8 * 1024;
const DEFAULT_LIFETIME: Duration = Duration::from_hours(24);

/// The rules of one service. What is not set has a safe default.
#[derive(Clone, Debug)]
pub struct Policy {
    issuer: String,
    audience: String,
    algorithms: Vec<Algorithm>,
    leeway: Duration,
    max_token_bytes: usize,
    max_lifetime: Duration,
    required: Vec<String>,
    lone_key: bool,
}

/// Why a policy would accept nothing, or too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// No issuer.
    #[error("the issuer is empty")]
    IssuerEmpty,
    /// No audience.
    #[error("the audience is empty: it is this service's own identifier")]
    AudienceEmpty,
    /// No algorithm.
    #[error("no algorithm is accepted")]
    AlgorithmsEmpty,
    /// A leeway above [`MAX_LEEWAY`].
    #[error("the leeway is more than 60 seconds")]
    LeewayTooLong,
    /// A size cap of nothing or above [`MAX_TOKEN_BYTES`].
    #[error("the size cap of a token is not between 1 and 16384 bytes")]
    TokenBytesOutOfRange,
    /// A lifetime below one second.
    #[error("the longest lifetime of a token is less than a second")]
    LifetimeTooShort,
    /// The policy names another issuer than the keys come from (RFC 8725 §3.8).
    #[error("the keys belong to another issuer than the policy names")]
    ForeignKeys,
    /// The policy names another audience than the resource's own identifier.
    #[error("the policy names another audience than the resource's identifier")]
    ForeignAudience,
}

impl Policy {
    /// Tokens of this issuer for this audience, both compared as exact strings: any algorithm of
    /// [`Algorithm`], leeway 30 s, at most 8 KiB, valid for at most 24 h.
    #[must_use]
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        Self {
            issuer: issuer.into(),
            audience: audience.into(),
            algorithms: Algorithm::ALL.to_vec(),
            leeway: LEEWAY,
            max_token_bytes: DEFAULT_TOKEN_BYTES,
            max_lifetime: DEFAULT_LIFETIME,
            required: Vec::new(),
            lone_key: false,
        }
    }

    /// Status lists are larger than any access token, and live as long as the issuer likes.
    pub(super) fn for_status_lists(issuer: &str) -> Self {
        Self {
            max_token_bytes: MAX_STATUS_LIST_BYTES,
            max_lifetime: Duration::MAX,
            ..Self::new(issuer, "")
        }
    }

    /// Accepts these algorithms only. The key of a token always decides which one it must be.
    #[must_use]
    pub fn algorithms(mut self, algorithms: &[Algorithm]) -> Self {
        self.algorithms = algorithms.to_vec();
        self
    }

    /// How far the issuer's clock and ours may differ; at most [`MAX_LEEWAY`].
    #[must_use]
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// How long a token may be, in bytes; at most [`MAX_TOKEN_BYTES`].
    #[must_use]
    pub fn max_token_bytes(mut self, bytes: usize) -> Self {
        self.max_token_bytes = bytes;
        self
    }

    /// How far `exp` may lie after `iat`.
    #[must_use]
    pub fn max_lifetime(mut self, lifetime: Duration) -> Self {
        self.max_lifetime = lifetime;
        self
    }

    /// Refuses tokens without these claims, besides those every kind of token must have. With
    /// `status` for instance, a token that cannot be revoked is not accepted.
    #[must_use]
    pub fn require(mut self, claims: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.required = claims.into_iter().map(Into::into).collect();
        self
    }

    /// Judges a token without `kid` by the key of the set, where there is only one (OpenID Connect Core
    /// 1.0 §10.1). For what clients sign themselves; issuers of access tokens name their keys.
    #[must_use]
    pub fn accept_lone_key(mut self) -> Self {
        self.lone_key = true;
        self
    }

    /// Whose tokens are accepted.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Whom the tokens must be meant for.
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.audience
    }

    pub(super) fn check(&self) -> Result<(), PolicyError> {
        if self.issuer.is_empty() {
            return Err(PolicyError::IssuerEmpty);
        }
        if self.audience.is_empty() {
            return Err(PolicyError::AudienceEmpty);
        }
        if self.algorithms.is_empty() {
            return Err(PolicyError::AlgorithmsEmpty);
        }
        if self.leeway > MAX_LEEWAY {
            return Err(PolicyError::LeewayTooLong);
        }
        if !(1..=MAX_TOKEN_BYTES).contains(&self.max_token_bytes) {
            return Err(PolicyError::TokenBytesOutOfRange);
        }
        if self.max_lifetime < Duration::from_secs(1) {
            return Err(PolicyError::LifetimeTooShort);
        }
        Ok(())
    }

    pub(super) fn accepts_lone_key(&self) -> bool {
        self.lone_key
    }

    pub(crate) fn check_size(&self, token: &str) -> Result<(), Rejection> {
        if token.len() > self.max_token_bytes {
            Err(Rejection::TooLarge)
        } else {
            Ok(())
        }
    }

    pub(super) fn check_names(&self, names: &[Cow<'_, str>]) -> Result<(), Rejection> {
        let is_there = |wanted: &String| names.iter().any(|name| name == wanted);
        if self.required.iter().all(is_there) {
            Ok(())
        } else {
            Err(Rejection::ClaimMissing)
        }
    }

    pub(super) fn require_algorithm(&self, name: &str) -> Result<Algorithm, Rejection> {
        Algorithm::find(name)
            .filter(|algorithm| self.algorithms.contains(algorithm))
            .ok_or(Rejection::AlgorithmRefused)
    }

    /// Judges the claims that are there; which must be there is the business of the token's kind.
    pub(super) fn judge(&self, claims: &Registered, now: NumericDate) -> Result<(), Rejection> {
        if claims.iss.as_ref().is_some_and(|iss| *iss != self.issuer) {
            return Err(Rejection::WrongIssuer);
        }
        if claims
            .aud
            .as_ref()
            .is_some_and(|aud| !aud.contains(&self.audience))
        {
            return Err(Rejection::WrongAudience);
        }
        // "On or after" exp is too late (RFC 7519 §4.1.4).
        if claims.exp.is_some_and(|exp| now.minus(self.leeway) >= exp) {
            return Err(Rejection::Expired);
        }
        if claims.nbf.is_some_and(|nbf| nbf > now.plus(self.leeway)) {
            return Err(Rejection::NotYetValid);
        }
        if claims.iat.is_some_and(|iat| iat > now.plus(MAX_LEEWAY)) {
            return Err(Rejection::IssuedAhead);
        }
        if let (Some(iat), Some(exp)) = (claims.iat, claims.exp) {
            match exp.since(iat) {
                None | Some(Duration::ZERO) => return Err(Rejection::LifetimeNegative),
                Some(lifetime) if lifetime > self.max_lifetime => {
                    return Err(Rejection::LifetimeTooLong);
                }
                Some(_) => {}
            }
        }
        Ok(())
    }
}
