//! Which new passwords are accepted (NIST SP 800-63B-4 §3.1.1.2; matrix NP-01 to NP-12).
//!
//! Length counts, composition does not. The whole password is compared with what attackers try
//! first; a listed word inside a longer sentence is fine. Every refusal says why, in words.

use super::blocklist::{Blocklist, Match};
use super::password::{MAX_CHARS, Prepared};
use crate::secret::Secret;

/// What an installation may choose.
#[derive(Debug, Clone)]
pub struct RulesPolicy {
    /// Fewest code points; 15 where the password is the only factor (matrix NP-01).
    pub min_length: usize,
    /// Names of the service, refused as passwords (matrix NP-10): product name, host names.
    pub service_names: Vec<String>,
}

impl Default for RulesPolicy {
    fn default() -> Self {
        Self {
            min_length: 15,
            service_names: vec!["chancery".to_owned()],
        }
    }
}

/// Why a password cannot be set. The text is for the person who chose it (matrix NP-11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordProblem {
    /// Fewer code points than the minimum (matrix NP-01, NP-05).
    #[error(
        "the password has {found} characters; it needs at least {needed}. A sentence of a few words is easy to remember"
    )]
    TooShort {
        /// Code points found.
        found: usize,
        /// Code points needed.
        needed: usize,
    },
    /// More than 256 code points (matrix NP-03).
    #[error("the password is longer than {MAX_CHARS} characters")]
    TooLong,
    /// One of the first that attackers try (matrix NP-10).
    #[error(
        "the password is one of those that attackers try first: common passwords, joined or with digits. Choose another, for example a sentence of unrelated words"
    )]
    Common,
    /// The name of the person, of the account or of the service (matrix NP-10).
    #[error(
        "the password is made of your name, your account or the name of this service. Choose another, for example a sentence of unrelated words"
    )]
    Expected,
    /// A short piece over and over.
    #[error(
        "the password repeats a short piece. Choose another, for example a sentence of unrelated words"
    )]
    Repeats,
    /// A run along the alphabet, the digits or the keyboard.
    #[error(
        "the password follows the alphabet, the digits or the keys. Choose another, for example a sentence of unrelated words"
    )]
    Sequence,
    /// It has to be changed, and was not (matrix NP-18).
    #[error("the new password is the old one. Choose another")]
    Unchanged,
}

/// The rules, with the list of common passwords in memory.
#[derive(Debug)]
pub(super) struct PasswordRules {
    policy: RulesPolicy,
    blocklist: Blocklist,
}

impl PasswordRules {
    /// Loads the embedded list.
    pub(super) fn new(policy: RulesPolicy) -> Self {
        let blocklist = Blocklist::new(&policy.service_names);
        Self { policy, blocklist }
    }

