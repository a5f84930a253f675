//! JSON that means one thing: UTF-8, one object, no member name twice, of bounded shape.
//!
//! Two readers of a duplicate member may see different values (RFC 7519 §4, RFC 8725 §2.4), so a
//! duplicate anywhere ends the token. Names are compared after unescaping: `"rol\u0065s"` is
//! `"roles"`.

use std::{borrow::Cow, cell::Cell, fmt};

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess};

/// Objects and arrays inside one another; the claims in use need three.
const MAX_DEPTH: usize = 16;
/// Members of one object; bounds the comparison of names.
const MAX_MEMBERS: usize = 128;

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// Not JSON, not an object, too deep or too many members.
    Malformed,
    /// A member name occurs twice in one object.
    Duplicate,
}

/// Checks a whole text and returns the names of its outermost members.
pub(super) fn members(text: &str) -> Result<Vec<Cow<'_, str>>, Flaw> {
    let flaw = Cell::new(Flaw::Malformed);
    let mut json = serde_json::Deserializer::from_str(text);
    let names = json
        .deserialize_map(Names {
            flaw: &flaw,
            depth: 1,
        })
        .map_err(|_| flaw.get())?;
    json.end().map_err(|_| Flaw::Malformed)?;
    Ok(names)
}

/// Visits one object and returns its names.
struct Names<'f> {
    flaw: &'f Cell<Flaw>,
    depth: usize,
}

impl<'de> de::Visitor<'de> for Names<'_> {
    type Value = Vec<Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut names = Vec::with_capacity(16);
        while let Some(name) = map.next_key_seed(Name)? {
            if names.contains(&name) {
                self.flaw.set(Flaw::Duplicate);
                return Err(de::Error::custom("duplicate member"));
            }
            if names.len() == MAX_MEMBERS {
                return Err(de::Error::custom("too many members"));
            }
            names.push(name);
            map.next_value_seed(Inside {
                flaw: self.flaw,
                depth: self.depth,
            })?;
        }
        Ok(names)
    }
}

/// A member name, borrowed from the text unless it has escapes.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> de::Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_borrowed_str<E: de::Error>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}

/// Any value at some depth; checks what is inside and keeps nothing.
#[derive(Clone, Copy)]
struct Inside<'f> {
    flaw: &'f Cell<Flaw>,
    depth: usize,
}

impl Inside<'_> {
    fn deeper<E: de::Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return Err(E::custom("too deep"));
        }
        Ok(Self {
            depth: self.depth + 1,
            ..self
        })
    }
}

impl<'de> DeserializeSeed<'de> for Inside<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> de::Visitor<'de> for Inside<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let inside = self.deeper()?;
        while seq.next_element_seed(inside)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let Self { flaw, depth } = self.deeper()?;
        Names { flaw, depth }.visit_map(map).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_outermost_names_are_returned() {
        let names = members(r#"{"a":1,"b":{"a":[{"a":null}]},"\u0063":true}"#).unwrap();
        assert_eq!(names, ["a", "b", "c"]);
    }

    /// JV-08, JB-15
    #[test]
    fn a_duplicate_at_any_depth_and_in_any_spelling_is_found() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"{"roles":["candidate"],"rol\u0065s":["admin"]}"#,
            r#"{"a":{"b":1,"b":2}}"#,
            r#"{"a":[[{"b":1,"c":2,"b":3}]]}"#,
        ] {
            assert_eq!(members(text), Err(Flaw::Duplicate), "{text}");
        }
    }

    #[test]
    fn what_is_not_one_object_is_malformed() {
        for text in [
            "",
            "1",
            "[]",
            "null",
            "\"a\"",
            "{}{}",
            "{} x",
            "{",
            r#"{"a":}"#,
            "{a:1}",
        ] {
            assert_eq!(members(text), Err(Flaw::Malformed), "{text}");
        }
        for text in [
            "\u{feff}{}",
            r#"{"a":"\ud800"}"#,
            r#"{"a":1e999}"#,
            r#"{"a":NaN}"#,
        ] {
            assert_eq!(members(text), Err(Flaw::Malformed), "{text}");
        }
    }

    #[test]
    fn depth_and_members_are_bounded() {
        let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert!(members(&nested(MAX_DEPTH - 1)).is_ok());
        assert_eq!(members(&nested(MAX_DEPTH)), Err(Flaw::Malformed));
        let wide = |count: usize| {
            let members: Vec<String> = (0..count).map(|n| format!("\"{n}\":{n}")).collect();
            format!("{{{}}}", members.join(","))
        };
        assert!(members(&wide(MAX_MEMBERS)).is_ok());
        assert_eq!(members(&wide(MAX_MEMBERS + 1)), Err(Flaw::Malformed));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,200}") {
            let _ = members(&text);
        }

        #[test]
        fn distinct_names_pass_and_a_repeated_one_does_not(
            names in prop::collection::hash_set("[a-z\"\\\\ü]{1,6}", 1..20), again in any::<prop::sample::Index>()
        ) {
            let names: Vec<String> = names.into_iter().collect();
            let write = |names: &[&String]| {
                let members: Vec<String> =
                    names.iter().map(|name| format!("{}:0", serde_json::to_string(name).unwrap())).collect();
                format!("{{{}}}", members.join(","))
            };
            let mut list: Vec<&String> = names.iter().collect();
            let once = write(&list);
            prop_assert_eq!(members(&once).unwrap(), names.clone());
            list.push(&names[again.index(names.len())]);
            let twice = write(&list);
            prop_assert_eq!(members(&twice), Err(Flaw::Duplicate));
        }
    }
}
