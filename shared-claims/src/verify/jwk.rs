//! One entry of a key set as it is written (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2).
//!
//! Its algorithm is fixed here (RFC 8725 §3.1): by `alg`, or by the curve, which leaves only one.
//! An RSA key without `alg` could be meant for two and is not used.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA256, RsaParameters, RsaPublicKeyComponents,
};
use serde::Deserialize;
use serde_json::Value;

use super::{Algorithm, base64url};

/// Why an entry of a key set is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unusable {
    /// Not an object, or a member of the wrong type.
    #[error("malformed entry")]
    Malformed,
    /// No `kid`.
    #[error("no kid")]
    NoId,
    /// `use` or `key_ops` is for something else than verifying signatures.
    #[error("not for signatures")]
    OtherUse,
    /// `kty`, `crv` or `alg` is unknown, or they do not fit together.
    #[error("unknown or contradictory type and algorithm")]
    OtherAlgorithm,
    /// An RSA key without `alg`.
    #[error("algorithm not stated")]
    NoAlgorithm,
    /// A private or symmetric key: whoever published it is not its only holder.
    #[error("secret material published")]
    Secret,
    /// RSA below 2048 or above 8192 bits, or an exponent that is even or 1.
    #[error("weak or oversized RSA key")]
    Weak,
    /// A public member is missing, not base64url, or not a point of the curve.
    #[error("not a public key")]
    NotAKey,
    /// Another key has the same `kid`.
    #[error("kid used for two keys")]
    AmbiguousId,
}

/// The members that matter; others are ignored (RFC 7517 §4).
#[derive(Deserialize)]
pub(super) struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    r#use: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
    d: Option<Value>,
    k: Option<Value>,
}

impl Jwk {
    /// Reads an entry that holds a public key for signatures.
    pub(super) fn read(entry: Value) -> Result<Self, Unusable> {
        let jwk: Self = serde_json::from_value(entry).map_err(|_| Unusable::Malformed)?;
        if jwk.d.is_some() || jwk.k.is_some() {
            return Err(Unusable::Secret);
        }
        let for_signatures = jwk.r#use.as_deref().is_none_or(|usage| usage == "sig")
            && jwk
                .key_ops
                .as_ref()
                .is_none_or(|ops| ops.iter().any(|op| op == "verify"));
        if for_signatures {
            Ok(jwk)
        } else {
            Err(Unusable::OtherUse)
        }
    }

    /// The id, without which no token can name the key.
    pub(super) fn require_id(&self) -> Result<&str, Unusable> {
        self.kid
            .as_deref()
            .filter(|kid| !kid.is_empty())
            .ok_or(Unusable::NoId)
    }

    /// The public key for its algorithm.
    pub(super) fn public_key(&self, algorithm: Algorithm) -> Result<ParsedPublicKey, Unusable> {
        match algorithm {
            Algorithm::Rs256 => self.rsa(&RSA_PKCS1_2048_8192_SHA256),
            Algorithm::Ps256 => self.rsa(&RSA_PSS_2048_8192_SHA256),
            Algorithm::Es256 => self.p256(),
            Algorithm::EdDsa => self.ed25519(),
        }
    }

    /// The one algorithm of the key.
    pub(super) fn algorithm(&self) -> Result<Algorithm, Unusable> {
        let stated = match self.alg.as_deref() {
            Some(name) => Some(Algorithm::find(name).ok_or(Unusable::OtherAlgorithm)?),
            None => None,
        };
        match (self.kty.as_str(), self.crv.as_deref(), stated) {
            ("RSA", _, Some(rsa @ (Algorithm::Rs256 | Algorithm::Ps256))) => Ok(rsa),
            ("RSA", _, None) => Err(Unusable::NoAlgorithm),
            ("EC", Some("P-256"), Some(Algorithm::Es256) | None) => Ok(Algorithm::Es256),
            ("OKP", Some("Ed25519"), Some(Algorithm::EdDsa) | None) => Ok(Algorithm::EdDsa),
            _ => Err(Unusable::OtherAlgorithm),
        }
    }

    fn rsa(&self, parameters: &'static RsaParameters) -> Result<ParsedPublicKey, Unusable> {
        let (n, e) = (unsigned(self.n.as_deref())?, unsigned(self.e.as_deref())?);
        let bits = n.len() * 8 - n[0].leading_zeros() as usize;
        if !(2048..=8192).contains(&bits) || !is_odd(&n) || !is_odd(&e) || e == [1] {
            return Err(Unusable::Weak);
        }
        RsaPublicKeyComponents { n, e }
            .to_parsed_public_key(parameters)
            .map_err(|_| Unusable::NotAKey)
    }

    fn p256(&self) -> Result<ParsedPublicKey, Unusable> {
        // Uncompressed point (SEC 1 §2.3.3); the library refuses one that is not on the curve.
        let point = [
            &[4],
            &*coordinate(self.x.as_deref())?,
            &*coordinate(self.y.as_deref())?,
        ];
        ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point.concat())
            .map_err(|_| Unusable::NotAKey)
    }

    fn ed25519(&self) -> Result<ParsedPublicKey, Unusable> {
        ParsedPublicKey::new(&ED25519, coordinate(self.x.as_deref())?)
            .map_err(|_| Unusable::NotAKey)
    }
}

/// Exactly 32 bytes (RFC 7518 §6.2.1.2, RFC 8037 §2).
fn coordinate(text: Option<&str>) -> Result<Vec<u8>, Unusable> {
    text.and_then(base64url::decode)
        .filter(|bytes| bytes.len() == 32)
        .ok_or(Unusable::NotAKey)
}

/// A positive number, big-endian. Leading zeros, which RFC 7518 §2 forbids and old software
/// writes, change nothing and are dropped.
fn unsigned(text: Option<&str>) -> Result<Vec<u8>, Unusable> {
    let mut bytes = text.and_then(base64url::decode).ok_or(Unusable::NotAKey)?;
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.drain(..zeros);
    if bytes.is_empty() {
        Err(Unusable::NotAKey)
    } else {
        Ok(bytes)
    }
}

fn is_odd(number: &[u8]) -> bool {
    number.last().is_some_and(|byte| byte & 1 == 1)
}
