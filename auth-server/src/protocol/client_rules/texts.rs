//! Texts for people and programs: short, printable, known members only.

use super::RuleError;
use crate::model::Client;

/// Characters of one text.
const MAX_CHARS: usize = 256;
/// Entries of one list.
const MAX_ENTRIES: usize = 32;
/// Members that may have a language tag (RFC 7591 §2.2).
pub const LOCALIZED: [&str; 5] = [
    "client_name",
    "client_uri",
    "logo_uri",
    "policy_uri",
    "tos_uri",
];

pub(super) fn check(client: &Client) -> Result<(), RuleError> {
    let metadata = &client.metadata;
    text("client_name", &client.name)?;
    list("contacts", &metadata.contacts)?;
    list("default_acr_values", &metadata.default_acr_values)?;
    for (member, value) in [
        ("software_id", &metadata.software_id),
        ("software_version", &metadata.software_version),
    ] {
        value
            .as_deref()
            .map_or(Ok(()), |value| text(member, value))?;
    }
    if metadata.localized.len() > MAX_ENTRIES * LOCALIZED.len() {
        return Err(RuleError::new("client_name", "has too many translations"));
    }
    for (name, value) in &metadata.localized {
        let member = name
            .split_once('#')
            .filter(|(_, tag)| is_tag(tag))
            .and_then(|(member, _)| LOCALIZED.into_iter().find(|known| *known == member))
            .ok_or_else(|| {
                RuleError::of(
                    "client_name",
                    "has a translation that is not named like client_name#de",
                    name,
                )
            })?;
        // URIs are longer than names, and have a rule of their own.
        if member == "client_name" {
            text(member, value)?;
        }
    }
    Ok(())
}

fn list(member: &'static str, values: &[String]) -> Result<(), RuleError> {
    if values.len() > MAX_ENTRIES {
        return Err(RuleError::new(member, "has too many entries"));
    }
    values.iter().try_for_each(|value| text(member, value))
}

fn text(member: &'static str, value: &str) -> Result<(), RuleError> {
    if value.is_empty() || value.chars().count() > MAX_CHARS {
        return Err(RuleError::of(
            member,
            "must have 1 to 256 characters",
            value,
        ));
    }
    if value.chars().any(is_unprintable) {
        return Err(RuleError::of(
            member,
            "has characters that cannot be printed",
            value,
        ));
    }
    if value.chars().all(is_blank) {
        return Err(RuleError::of(member, "must have something to see", value));
    }
    Ok(())
}

/// Control characters, those that turn the direction of what follows, and those that nobody sees (Unicode
/// §5.21, default ignorable): a name must not be able to look like another.
fn is_unprintable(one: char) -> bool {
    one.is_control()
        || matches!(
            one,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
                | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
                | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Spaces of every kind, the empty pattern of Braille, and what only changes the character before it.
fn is_blank(one: char) -> bool {
    one.is_whitespace() || matches!(one, '\u{2800}' | '\u{fe00}'..='\u{fe0f}')
}

/// The shape of a language tag (RFC 5646 §2.1).
fn is_tag(tag: &str) -> bool {
    tag.len() <= 35
        && tag.split('-').all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}
