//! A key of the issuer: an id, one algorithm, and the public key parsed and kept.
//!
//! Parsing it again for every token would make each verification a sixth dearer.

use std::fmt;

use aws_lc_rs::signature::ParsedPublicKey;
use serde_json::Value;

use super::{
    Algorithm, Rejection,
    jwk::{Jwk, Unusable},
};

/// A public key with its id and its one algorithm.
pub(super) struct Key {
    id: String,
    algorithm: Algorithm,
    public: ParsedPublicKey,
}

impl Key {
    /// Takes one entry of a key set.
    pub(super) fn read(entry: Value) -> Result<Self, Unusable> {
        let jwk = Jwk::read(entry)?;
        let algorithm = jwk.algorithm()?;
        let public = jwk.public_key(algorithm)?;
        let id = jwk.require_id()?.to_owned();
        Ok(Self {
            id,
            algorithm,
            public,
        })
    }

    /// The `kid`.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Whether another key of the list has the same id.
    pub(super) fn shares_its_id(&self, keys: &[Self]) -> bool {
        keys.iter().filter(|key| key.id == self.id).count() > 1
    }

    /// Checks a signature made with `algorithm`, which has to be the key's own.
    pub(super) fn verify(
        &self,
        algorithm: Algorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Rejection> {
        if algorithm != self.algorithm {
            return Err(Rejection::AlgorithmMismatch);
        }
        self.public
            .verify_sig(message, signature)
            .map_err(|_| Rejection::BadSignature)
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
            && self.algorithm == other.algorithm
            && self.public.as_ref() == other.public.as_ref()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("id", &self.id)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}
