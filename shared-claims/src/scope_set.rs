//! The claim and parameter `scope`: a list of scopes in one string (RFC 6749 §3.3).
//!
//! The order carries no meaning there, so it carries none here: the set is kept sorted, two sets
//! are equal when they grant the same, and the same set is always written the same way.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{Scope, ScopeError};

/// Scopes, each once, written sorted and separated by one space.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopeSet(BTreeSet<Scope>);

impl ScopeSet {
    /// Reads a list. Stricter than splitting at white space: one space, no other separator, none at
    /// the ends. The empty string is the empty set: it grants nothing.
    pub fn parse(text: &str) -> Result<Self, ScopeError> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        text.split(' ')
            .map(Scope::parse)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether the scope is in the set, compared as exact strings.
    #[must_use]
    pub fn contains(&self, scope: &str) -> bool {
        self.0.iter().any(|granted| granted.as_str() == scope)
    }

    /// Whether everything in `self` is also in `other`.
    #[must_use]
    pub fn is_subset(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }

    /// Whether the set grants nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many scopes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The scopes in alphabetical order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Scope> {
        self.0.iter()
    }
}

impl FromIterator<Scope> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl IntoIterator for ScopeSet {
    type Item = Scope;
    type IntoIter = std::collections::btree_set::IntoIter<Scope>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl FromStr for ScopeSet {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Self, ScopeError> {
        Self::parse(text)
    }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, scope) in self.0.iter().enumerate() {
            if position > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope.as_str())?;
        }
        Ok(())
    }
}

impl Serialize for ScopeSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ScopeSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(List)
    }
}

struct List;

impl de::Visitor<'_> for List {
    type Value = ScopeSet;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("scopes separated by one space each")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<ScopeSet, E> {
        ScopeSet::parse(text).map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn order_and_repetition_make_no_difference() {
        let set = ScopeSet::parse("jobs:write jobs:read jobs:write").unwrap();
        assert_eq!(set, ScopeSet::parse("jobs:read jobs:write").unwrap());
        assert_eq!(set.to_string(), "jobs:read jobs:write");
        assert_eq!(set.len(), 2);
    }

    #[test]
    fn separators_other_than_one_space_are_refused() {
        for text in [
            " ", " a", "a ", "a  b", "a\tb", "a\nb", "a,\"b\"", "a\u{a0}b",
        ] {
            assert!(ScopeSet::parse(text).is_err(), "{text:?}");
        }
        assert!(ScopeSet::parse("").unwrap().is_empty());
    }

    #[test]
    fn a_scope_is_not_found_by_a_part_of_its_name() {
        let set = ScopeSet::parse("jobs:read").unwrap();
        assert!(set.contains("jobs:read"));
        assert!(!set.contains("jobs"));
        assert!(!set.contains("jobs:read:all"));
    }

    #[test]
    fn an_array_of_scopes_is_not_the_claim() {
        for text in [r#"["jobs:read"]"#, "5", "null", "{}"] {
            assert!(serde_json::from_str::<ScopeSet>(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(names in prop::collection::vec("[!#-\\[\\]-~]{1,8}", 0..8)) {
            let set: ScopeSet = names.iter().map(|name| Scope::parse(name).unwrap()).collect();
            prop_assert_eq!(ScopeSet::parse(&set.to_string()).unwrap(), set);
        }
    }
}
