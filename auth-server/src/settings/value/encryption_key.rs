//! The key-encryption key: 32 bytes in base64 (contract: seals private keys and derives the
//! refresh-token MAC key). Keys that somebody copied from a manual are refused (attack OP-09).

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::{FromText, must_be};
use crate::secret::SecretKey;
use crate::settings::kind::Kind;

/// Both alphabets, with or without padding: what `openssl rand -base64 32` and others print.
const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

impl FromText for SecretKey {
    fn from_text(text: &str, kind: &Kind) -> Result<Self, String> {
        let alphabet = if text.contains(['-', '_']) {
            URL_SAFE
        } else {
            STANDARD
        };
        let bytes = GeneralPurpose::new(&alphabet, LENIENT)
            .decode(text)
            .map(Zeroizing::new)
            .map_err(|_| must_be(kind))?;
        let key: [u8; 32] = bytes.as_slice().try_into().map_err(|_| must_be(kind))?;
        // 32 random bytes have about 30 different values; fewer than 8 means nobody drew them.
        let different: std::collections::HashSet<u8> = key.into_iter().collect();
        if different.len() < 8 {
            return Err(format!(
                "{}, and random: this one is a pattern",
                must_be(kind)
            ));
        }
        Ok(Self::new(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: Kind = Kind::Text("32 bytes in base64");

    #[test]
    fn both_alphabets_are_read_with_and_without_padding() {
        for text in [
            "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=",
            "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA",
            "-_IDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA",
        ] {
            assert!(SecretKey::from_text(text, &KIND).is_ok(), "{text}");
        }
    }

    /// OP-09: short keys and sample keys do not start a server.
    #[test]
    fn op_09_short_and_patterned_keys_are_refused_without_being_repeated() {
        for text in [
            "",
            "c2hvcnQ=",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            "changeme-changeme-changeme-chang!",
        ] {
            let error = SecretKey::from_text(text, &KIND).unwrap_err();
            assert!(text.is_empty() || !error.contains(text), "{error}");
        }
    }
}
