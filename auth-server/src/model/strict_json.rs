//! JSON from strangers that means one thing: one object, no member name twice, of bounded shape.
//!
//! Two readers of a repeated member may see different values (RFC 8259 §4), so a repetition at any
//! depth ends the reading. Names are compared after unescaping.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess};
use serde_json::{Map, Number, Value};

/// How large a text and what is in it may be.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Bytes of the whole text.
    pub bytes: usize,
    /// Objects and arrays inside one another.
    pub depth: usize,
    /// Members of one object, and elements of one array.
    pub entries: usize,
}

/// The text is not JSON, not one object, names a member twice, or is out of bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not one JSON object, or it names a member twice, or it is too large")]
pub struct NotStrict;

/// Reads one object.
///
/// # Errors
/// [`NotStrict`].
pub fn parse(text: &str, bounds: Bounds) -> Result<Map<String, Value>, NotStrict> {
    if text.len() > bounds.bytes {
        return Err(NotStrict);
    }
    let mut json = serde_json::Deserializer::from_str(text);
    let value = Inside { bounds, depth: 0 }
        .deserialize(&mut json)
        .map_err(|_| NotStrict)?;
    json.end().map_err(|_| NotStrict)?;
    match value {
        Value::Object(members) => Ok(members),
        _ => Err(NotStrict),
    }
}

/// Any value, at some depth.
#[derive(Clone, Copy)]
struct Inside {
    bounds: Bounds,
    depth: usize,
}

impl Inside {
    fn deeper<E: de::Error>(self) -> Result<Self, E> {
        if self.depth == self.bounds.depth {
            return Err(E::custom("too deep"));
        }
        Ok(Self {
            depth: self.depth + 1,
            ..self
        })
    }

    fn room<E: de::Error>(self, taken: usize) -> Result<(), E> {
        if taken < self.bounds.entries {
            Ok(())
        } else {
            Err(E::custom("too many entries"))
        }
    }
}

impl<'de> DeserializeSeed<'de> for Inside {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> de::Visitor<'de> for Inside {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("not a number"))?;
        Ok(Value::Number(number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let inside = self.deeper()?;
        let mut elements = Vec::new();
        while let Some(element) = seq.next_element_seed(inside)? {
            self.room(elements.len())?;
            elements.push(element);
        }
        Ok(Value::Array(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let inside = self.deeper()?;
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            self.room(members.len())?;
            if members.contains_key(&name) {
                return Err(de::Error::custom("repeated member"));
            }
            members.insert(name, map.next_value_seed(inside)?);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const BOUNDS: Bounds = Bounds {
        bytes: 400,
        depth: 3,
        entries: 4,
    };

    #[test]
    fn an_object_is_read_as_it_stands() {
        let text = r#"{"a":1,"b":[-1,1.5,null,true],"c":{"d":"\u00fc"}}"#;
        let read = Value::Object(parse(text, BOUNDS).unwrap());
        assert_eq!(
            read,
            json!({"a": 1, "b": [-1, 1.5, null, true], "c": {"d": "ü"}})
        );
    }

    #[test]
    fn a_repeated_member_is_found_at_any_depth_and_in_any_spelling() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"a":[{"b":1,"b":2}]}"#,
        ] {
            assert_eq!(parse(text, BOUNDS), Err(NotStrict), "{text}");
        }
    }

    #[test]
    fn what_is_not_one_object_is_refused() {
        for text in [
            "",
            "1",
            "[]",
            "null",
            "{}{}",
            "{} x",
            "{",
            "{a:1}",
            "{\"a\":1e999}",
        ] {
            assert_eq!(parse(text, BOUNDS), Err(NotStrict), "{text}");
        }
    }

    #[test]
    fn size_depth_and_number_are_bounded() {
        let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(&nested(2), BOUNDS).is_ok());
        assert!(parse(&nested(3), BOUNDS).is_err());
        let wide = |count: usize| format!("{{\"a\":[{}]}}", vec!["1"; count].join(","));
        assert!(parse(&wide(4), BOUNDS).is_ok());
        assert!(parse(&wide(5), BOUNDS).is_err());
        let long = |bytes: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(bytes - 8));
        assert!(parse(&long(400), BOUNDS).is_ok());
        assert!(parse(&long(401), BOUNDS).is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[\\[\\]{}\",:a0-9 \\\\u]{0,200}") {
            let _ = parse(&text, BOUNDS);
        }
    }
}
