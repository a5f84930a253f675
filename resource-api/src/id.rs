//! Identifiers of objects: opaque for clients, UUIDs of version 7 inside.

use std::fmt;

use serde::Serialize;
use utoipa::ToSchema;

/// Identifier of a job or an application: 36 characters, lower-case hexadecimal with hyphens.
///
/// Whatever does not look like this never reaches the database, and is simply not found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, example = "0193a5c2-7b1e-7c3d-9f00-0123456789ab")]
pub struct Id(String);

impl Id {
    /// Reads an identifier; `None` when the text cannot be one of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let canonical = text.len() == 36
            && text
                .bytes()
                .enumerate()
                .all(|(position, byte)| match position {
                    8 | 13 | 18 | 23 => byte == b'-',
                    _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
                });
        canonical.then(|| Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<uuid::Uuid> for Id {
    fn from(uuid: uuid::Uuid) -> Self {
        Self(uuid.to_string())
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_canonical_texts_are_identifiers() {
        let good = "0193a5c2-7b1e-7c3d-9f00-0123456789ab";
        assert_eq!(Id::parse(good).unwrap().to_string(), good);
        for bad in [
            "",
            "1",
            "' OR 1=1--",
            &good.to_uppercase(),
            &good[1..],
            &format!("{good}\0"),
        ] {
            assert_eq!(Id::parse(bad), None, "{bad} was accepted");
        }
    }
}
