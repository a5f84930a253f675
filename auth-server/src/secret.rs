//! Values that must not leak: they print `[hidden]`, wipe themselves on drop, compare in constant
//! time and open only by `.expose()` (matrix GEN-15, GEN-16, GEN-18).

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// A secret text: a password, a client secret, a token in clear.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text into custody.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text in clear. Hash it, send it to its owner, or compare it; never log or store it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// True for the empty text, which counts as "no secret" (matrix GEN-07).
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// SHA-256 of the text: what the database keeps of a 256-bit machine secret.
    pub fn digest(&self) -> SecretDigest {
        SecretDigest(Sha256::digest(self.0.as_bytes()).into())
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[hidden]")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Secret {}

impl<'de> serde::Deserialize<'de> for Secret {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

/// SHA-256 of a machine secret. Compared in constant time.
#[derive(Clone, Copy)]
pub struct SecretDigest([u8; 32]);

impl SecretDigest {
    /// From the 32 stored bytes; `None` when the length is wrong.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for SecretDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[hidden]")
    }
}

impl PartialEq for SecretDigest {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for SecretDigest {}

/// A 256-bit symmetric key. Prints `[hidden]`, wiped on drop.
#[derive(Clone)]
pub struct SecretKey(Zeroizing<[u8; 32]>);

impl SecretKey {
    /// Takes the key into custody.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The key bytes, for the cipher or the MAC that uses them.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[hidden]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// GEN-18: a secret that ends up in a log line by accident says nothing.
    #[test]
    fn gen_18_secrets_print_as_hidden() {
        let secret = Secret::new("hunter2");
        assert_eq!(
            format!("{secret:?} {:?}", secret.digest()),
            "[hidden] [hidden]"
        );
        assert_eq!(format!("{:?}", SecretKey::new([7; 32])), "[hidden]");
    }

    /// GEN-16: the only comparisons there are, both by `subtle`; there is no other way to compare.
    #[test]
    fn gen_16_equal_secrets_are_equal_and_others_are_not() {
        assert_eq!(Secret::new("a"), Secret::new("a"));
        assert_ne!(Secret::new("a").digest(), Secret::new("b").digest());
        assert_ne!(Secret::new("a"), Secret::new("ab"));
    }
}
