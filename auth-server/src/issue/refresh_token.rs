//! Refresh tokens that need no row of their own: `rt_<family>_<generation>_<MAC>` (design §5).
//!
//! The MAC key is derived from the key-encryption key and lives outside the database: a dump replays
//! nothing, and a forged token costs no query (matrix RT-15, GEN-15).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::error::Reason;
use crate::model::FamilyId;
use crate::secret::{Secret, SecretKey};

const PREFIX: &str = "rt_";
/// 128 bits in base64url.
const FAMILY_CHARS: usize = 22;
/// 256 bits in base64url.
const MAC_CHARS: usize = 43;
/// `u32::MAX` has ten digits.
const MAX_GENERATION_CHARS: usize = 10;

/// What a refresh token names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshTokenParts {
    /// The family.
    pub family: FamilyId,
    /// The generation; the first is 0.
    pub generation: u32,
}

/// The keys that seal refresh tokens: the first signs, all verify. Versioned, so that the
/// key-encryption key can be changed without logging anybody out.
#[derive(Debug, Clone)]
pub struct RefreshMac {
    keys: Vec<(u32, SecretKey)>,
}

impl RefreshMac {
    /// `keys` are pairs of version and key, newest first.
    pub fn new(keys: Vec<(u32, SecretKey)>) -> Self {
        Self { keys }
    }

    /// Version of the key that seals new tokens.
    pub fn version(&self) -> u32 {
        self.keys.first().map_or(0, |(version, _)| *version)
    }

    /// Seals a token. `None` only when there is no key at all.
    pub fn seal(&self, parts: &RefreshTokenParts) -> Option<Secret> {
        let (_, key) = self.keys.first()?;
        let body = format!("{PREFIX}{}_{}", parts.family, parts.generation);
        let mac = mac(key, &body)?.finalize().into_bytes();
        Some(Secret::new(format!(
            "{body}_{}",
            URL_SAFE_NO_PAD.encode(mac)
        )))
    }

    /// Opens a token: shape first, then the MAC in constant time.
    ///
    /// # Errors
    /// [`Reason::ForgedRefreshToken`] for anything we did not seal.
    pub fn open(&self, token: &str) -> Result<RefreshTokenParts, Reason> {
        let (body, tag, parts) = split(token).ok_or(Reason::ForgedRefreshToken)?;
        let tag = URL_SAFE_NO_PAD
            .decode(tag)
            .map_err(|_| Reason::ForgedRefreshToken)?;
        self.keys
            .iter()
            .filter_map(|(_, key)| mac(key, body))
            .any(|mac| mac.verify_slice(&tag).is_ok())
            .then_some(parts)
            .ok_or(Reason::ForgedRefreshToken)
    }
}

fn mac(key: &SecretKey, body: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose()).ok()?;
    mac.update(body.as_bytes());
    Some(mac)
}

/// Cuts by position: base64url text may itself hold underscores.
fn split(token: &str) -> Option<(&str, &str, RefreshTokenParts)> {
    let longest = PREFIX.len() + FAMILY_CHARS + 2 + MAX_GENERATION_CHARS + MAC_CHARS;
    if !token.is_ascii() || token.len() > longest {
        return None;
    }
    let cut = token.len().checked_sub(MAC_CHARS)?;
    let (body, tag) = (token.get(..cut.checked_sub(1)?)?, token.get(cut..)?);
    let rest = body.strip_prefix(PREFIX)?;
    let (family, digits) = (rest.get(..FAMILY_CHARS)?, rest.get(FAMILY_CHARS + 1..)?);
    let separators = [
        rest.as_bytes().get(FAMILY_CHARS)?,
        token.as_bytes().get(cut - 1)?,
    ];
    let generation: u32 = digits.parse().ok()?;
    // One spelling per token: no `+1`, no leading zero.
    let is_canonical = generation.to_string() == digits && separators == [&b'_', &b'_'];
    is_canonical.then(|| {
        (
            body,
            tag,
            RefreshTokenParts {
                family: FamilyId::new(family),
                generation,
            },
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seal() -> RefreshMac {
        RefreshMac::new(vec![
            (2, SecretKey::new([2; 32])),
            (1, SecretKey::new([1; 32])),
        ])
    }

    fn parts(generation: u32) -> RefreshTokenParts {
        RefreshTokenParts {
            family: FamilyId::new("abc_def-ghijklmnopqr_t"),
            generation,
        }
    }

    #[test]
    fn what_was_sealed_opens_also_under_an_older_key() {
        for generation in [0, 9, 10, u32::MAX] {
            let token = seal().seal(&parts(generation)).unwrap();
            assert_eq!(seal().open(token.expose()), Ok(parts(generation)));
        }
        let old = RefreshMac::new(vec![(1, SecretKey::new([1; 32]))])
            .seal(&parts(3))
            .unwrap();
        assert_eq!(seal().open(old.expose()), Ok(parts(3)));
    }

    #[test]
    fn another_key_opens_nothing() {
        let token = RefreshMac::new(vec![(1, SecretKey::new([9; 32]))])
            .seal(&parts(0))
            .unwrap();
        assert_eq!(seal().open(token.expose()), Err(Reason::ForgedRefreshToken));
    }

    /// RT-15: every altered character is noticed, and only one spelling of a token exists.
    #[test]
    fn rt_15_every_altered_character_is_noticed() {
        let token = seal().seal(&parts(12)).unwrap();
        for at in 0..token.expose().len() {
            let mut bytes = token.expose().as_bytes().to_vec();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(bytes).unwrap();
            assert_eq!(
                seal().open(&altered),
                Err(Reason::ForgedRefreshToken),
                "at {at}"
            );
        }
        for spelling in [
            "rt_abc_def-ghijklmnopqr_t_012_",
            "rt_abc_def-ghijklmnopqr_t_+12_",
        ] {
            let tag = &token.expose()[token.expose().len() - MAC_CHARS..];
            assert!(seal().open(&format!("{spelling}{tag}")).is_err());
        }
    }

    proptest! {
        #[test]
        fn no_text_opens_or_panics(text in "\\PC{0,120}") {
            prop_assert_eq!(seal().open(&text), Err(Reason::ForgedRefreshToken));
        }
    }
}
