//! A policy and the issuer's keys: all a service needs to judge a token.

use std::sync::Arc;

use super::{
    Freshness, OnStale, RemoteKeys,
    cache::{Moment, TokenCache},
};
use crate::{
    NumericDate, StatusListEntry,
    verify::{AccessToken, Policy, PolicyError, Rejection, Verifier, key_id},
};

/// How many checked tokens are remembered unless said otherwise; about 8 MiB when full.
const CAPACITY: usize = 4_096;

/// Judges access tokens with the keys and status lists at hand. Cheap to clone.
#[derive(Clone)]
pub struct RemoteVerifier {
    keys: RemoteKeys,
    verifier: Arc<Verifier>,
    cache: Option<Arc<TokenCache>>,
    freshness: Freshness,
}

impl RemoteVerifier {
    /// A verifier for this policy. Keys and policy must be of the same issuer (RFC 8725 §3.8).
    pub fn new(keys: RemoteKeys, policy: Policy) -> Result<Self, PolicyError> {
        if policy.issuer() != keys.issuer() {
            return Err(PolicyError::ForeignKeys);
        }
        Ok(Self {
            freshness: keys.freshness(),
            keys,
            verifier: Arc::new(Verifier::new(policy)?),
            cache: TokenCache::new(CAPACITY).map(Arc::new),
        })
    }

    /// Remembers this many tokens whose signature has been checked, in an empty cache; zero checks
    /// every signature every time. 4,096 by default.
    #[must_use]
    pub fn remembering(mut self, tokens: usize) -> Self {
        self.cache = TokenCache::new(tokens).map(Arc::new);
        self
    }

    /// The same verifier with another limit for the age of status lists, for a route that is worth
    /// more, or less, than the others. Everything else is shared: keys change seldom, are confirmed
    /// every few minutes, and keep the limit of [`RemoteKeys`].
    ///
    /// A list is asked for at 80 % of its `ttl`; a limit shorter than that refuses good tokens.
    /// Tokens without a status are let through unless the policy requires one.
    #[must_use]
    pub fn with_freshness(&self, freshness: Freshness) -> Self {
        Self {
            freshness,
            ..self.clone()
        }
    }

    /// Judges a token.
    ///
    /// Waits only when the token names a key or a status list nobody has seen *and* a fetch for it
    /// is permitted or under way; every other token is judged at once.
    pub async fn verify(&self, token: &str) -> Result<AccessToken, Rejection> {
        let judged = self.judge(token).await;
        self.keys.stats().count_judged(&judged);
        judged
    }

    /// Judges a token without ever waiting. An unknown key or status list is fetched in the
    /// background, so that the next token may find it.
    pub fn verify_now(&self, token: &str) -> Result<AccessToken, Rejection> {
        let judged = self.judge_now(token);
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

    /// The date by which tokens are judged.
    #[must_use]
    pub fn now(&self) -> NumericDate {
        self.keys.now()
    }

    async fn judge(&self, token: &str) -> Result<AccessToken, Rejection> {
        let mut proven = self.prove(token);
        if matches!(proven, Err(Rejection::UnknownKey))
            && let Some(kid) = key_id(token)
            && self.keys.fetched_for(&kid).await
        {
            proven = self.prove(token);
            if matches!(proven, Err(Rejection::UnknownKey)) {
                self.keys.note_unknown(&kid);
            }
        }
        let token = proven?;
        let Some(status) = token.claims().status.as_ref() else {
            return Ok(token);
        };
        let mut standing = self.check_status(&status.status_list);
        if matches!(standing, Err(Rejection::StatusMissing)) {
            self.keys.await_list(&status.status_list.uri).await;
            standing = self.check_status(&status.status_list);
        }
        self.decide(standing).map(|()| token)
    }

    fn judge_now(&self, token: &str) -> Result<AccessToken, Rejection> {
        let token = self.prove(token).inspect_err(|reason| {
            if *reason == Rejection::UnknownKey
                && let Some(kid) = key_id(token)
            {
                self.keys.ask_for(&kid);
            }
        })?;
        let Some(status) = token.claims().status.as_ref() else {
            return Ok(token);
        };
        let standing = self
            .check_status(&status.status_list)
            .inspect_err(|reason| {
                if *reason == Rejection::StatusMissing {
                    self.keys.ask_for_list(&status.status_list.uri);
                }
            });
        self.decide(standing).map(|()| token)
    }

    /// Everything but the status: what never changes as long as keys and time allow.
    fn prove(&self, token: &str) -> Result<AccessToken, Rejection> {
        let keys = self.keys.require_keys(self.keys.freshness())?;
        let moment = Moment {
            generation: keys.generation,
            now: self.keys.now(),
        };
        let verify = || self.verifier.verify(&keys.set, token, moment.now);
        let Some(cache) = self.cache.as_ref() else {
            return verify();
        };
        self.policy().check_size(token)?;
        let digest = TokenCache::digest(token);
        if let Some(token) = cache.find(&digest, moment) {
            self.keys.stats().count_recognised();
            return Ok(token);
        }
        let token = verify()?;
        cache.insert(digest, moment, token.clone());
        Ok(token)
    }

    fn check_status(&self, entry: &StatusListEntry) -> Result<(), Rejection> {
        self.keys.check_status(entry, self.freshness)
    }

    /// A list that never came is the stalest of all.
    fn decide(&self, standing: Result<(), Rejection>) -> Result<(), Rejection> {
        match standing {
            Err(Rejection::StatusMissing) if self.freshness.on_stale == OnStale::Accept => Ok(()),
            standing => standing,
        }
    }
}

impl std::fmt::Debug for RemoteVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RemoteVerifier")
            .field("keys", &self.keys)
            .field("policy", self.policy())
            .field("freshness", &self.freshness)
            .finish_non_exhaustive()
    }
}
