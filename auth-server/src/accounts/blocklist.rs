//! What attackers try first: common passwords, names, repetitions, runs of keys (matrix NP-10).
//!
//! The whole password is compared, after folding case, look-alike digits and punctuation; digits at
//! both ends do not count. Two listed words joined are as guessable as one.

use std::collections::HashSet;

use super::login_name::fold;

/// The embedded list; the header of the file says where it comes from.
const COMMON: &str = include_str!("common_passwords.txt");

/// Rows of keys and characters along which fingers slide.
const RUNS: [&str; 6] = [
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
    "01234567890123456789012345678901234567890",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
];

/// Shorter pieces of names than this are not worth a refusal.
const MIN_TERM: usize = 4;

/// What was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Match {
    Common,
    Expected,
    Repeats,
    Sequence,
}

/// The lists, ready to compare.
#[derive(Debug)]
pub(super) struct Blocklist {
    common: HashSet<&'static str>,
    service: HashSet<String>,
}

impl Blocklist {
    pub(super) fn new(service_names: &[String]) -> Self {
        let common = COMMON
            .lines()
            .filter(|line| !line.starts_with('#'))
            .collect();
        let service = service_names.iter().flat_map(|name| terms(name)).collect();
        Self { common, service }
    }

    /// Compares a password of somebody known by `names`.
    ///
    /// A repeated piece of at least `min_length` characters would be a password by itself.
    pub(super) fn find(&self, password: &str, names: &[&str], min_length: usize) -> Option<Match> {
        let folded = squeeze(password);
        // Nothing but punctuation or symbols: no list knows it.
        if folded.is_empty() {
            return None;
        }
        if period(&fold(password)).is_some_and(|length| length < min_length) {
            return Some(Match::Repeats);
        }
        let personal: HashSet<String> = names.iter().flat_map(|name| terms(name)).collect();
        let is_run = |text: &str| {
            let backwards: String = text.chars().rev().collect();
            RUNS.iter()
                .any(|run| run.contains(text) || run.contains(&backwards))
        };
        if is_run(&folded) {
            return Some(Match::Sequence);
        }
        for text in [folded.clone(), undisguise(&folded)] {
            let core = text.trim_matches(|c: char| c.is_ascii_digit());
            let is_expected = |part: &str| personal.contains(part) || self.service.contains(part);
            let is_common = |part: &str| self.common.contains(part);
            if is_expected(core)
                || joined(core, is_expected, |part| {
                    is_expected(part) || is_common(part)
                })
            {
                return Some(Match::Expected);
            }
            if is_common(core) || joined(core, is_common, is_common) {
                return Some(Match::Common);
            }
        }
        None
    }
}

/// Folded letters and digits only.
fn squeeze(text: &str) -> String {
    fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Digits that stand for letters, between letters: `p4ssw0rd`.
fn undisguise(folded: &str) -> String {
    let core = folded.trim_matches(|c: char| c.is_ascii_digit());
    core.chars()
        .map(|c| match c {
            '0' => 'o',
            '1' => 'i',
            '3' => 'e',
            '4' => 'a',
            '5' => 's',
            '7' => 't',
            other => other,
        })
        .collect()
}

/// The whole name, its parts, and the whole without what follows an `@`.
fn terms(name: &str) -> Vec<String> {
    let local = name.split('@').next().unwrap_or_default();
    let parts = name.split(|c: char| !c.is_alphanumeric());
    [name, local]
        .into_iter()
        .chain(parts)
        .map(squeeze)
        .filter(|term| term.chars().count() >= MIN_TERM)
        .collect()
}

/// True when the text is two parts, digits between them aside, that `one` and `other` know, in
/// either order.
fn joined(text: &str, one: impl Fn(&str) -> bool, other: impl Fn(&str) -> bool) -> bool {
    text.char_indices().skip(1).any(|(cut, _)| {
        let (first, second) = text.split_at(cut);
        let first = first.trim_end_matches(|c: char| c.is_ascii_digit());
        let second = second.trim_start_matches(|c: char| c.is_ascii_digit());
        (one(first) && other(second)) || (other(first) && one(second))
    })
}

/// Length of the shortest piece that fills the text by repetition; the last one may be cut.
fn period(text: &str) -> Option<usize> {
    let chars: Vec<char> = text.chars().collect();
    (1..=chars.len() / 2).find(|&length| {
        chars
            .iter()
            .zip(chars.iter().skip(length))
            .all(|(a, b)| a == b)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_folded_and_without_digits_at_the_ends() {
        let lines: Vec<&str> = COMMON
            .lines()
            .filter(|line| !line.starts_with('#'))
            .collect();
        assert!(lines.len() > 2_000);
        assert!(lines.is_sorted());
        for line in lines {
            assert_eq!(
                squeeze(line).trim_matches(|c: char| c.is_ascii_digit()),
                line
            );
        }
    }

    #[test]
    fn the_period_of_a_text_is_its_shortest_repeating_piece() {
        for (text, expected) in [
            ("aaaa", Some(1)),
            ("abab", Some(2)),
            ("ababa", Some(2)),
            ("abcabd", None),
            ("", None),
        ] {
            assert_eq!(period(text), expected, "{text}");
        }
    }
}
