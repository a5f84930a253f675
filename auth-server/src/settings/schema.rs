//! JSON Schema (draft 2020-12) of a configuration file, for editors and for `config schema`.

use serde_json::{Map, Value, json};

use super::kind::Kind;
use super::table::Key;

/// The schema of a whole file.
pub fn json_schema() -> Value {
    let mut root = Map::new();
    for section in super::TABLE {
        let Some((name, _)) = section.first().map(Key::parts) else {
            continue;
        };
        let properties: Map<String, Value> = section
            .iter()
            .map(|key| (key.parts().1.to_owned(), property(key)))
            .collect();
        if name.is_empty() {
            root.extend(properties);
        } else {
            root.insert(
                name.to_owned(),
                json!({
                    "type": "object",
                    "properties": properties,
                    "additionalProperties": false,
                }),
            );
        }
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configuration of auth-server",
        "type": "object",
        "properties": root,
        "additionalProperties": false,
    })
}

fn property(key: &Key) -> Value {
    let shape = &key.shape;
    let mut property = match shape.kind {
        Kind::Text(_) => json!({ "type": "string" }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Number(min, max) => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Kind::Cores(max) => json!({
            "anyOf": [{ "const": "cores" }, { "type": "integer", "minimum": 1, "maximum": max }],
        }),
        Kind::Size(min, max) => json!({
            "anyOf": [
                { "type": "string", "pattern": "^[0-9]+(B|KiB|MiB|GiB)?$" },
                { "type": "integer", "minimum": min, "maximum": max },
            ],
        }),
        Kind::Span(..) => json!({ "type": "string", "pattern": "^[0-9]+(d|h|m|s|ms)$" }),
        Kind::Choice(words) => json!({ "enum": words }),
        Kind::List(_) => json!({
            "anyOf": [{ "type": "array", "items": { "type": "string" } }, { "type": "string" }],
        }),
    };
    property["description"] =
        format!("{} Allowed: {}.", key.sentence(), shape.kind.allowed()).into();
    if let Some(default) = shape.default {
        property["default"] = typed(default, shape.kind);
    }
    if shape.is_secret {
        property["writeOnly"] = true.into();
    }
    property
}

/// The default as it would stand in a file.
fn typed(text: &str, kind: Kind) -> Value {
    match kind {
        Kind::Number(..) | Kind::Flag => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
        _ => text.into(),
    }
}
