//! Whom a token is meant for: one or many resource identifiers (RFC 7519 §4.1.3).

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, SeqAccess},
};

/// One or many identifiers, never none. Written as a string when there is one, else as an array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audience(Vec<String>);

/// An audience has to name somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an audience needs at least one identifier")]
pub struct EmptyAudience;

impl Audience {
    /// The audience that is one identifier.
    #[must_use]
    pub fn one(identifier: impl Into<String>) -> Self {
        Self(vec![identifier.into()])
    }

    /// Whether the identifier is named, compared as exact strings.
    #[must_use]
    pub fn contains(&self, identifier: &str) -> bool {
        self.0.iter().any(|named| named == identifier)
    }

    /// The identifiers in the order of the token.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl TryFrom<Vec<String>> for Audience {
    type Error = EmptyAudience;

    fn try_from(identifiers: Vec<String>) -> Result<Self, EmptyAudience> {
        if identifiers.is_empty() {
            Err(EmptyAudience)
        } else {
            Ok(Self(identifiers))
        }
    }
}

impl Serialize for Audience {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [only] => serializer.serialize_str(only),
            many => many.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Audience {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrMany)
    }
}

struct OneOrMany;

impl<'de> de::Visitor<'de> for OneOrMany {
    type Value = Audience;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or an array of strings")
    }

    fn visit_str<E: de::Error>(self, identifier: &str) -> Result<Audience, E> {
        Ok(Audience::one(identifier))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Audience, A::Error> {
        let mut identifiers = Vec::new();
        while let Some(identifier) = seq.next_element()? {
            identifiers.push(identifier);
        }
        Audience::try_from(identifiers).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_written_as_a_string_and_many_as_an_array() {
        let one = Audience::one("a");
        let many = Audience::try_from(vec!["a".to_owned(), "b".to_owned()]).unwrap();
        assert_eq!(serde_json::to_string(&one).unwrap(), r#""a""#);
        assert_eq!(serde_json::to_string(&many).unwrap(), r#"["a","b"]"#);
    }

    /// AT-16
    #[test]
    fn both_forms_are_read() {
        for text in [r#""ats""#, r#"["ats"]"#, r#"["other","ats"]"#] {
            assert!(
                serde_json::from_str::<Audience>(text)
                    .unwrap()
                    .contains("ats"),
                "{text}"
            );
        }
    }

    /// JV-14
    #[test]
    fn every_other_type_is_refused() {
        for text in [
            "5",
            r#"{"ats":1}"#,
            r#"["ats",5]"#,
            "[]",
            "null",
            "true",
            r#"[["ats"]]"#,
        ] {
            assert!(serde_json::from_str::<Audience>(text).is_err(), "{text}");
        }
    }
}
