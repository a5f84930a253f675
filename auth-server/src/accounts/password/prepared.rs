//! A password as it is hashed: whole, composed (NFC), never cut (matrix NP-03, NP-06, NP-12).

use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};
use zeroize::Zeroizing;

use crate::secret::Secret;

/// Longest password, in code points (matrix NP-03).
pub(crate) const MAX_CHARS: usize = 256;

/// No text of [`MAX_CHARS`] code points is longer, even when each came as a few combining marks.
const MAX_RAW_BYTES: usize = 16 * MAX_CHARS;

/// Longer than any password we store. It is not hashed (attack CR-06).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the password is longer than {MAX_CHARS} characters")]
pub(crate) struct OversizedPassword;

/// A password in NFC, wiped on drop.
#[derive(Clone)]
pub(crate) struct Prepared(Zeroizing<String>);

impl Prepared {
    /// Composes the text. Costs no hash.
    ///
    /// # Errors
    /// [`OversizedPassword`]: it is never cut to fit.
    pub(crate) fn new(password: &Secret) -> Result<Self, OversizedPassword> {
        let text = password.expose();
        if text.len() > MAX_RAW_BYTES {
            return Err(OversizedPassword);
        }
        let composed = if is_nfc_quick(text.chars()) == IsNormalized::Yes {
            text.to_owned()
        } else {
            // NFC triples the bytes at most (UAX #15 §9): allocated once, so no copy stays behind.
            let mut composed = String::with_capacity(3 * text.len());
            composed.extend(text.nfc());
            composed
        };
        let prepared = Self(Zeroizing::new(composed));
        if prepared.chars() > MAX_CHARS {
            Err(OversizedPassword)
        } else {
            Ok(prepared)
        }
    }

    /// The composed text.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// Its length in code points.
    pub(crate) fn chars(&self) -> usize {
        self.0.chars().count()
    }
}

impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[hidden]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(text: &str) -> Result<String, OversizedPassword> {
        Prepared::new(&Secret::new(text)).map(|prepared| prepared.text().to_owned())
    }

    /// NP-06: both spellings of é are one password.
    #[test]
    fn np_06_composed_and_decomposed_are_the_same() {
        assert_eq!(prepared("caf\u{e9}"), prepared("cafe\u{301}"));
        assert_ne!(prepared("cafe"), prepared("caf\u{e9}"));
    }

    /// NP-06: compatibility forms stay what they are; NFC is not NFKC.
    #[test]
    fn np_06_a_ligature_is_not_two_letters() {
        assert_ne!(prepared("ﬁn"), prepared("fin"));
    }

    /// NP-03: 256 code points, whatever their bytes; one more is an error.
    #[test]
    fn np_03_two_hundred_fifty_six_code_points_fit() {
        for text in ["a", "é", "e\u{301}", "🦆"] {
            assert!(prepared(&text.repeat(256)).is_ok(), "{text}");
            assert_eq!(
                prepared(&text.repeat(257)),
                Err(OversizedPassword),
                "{text}"
            );
        }
    }

    /// PW-10: octets survive as they are, spaces and signs included.
    #[test]
    fn pw_10_nothing_is_trimmed_or_replaced() {
        assert_eq!(prepared(" p+a&b%20 ü ").unwrap(), " p+a&b%20 ü ");
    }
}
