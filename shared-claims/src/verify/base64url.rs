//! base64url as JOSE writes it (RFC 7515 §2): URL-safe alphabet, no padding, no line breaks.
//!
//! Exactly one text stands for each byte string: unused trailing bits must be zero. Otherwise a
//! token could be respelled and slip past whatever is keyed by its text.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// The bytes, or `None` when the text is not their one canonical spelling.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// JV-16
    #[test]
    fn other_spellings_are_refused() {
        assert_eq!(decode("-_8").as_deref(), Some(&[0xfb, 0xff][..]));
        for text in [
            "-_8=", "+/8", "-_8\n", " -_8", "-_8 ", "-_9", "-\n_8", "A", "-_8.",
        ] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_decodes_has_no_second_spelling(text in "[A-Za-z0-9_-]{0,24}") {
            if let Some(bytes) = decode(&text) {
                prop_assert_eq!(URL_SAFE_NO_PAD.encode(bytes), text);
            }
        }
    }
}
