//! A parsed private key: parsed once, used for every token (design §4 rule 3).
//!
//! RSA parsing costs more than signing; the stock provider of `jsonwebtoken` repeats it per token.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair,
    Ed25519KeyPair, KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256,
    RSA_PSS_2048_8192_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair, UnparsedPublicKey,
    VerificationAlgorithm,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::jwk::PublicKey;
use crate::model::{Algorithm, KeyId};

/// A private key in memory, bound to its one algorithm (matrix JWK-06).
pub struct SigningKey {
    kid: KeyId,
    algorithm: Algorithm,
    public: PublicKey,
    pair: Pair,
}

enum Pair {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

/// Why bytes do not become a signing key. Never says what the bytes were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SigningKeyError {
    /// Not PKCS#8 of the right kind, or a weak key.
    #[error("the private key is damaged, of another kind, or too weak")]
    Rejected,
    /// It signs, but its own public half does not verify.
    #[error("the private key failed its self-check")]
    SelfCheck,
}

impl SigningKey {
    /// Parses PKCS#8, checks the key and tries it once: a damaged key never signs (attack OP-09).
    ///
    /// # Errors
    /// [`SigningKeyError`].
    pub fn parse(algorithm: Algorithm, pkcs8: &[u8]) -> Result<Self, SigningKeyError> {
        let rejected = |_| SigningKeyError::Rejected;
        let (pair, public) = match algorithm {
            Algorithm::RS256 | Algorithm::PS256 => {
                let pair = RsaKeyPair::from_pkcs8(pkcs8).map_err(rejected)?;
                let e = pair
                    .public_key()
                    .exponent()
                    .big_endian_without_leading_zero()
                    .to_vec();
                let n = pair
                    .public_key()
                    .modulus()
                    .big_endian_without_leading_zero()
                    .to_vec();
                (
                    Pair::Rsa(pair),
                    PublicKey::Rsa {
                        e: encode(&e),
                        n: encode(&n),
                    },
                )
            }
            Algorithm::ES256 => {
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8)
                    .map_err(rejected)?;
                // Uncompressed point: 4, x, y (SEC 1 §2.3.3).
                let point = pair.public_key().as_ref().to_vec();
                let (x, y) = match point.as_slice() {
                    [4, rest @ ..] if rest.len() == 64 => rest.split_at(32),
                    _ => return Err(SigningKeyError::Rejected),
                };
                (
                    Pair::Ec(pair),
                    PublicKey::Ec {
                        x: encode(x),
                        y: encode(y),
                    },
                )
            }
            Algorithm::EdDSA => {
                let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8).map_err(rejected)?;
                let x = encode(pair.public_key().as_ref());
                (Pair::Ed(pair), PublicKey::Okp { x })
            }
        };
        let key = Self {
            kid: public.thumbprint(),
            algorithm,
            public,
            pair,
        };
        key.check()?;
        Ok(key)
    }

    /// `kid`: the thumbprint of the public half (matrix JWK-03).
    pub fn kid(&self) -> &KeyId {
        &self.kid
    }

    /// The one algorithm it signs with.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The public half.
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// Signs, in the format of JWS (RFC 7518 §3.3 to §3.5, RFC 8037 §3.1).
    ///
    /// # Errors
    /// When the library refuses; it does not say why.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, aws_lc_rs::error::Unspecified> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(self.rsa_encoding(), &random, message, &mut signature)?;
                Ok(signature)
            }
            Pair::Ec(pair) => Ok(pair.sign(&random, message)?.as_ref().to_vec()),
            Pair::Ed(pair) => Ok(pair.try_sign(message)?.as_ref().to_vec()),
        }
    }

    fn rsa_encoding(&self) -> &'static dyn RsaEncoding {
        if self.algorithm == Algorithm::PS256 {
            &RSA_PSS_SHA256
        } else {
            &RSA_PKCS1_SHA256
        }
    }

    fn check(&self) -> Result<(), SigningKeyError> {
        const MESSAGE: &[u8] = b"self-check";
        let signature = self.sign(MESSAGE).map_err(|_| SigningKeyError::SelfCheck)?;
        let public: &[u8] = match &self.pair {
            Pair::Rsa(pair) => pair.public_key().as_ref(),
            Pair::Ec(pair) => pair.public_key().as_ref(),
            Pair::Ed(pair) => pair.public_key().as_ref(),
        };
        let algorithm: &'static dyn VerificationAlgorithm = match self.algorithm {
            Algorithm::RS256 => &RSA_PKCS1_2048_8192_SHA256,
            Algorithm::PS256 => &RSA_PSS_2048_8192_SHA256,
            Algorithm::ES256 => &ECDSA_P256_SHA256_FIXED,
            Algorithm::EdDSA => &ED25519,
        };
        UnparsedPublicKey::new(algorithm, public)
            .verify(MESSAGE, &signature)
            .map_err(|_| SigningKeyError::SelfCheck)
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.kid.as_str())
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