    /// Judges a new password of somebody who is known by `names` (user name, e-mail, full name).
    ///
    /// # Errors
    /// The first rule it breaks.
    pub(super) fn check(&self, password: &Secret, names: &[&str]) -> Result<(), PasswordProblem> {
        let prepared = Prepared::new(password).map_err(|_| PasswordProblem::TooLong)?;
        let found = prepared.chars();
        if found < self.policy.min_length {
            return Err(PasswordProblem::TooShort {
                found,
                needed: self.policy.min_length,
            });
        }
        match self
            .blocklist
            .find(prepared.text(), names, self.policy.min_length)
        {
            None => Ok(()),
            Some(Match::Common) => Err(PasswordProblem::Common),
            Some(Match::Expected) => Err(PasswordProblem::Expected),
            Some(Match::Repeats) => Err(PasswordProblem::Repeats),
            Some(Match::Sequence) => Err(PasswordProblem::Sequence),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(password: &str) -> Result<(), PasswordProblem> {
        let policy = RulesPolicy {
            service_names: vec!["chancery".to_owned(), "auth.example.com".to_owned()],
            ..RulesPolicy::default()
        };
        let names = ["grace.hopper@navy.example", "Grace Hopper"];
        PasswordRules::new(policy).check(&Secret::new(password), &names)
    }

    /// NP-01, NP-05: code points count, not bytes; an emoji is one.
    #[test]
    fn np_01_fifteen_code_points_are_enough_and_fourteen_are_not() {
        let short = PasswordProblem::TooShort {
            found: 14,
            needed: 15,
        };
        assert_eq!(check("blaue möwe im f"), Ok(()));
        assert_eq!(check("blaue möwe im "), Err(short));
        assert_eq!(check("🦆🐎🔋📎🌍🦀🎻🧊🛰🪐🧭🪁🫐🧵"), Err(short));
        assert_eq!(check("🦆🐎🔋📎🌍🦀🎻🧊🛰🪐🧭🪁🫐🧵🪵"), Ok(()));
    }

    /// NP-03, NP-04, NP-07: long ones, spaces, any script, no composition rules.
    #[test]
    fn np_03_np_04_np_07_length_and_script_are_free() {
        assert_eq!(check("kvzhwpqrtmbndgx"), Ok(()));
        assert_eq!(check(&"vier Enten rudern leise ".repeat(3)[..64]), Ok(()));
        assert_eq!(check("Пять синих уток летят"), Ok(()));
        let long: String = ('a'..='z').cycle().step_by(7).take(256).collect();
        assert_eq!(check(&long), Ok(()));
        assert_eq!(check(&format!("{long}x")), Err(PasswordProblem::TooLong));
        assert_eq!(check(&"x".repeat(1 << 20)), Err(PasswordProblem::TooLong));
    }

    /// NP-10: common ones, doubled, joined, dressed up with digits and capitals.
    #[test]
    fn np_10_common_and_repeated_passwords_are_refused() {
        use PasswordProblem::{Common, Repeats, Sequence};
        for (password, problem) in [
            ("passwordpassword", Repeats),
            ("abcabcabcabcabcabc", Repeats),
            ("aaaaaaaaaaaaaaaaaaaa", Repeats),
            ("MasterPassword2024!", Common),
            ("P4ssw0rd-Dragon-1", Common),
            ("correcthorsebatterystaple", Common),
            ("Correct Horse Battery Staple", Common),
            ("123456789012345678", Sequence),
            ("abcdefghijklmnopqrst", Sequence),
            ("qwertyuiopasdfghjkl;", Sequence),
            ("zyxwvutsrqponmlk", Sequence),
        ] {
            assert_eq!(check(password), Err(problem), "{password}");
        }
    }

    /// NP-10: service name, user name and what is made of them.
    #[test]
    fn np_10_names_and_what_is_made_of_them_are_refused() {
        for password in [
            "grace.hopper@navy.example",
            "GraceHopper1906",
            "graceh0pper-2024!",
            "chanceryexample1",
            "auth.example.com",
            "hopper-chancery-99",
            "chancery password",
        ] {
            assert_eq!(
                check(password),
                Err(PasswordProblem::Expected),
                "{password}"
            );
        }
    }

    /// NP-10: a listed word inside a passphrase is no reason to refuse.
    #[test]
    fn np_10_a_passphrase_with_a_listed_word_passes() {
        for password in [
            "my dragon eats monkey soup",
            "hopper rides a purple whale",
            "demo-password-1",
        ] {
            assert_eq!(check(password), Ok(()), "{password}");
        }
    }

    /// NP-11: the text names the rule and offers a way out.
    #[test]
    fn np_11_a_refusal_says_which_rule_and_what_to_do() {
        let text = check("passwordpassword").unwrap_err().to_string();
        assert!(
            text.contains("repeats") && text.contains("Choose another"),
            "{text}"
        );
        assert!(
            check("short")
                .unwrap_err()
                .to_string()
                .contains("at least 15")
        );
    }
}
