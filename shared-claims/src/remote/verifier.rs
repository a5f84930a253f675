//! A policy and the issuer's keys: all a service needs to judge a token.

use std::sync::Arc;

use super::RemoteKeys;
use crate::verify::{AccessToken, Policy, PolicyError, Rejection, Verifier};

/// Judges access tokens with the keys at hand. Cheap to clone.
#[derive(Clone, Debug)]
pub struct RemoteVerifier {
    keys: RemoteKeys,
    verifier: Arc<Verifier>,
}

impl RemoteVerifier {
    /// A verifier for this policy. Keys and policy must be of the same issuer (RFC 8725 §3.8).
    pub fn new(keys: RemoteKeys, policy: Policy) -> Result<Self, PolicyError> {
        if policy.issuer() != keys.issuer() {
            return Err(PolicyError::ForeignKeys);
        }
        Ok(Self {
            keys,
            verifier: Arc::new(Verifier::new(policy)?),
        })
    }

    /// Judges a token.
    ///
    /// Waits only when the token names a key nobody knows *and* a fetch for it is permitted or
    /// under way; every other token is judged at once.
    pub async fn verify(&self, token: &str) -> Result<AccessToken, Rejection> {
        let mut judged = self.judge(token);
        if matches!(judged, Err(Rejection::UnknownKey)) && self.keys.others_fetched().await {
            judged = self.judge(token);
        }
        self.keys.stats().count_judged(&judged);
        judged
    }

    /// Judges a token without ever waiting. An unknown key is fetched in the background, so that
    /// the next token may find it.
    pub fn verify_now(&self, token: &str) -> Result<AccessToken, Rejection> {
        let judged = self.judge(token);
        if matches!(judged, Err(Rejection::UnknownKey)) {
            self.keys.ask_for_others();
        }
        self.keys.stats().count_judged(&judged);
        judged
    }

    /// The keys in use.
    #[must_use]
    pub fn keys(&self) -> &RemoteKeys {
        &self.keys
    }

    /// The rules in force.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        self.verifier.policy()
    }

    fn judge(&self, token: &str) -> Result<AccessToken, Rejection> {
        let keys = self.keys.require_keys()?;
        self.verifier.verify(&keys, token, self.keys.now())
    }
}
