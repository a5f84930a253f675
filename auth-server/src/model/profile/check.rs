//! What the value of a standard claim looks like (OpenID Connect Core 1.0 §5.1, §5.1.1; matrix OC-50).

use serde_json::Value;
use url::Url;

/// More characters than any name has.
const MAX_TEXT: usize = 256;
const MAX_URL: usize = 2048;
/// Members of `address` (Core §5.1.1).
const ADDRESS: [&str; 6] = [
    "formatted",
    "street_address",
    "locality",
    "region",
    "postal_code",
    "country",
];
/// Members of `address` that may have several lines (Core §5.1.1).
const SEVERAL_LINES: [&str; 2] = ["formatted", "street_address"];

/// What a text has to be.
pub(super) const TEXT: &str = "a text on one line, of at most 256 characters";

/// The form of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Url,
    Birthdate,
    Zone,
    Locale,
    Phone,
    Flag,
    Address,
}

impl Kind {
    /// Judges a value. The error says what it has to be.
    pub(super) fn check(self, value: &Value) -> Result<(), &'static str> {
        let text = || value.as_str().unwrap_or_default();
        let (is_fine, wanted) = match self {
            Self::Text => (is_line(text()), TEXT),
            Self::Url => (is_url(text()), "an http or https URL"),
            Self::Birthdate => (
                is_birthdate(text()),
                "a date as YYYY-MM-DD, as 0000-MM-DD without the year, or a year as YYYY",
            ),
            Self::Zone => (
                is_zone(text()),
                "a time zone of the IANA database, such as Europe/Vienna",
            ),
            Self::Locale => (
                is_language_tag(text()),
                "a language tag (BCP 47), such as de-AT",
            ),
            Self::Phone => (
                is_phone(text()),
                "a telephone number as E.164 has it, such as +4315550100",
            ),
            Self::Flag => (value.is_boolean(), "true or false"),
            Self::Address => (
                is_address(value),
                "an object with one or more of formatted, street_address, locality, region, \
                 postal_code and country, each a text",
            ),
        };
        if is_fine { Ok(()) } else { Err(wanted) }
    }
}

/// An address as RFC 5322 §3.4.1 has it, without quotes and comments; letters of any language
/// (RFC 6532).
pub(super) fn is_email(text: &str) -> bool {
    let is_atom = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c))
    };
    let is_label = |part: &str| {
        !part.is_empty()
            && part.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    text.split_once('@').is_some_and(|(local, domain)| {
        local.len() <= 64
            && text.len() <= 254
            && local.split('.').all(is_atom)
            && domain.split('.').all(is_label)
    })
}

/// Something to read on one line. Control characters would reach terminals and logs of others.
pub(super) fn is_line(text: &str) -> bool {
    !text.trim().is_empty()
        && text.chars().count() <= MAX_TEXT
        && !text.chars().any(char::is_control)
}

/// A web address: a scheme such as `javascript:` would run where an application links to it.
fn is_url(text: &str) -> bool {
    text.len() <= MAX_URL
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
        && Url::parse(text).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.has_host()
                && url.username().is_empty()
                && url.password().is_none()
        })
}

fn is_birthdate(text: &str) -> bool {
    let digits =
        |part: &str, count| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = text.split('-').collect();
    match parts.as_slice() {
        [year] => digits(year, 4) && *year != "0000",
        [year, month, day] if digits(year, 4) && digits(month, 2) && digits(day, 2) => {
            // A leap year, where none is told: somebody was born on 29 February.
            let year = if *year == "0000" { "2000" } else { year };
            let (Ok(year), Ok(month), Ok(day)) = (year.parse(), month.parse(), day.parse()) else {
                return false;
            };
            chrono::NaiveDate::from_ymd_opt(year, month, day).is_some()
        }
        _ => false,
    }
}

/// The syntax of zone names; the database itself changes several times a year.
fn is_zone(text: &str) -> bool {
    let is_part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic())
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'+'))
    };
    text.len() <= 64 && (1..=3).contains(&text.split('/').count()) && text.split('/').all(is_part)
}

/// A well-formed language tag in its usual shape: language, script, region, variants, extensions
/// (RFC 5646 §2.1).
pub(super) fn is_language_tag(text: &str) -> bool {
    let is_word = |part: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    let mut parts = text.split('-');
    let language = parts.next().unwrap_or_default();
    let is_language = is_word(language, 2..=8) && language.bytes().all(|b| b.is_ascii_alphabetic());
    let rest: Vec<&str> = parts.collect();
    // A single character opens an extension, which needs something in it.
    let is_rest = rest.iter().all(|part| is_word(part, 1..=8))
        && rest.last().is_none_or(|last| last.len() > 1)
        && rest
            .windows(2)
            .all(|pair| pair.iter().any(|part| part.len() > 1));
    text.len() <= 64 && is_language && is_rest
}

/// `+` and 2 to 15 digits, perhaps an extension (Core §5.1, E.164, RFC 3966 §3).
fn is_phone(text: &str) -> bool {
    let is_digits = |part: &str, most: usize| {
        (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
    };
    let (number, extension) = match text.split_once(";ext=") {
        None => (text, None),
        Some((number, extension)) => (number, Some(extension)),
    };
    let is_number = number.strip_prefix('+').is_some_and(|digits| {
        digits.len() > 1 && is_digits(digits, 15) && !digits.starts_with('0')
    });
    is_number && extension.is_none_or(|extension| is_digits(extension, 8))
}

fn is_address(value: &Value) -> bool {
    let Some(members) = value.as_object() else {
        return false;
    };
    let is_fine = |(name, value): (&String, &Value)| {
        let Some(text) = value.as_str() else {
            return false;
        };
        if SEVERAL_LINES.contains(&name.as_str()) {
            let mut lines = text.split('\n');
            text.chars().count() <= MAX_TEXT
                && lines.all(|line| is_line(line.strip_suffix('\r').unwrap_or(line)))
        } else {
            ADDRESS.contains(&name.as_str()) && is_line(text)
        }
    };
    !members.is_empty() && members.iter().all(is_fine)
}
