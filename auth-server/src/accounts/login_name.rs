//! One account, one name: every spelling of a login name leads to the same canonical key
//! (attack CR-08), by compatibility composition and caseless matching (Unicode §3.13, D145).
//!
//! Invisible and directional characters are refused: they make two names look alike.

use unicode_normalization::UnicodeNormalization as _;

/// What the databases index: 191 characters fit in every engine's key.
const MAX_CHARS: usize = 191;
/// And no more than this in UTF-8.
const MAX_BYTES: usize = 255;

/// Ranges of characters that show nothing or turn the text around (Unicode categories Cf and
/// others that are ignored in display). Control characters are refused beside these.
const INVISIBLE: &[(char, char)] = &[
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{2028}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
];

/// A user name or e-mail address that may stand for an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginName {
    spelled: String,
    canonical: String,
}

/// Why a text is no login name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LoginNameError {
    /// Nothing but white space.
    #[error("the name is empty")]
    Empty,
    /// Over 191 characters or 255 bytes.
    #[error("the name is longer than 191 characters or 255 bytes")]
    TooLong,
    /// A control, invisible or directional character.
    #[error("the name contains a control or an invisible character")]
    Invisible,
}

impl LoginName {
    /// Checks a name and finds its canonical form.
    ///
    /// # Errors
    /// [`LoginNameError`], in words.
    pub fn parse(text: &str) -> Result<Self, LoginNameError> {
        // The canonical form of a long text costs time; nothing this long can become short enough.
        if text.len() > 4 * MAX_BYTES {
            return Err(LoginNameError::TooLong);
        }
        let spelled = text.trim();
        if spelled.chars().any(is_hidden) {
            return Err(LoginNameError::Invisible);
        }
        let canonical = fold(spelled);
        if canonical.is_empty() {
            return Err(LoginNameError::Empty);
        }
        let fits = |text: &str| text.len() <= MAX_BYTES && text.chars().count() <= MAX_CHARS;
        if !fits(spelled) || !fits(&canonical) {
            return Err(LoginNameError::TooLong);
        }
        Ok(Self {
            spelled: spelled.to_owned(),
            canonical,
        })
    }

    /// The key under which the account is stored and found.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// As it was typed, without the white space around it.
    pub fn spelled(&self) -> &str {
        &self.spelled
    }
}

/// NFKC, then caseless, then NFKC again because folding may leave a text that is not composed.
///
/// Upper case first makes `ß` and `ss`, `ς` and `σ`, `ı` and `i` one, as full case folding does
/// (the last more than it: a collision refused is better than two accounts that look alike).
pub(super) fn fold(text: &str) -> String {
    let caseless = |text: String| -> String {
        text.chars()
            .flat_map(char::to_uppercase)
            .flat_map(char::to_lowercase)
            .collect()
    };
    let once: String = caseless(text.nfkc().collect());
    let twice: String = caseless(once.nfkc().collect());
    twice.nfkc().collect::<String>().trim().to_owned()
}

fn is_hidden(c: char) -> bool {
    c.is_control()
        || INVISIBLE
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&c))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn canonical(text: &str) -> String {
        LoginName::parse(text).unwrap().canonical().to_owned()
    }

    /// CR-08: upper case, spaces around, full width, ligatures, composed and decomposed.
    #[test]
    fn cr_08_every_spelling_leads_to_one_account() {
        for (one, other) in [
            ("admin", "ADMIN"),
            ("admin@example.com", " Admin@Example.COM "),
            ("admin", "ａｄｍｉｎ"),
            ("fin", "ﬁn"),
            ("jos\u{e9}", "jose\u{301}"),
            ("straße", "STRASSE"),
            ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"),
            ("kelvin", "\u{212a}elvin"),
            ("a b", "a\u{a0}b"),
        ] {
            assert_eq!(canonical(one), canonical(other), "{one} {other}");
        }
        assert_ne!(canonical("admin"), canonical("admín"));
    }

    /// CR-08: what cannot be seen cannot tell accounts apart.
    #[test]
    fn cr_08_invisible_and_directional_characters_are_refused() {
        for text in [
            "ad\u{200b}min",
            "\u{202e}nimda",
            "a\0b",
            "a\nb",
            "admin\u{feff}",
            "a\u{e0061}",
        ] {
            assert_eq!(
                LoginName::parse(text),
                Err(LoginNameError::Invisible),
                "{text:?}"
            );
        }
    }

    #[test]
    fn empty_and_long_names_are_refused() {
        assert_eq!(LoginName::parse(" \u{3000}"), Err(LoginNameError::Empty));
        assert!(LoginName::parse(&"a".repeat(191)).is_ok());
        for text in [
            "a".repeat(192),
            "é".repeat(128),
            "\u{fdfa}".repeat(30),
            "a".repeat(1 << 20),
        ] {
            assert_eq!(LoginName::parse(&text), Err(LoginNameError::TooLong));
        }
    }

    #[test]
    fn the_spelling_is_kept_for_display() {
        assert_eq!(
            LoginName::parse(" Ada@Example.com ").unwrap().spelled(),
            "Ada@Example.com"
        );
    }

    proptest! {
        #[test]
        fn the_canonical_form_is_its_own_canonical_form(text in "\\PC{1,40}") {
            if let Ok(name) = LoginName::parse(&text) {
                let again = LoginName::parse(name.canonical()).unwrap();
                prop_assert_eq!(again.canonical(), name.canonical());
            }
        }

        #[test]
        fn case_never_makes_another_account(text in "\\PC{1,40}") {
            if let (Ok(name), Ok(upper)) =
                (LoginName::parse(&text), LoginName::parse(&text.to_uppercase()))
            {
                prop_assert_eq!(name.canonical(), upper.canonical());
            }
        }
    }
}
