//! The claim `roles`: an array of role names (RFC 9068 §2.2.3.1).
//!
//! RFC 9068 points to the SCIM attribute of the same name (RFC 7643 §4.1.2), whose values are
//! objects; other servers write them so. Reading therefore also takes `{"value": "recruiter"}`.

use std::{collections::BTreeSet, fmt};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, MapAccess, SeqAccess, value::MapAccessDeserializer},
};

use crate::Role;

/// Roles in alphabetical order, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Roles(BTreeSet<Role>);

impl Roles {
    /// Whether the role is held, compared as exact strings.
    #[must_use]
    pub fn contains(&self, role: &str) -> bool {
        self.0.iter().any(|held| held.as_str() == role)
    }

    /// Whether no role is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The roles in alphabetical order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Role> {
        self.0.iter()
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        Self(roles.into_iter().collect())
    }
}

impl<'de> Deserialize<'de> for Roles {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Entries)
    }
}

struct Entries;

impl<'de> de::Visitor<'de> for Entries {
    type Value = Roles;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of role names")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Roles, A::Error> {
        let mut roles = BTreeSet::new();
        while let Some(Entry(role)) = seq.next_element()? {
            roles.insert(role);
        }
        Ok(Roles(roles))
    }
}

/// A name, or the SCIM object that holds one.
struct Entry(Role);

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NameOrObject)
    }
}

#[derive(Deserialize)]
struct ScimValue {
    value: Role,
}

struct NameOrObject;

impl<'de> de::Visitor<'de> for NameOrObject {
    type Value = Entry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a role name or an object with the member `value`")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Entry, E> {
        Role::parse(name).map(Entry).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Entry, A::Error> {
        ScimValue::deserialize(MapAccessDeserializer::new(map)).map(|scim| Entry(scim.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Roles, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// AT-07
    #[test]
    fn names_and_scim_objects_are_read() {
        let expected = Roles::from_iter([Role::ADMIN, Role::RECRUITER]);
        assert_eq!(read(r#"["recruiter","admin"]"#).unwrap(), expected);
        assert_eq!(
            read(r#"[{"value":"recruiter","primary":true},{"value":"admin"}]"#).unwrap(),
            expected
        );
        assert_eq!(
            read(r#"["recruiter",{"value":"admin"},"admin"]"#).unwrap(),
            expected
        );
    }

    /// AT-07
    #[test]
    fn roles_are_written_as_an_array_of_strings() {
        let roles = Roles::from_iter([Role::RECRUITER, Role::ADMIN]);
        assert_eq!(
            serde_json::to_string(&roles).unwrap(),
            r#"["admin","recruiter"]"#
        );
        assert_eq!(serde_json::to_string(&Roles::default()).unwrap(), "[]");
    }

    #[test]
    fn every_other_type_is_refused() {
        for text in [
            r#""admin""#,
            r#"{"value":"admin"}"#,
            "[5]",
            "[null]",
            r#"[""]"#,
            r#"[["admin"]]"#,
            r#"[{"name":"admin"}]"#,
            r#"[{"value":5}]"#,
            "null",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
