//! Signing keys as records (RFC 7517, RFC 7638). The parsed private key lives in `keys` only.

use super::KeyId;
use crate::clock::Instant;

/// A signature algorithm (RFC 7518 §3.1, RFC 8037).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Deserialize, serde::Serialize,
)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RS256,
    /// RSASSA-PSS with SHA-256.
    PS256,
    /// ECDSA P-256 with SHA-256.
    ES256,
    /// Ed25519.
    EdDSA,
}

impl Algorithm {
    /// Every algorithm we sign with.
    pub const ALL: [Self; 4] = [Self::RS256, Self::PS256, Self::ES256, Self::EdDSA];

    /// The `alg` value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RS256 => "RS256",
            Self::PS256 => "PS256",
            Self::ES256 => "ES256",
            Self::EdDSA => "EdDSA",
        }
    }

    /// From the `alg` value, exact.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.as_str() == text)
    }
}

/// Where a key stands in its life (design §5, matrix JWK-07).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyState {
    /// Published, not yet used.
    Next,
    /// Signs.
    Active,
    /// Published until its last token has expired.
    Retiring,
    /// Out of the set, at once and for good.
    Revoked,
}

impl KeyState {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Active => "active",
            Self::Retiring => "retiring",
            Self::Revoked => "revoked",
        }
    }

    /// From the stored word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Next, Self::Active, Self::Retiring, Self::Revoked]
            .into_iter()
            .find(|state| state.as_str() == text)
    }

    /// True while the key belongs in the JWKS.
    pub const fn is_published(self) -> bool {
        !matches!(self, Self::Revoked)
    }
}

/// A row of the key table: the private half sealed, the public half as a JWK.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKeyRecord {
    /// RFC 7638 thumbprint.
    pub kid: KeyId,
    /// The one algorithm it is used with (RFC 8725 §3.1).
    pub algorithm: Algorithm,
    /// Where it stands.
    pub state: KeyState,
    /// Public JWK as JSON text, public members only.
    pub public_jwk: String,
    /// PKCS#8 DER, sealed with XChaCha20-Poly1305 (nonce in front).
    pub sealed_private: Vec<u8>,
    /// Version of the key-encryption key that sealed it.
    pub seal_version: u32,
    /// When it was made.
    pub created_at: Instant,
    /// When it begins (or began) to sign.
    pub activates_at: Instant,
    /// When it stopped to sign.
    pub retired_at: Option<Instant>,
    /// When it leaves the set.
    pub expires_at: Option<Instant>,
}
