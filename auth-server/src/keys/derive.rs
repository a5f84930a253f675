//! Keys made from the key-encryption key, one per purpose and version (NIST SP 800-108 in counter
//! mode with one block of HMAC-SHA-256). A derived key tells nothing about the one it came from.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::secret::SecretKey;

const BLOCK_BYTES: usize = 64;

/// What a derived key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Seals private keys in the database.
    Sealing,
    /// MAC of refresh tokens (design §5).
    RefreshToken,
    /// MAC of the tokens in the forms of pages (matrix AZ-19).
    PageToken,
    /// Proves, without revealing it, that the right key-encryption key is there.
    Check,
}

impl Purpose {
    const fn label(self) -> &'static str {
        match self {
            Self::Sealing => "chancery sealing",
            Self::RefreshToken => "chancery refresh token",
            Self::PageToken => "chancery page token",
            Self::Check => "chancery check value",
        }
    }
}

/// The key of a purpose and version; the same on every instance with the same root.
pub(super) fn derive(root: &SecretKey, purpose: Purpose, version: u32) -> SecretKey {
    // HMAC fills the key up to the block with zeros (RFC 2104 §2); done here, nothing can fail.
    let mut block = Zeroizing::new([0_u8; BLOCK_BYTES]);
    for (to, from) in block.iter_mut().zip(root.expose()) {
        *to = *from;
    }
    let mut mac = Hmac::<Sha256>::new((&*block).into());
    mac.update(&1_u32.to_be_bytes());
    mac.update(purpose.label().as_bytes());
    mac.update(&[0]);
    mac.update(&version.to_be_bytes());
    mac.update(&256_u32.to_be_bytes());
    SecretKey::new(mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_versions_and_roots_each_have_their_own_key() {
        let purposes = [
            Purpose::Sealing,
            Purpose::RefreshToken,
            Purpose::PageToken,
            Purpose::Check,
        ];
        let keys: std::collections::HashSet<[u8; 32]> = [1, 2]
            .into_iter()
            .flat_map(|root| purposes.map(|purpose| (root, purpose)))
            .flat_map(|(root, purpose)| [1, 2, 256].map(|version| (root, purpose, version)))
            .map(|(root, purpose, version)| {
                *derive(&SecretKey::new([root; 32]), purpose, version).expose()
            })
            .collect();
        assert_eq!(keys.len(), 24);
    }

    /// Computed by another implementation; a change would log everybody out and open no stored key.
    #[test]
    fn the_derivation_is_pinned() {
        let key = derive(&SecretKey::new([7; 32]), Purpose::RefreshToken, 1);
        assert_eq!(
            hex(key.expose()),
            "87aa71a59fd4b6aad4b95c20cf4d8ba35a34c31275a00d5c2658c314083f12ea"
        );
    }

    fn hex(bytes: &[u8]) -> String {
        format!("{bytes:02x?}").replace([',', ' ', '[', ']'], "")
    }
}
