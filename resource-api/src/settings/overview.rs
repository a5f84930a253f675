//! The effective settings for `config show`, and their JSON Schema for `config schema`.

use serde_json::{Map, Value, json};

use super::keys::{KEYS, Key, Kind};
use super::layers::{self, Sources};
use super::{Settings, SettingsError};

/// One effective setting.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Line {
    /// Dotted name.
    pub key: &'static str,
    /// Value as text; `[hidden]` for secrets.
    pub value: String,
    /// The layer that set it.
    pub origin: String,
    /// The environment variable that sets it.
    pub variable: String,
}

/// The effective settings, checked, secrets hidden.
///
/// # Errors
/// Every problem of the configuration.
pub fn overview(sources: &Sources) -> Result<Vec<Line>, SettingsError> {
    Settings::load(sources)?;
    let layers = layers::collect(sources)?;
    let line = |key: &'static Key| {
        let found = layers.get(key.name);
        let value = match found {
            Some(_) if key.secret => "[hidden]".to_owned(),
            Some(found) => found.texts.join(", "),
            None => String::new(),
        };
        let origin = found.map_or("nobody", |found| &found.origin).to_owned();
        Line {
            key: key.name,
            value,
            origin,
            variable: key.variable(),
        }
    };
    Ok(KEYS.iter().map(line).collect())
}

/// JSON Schema (2020-12) of the settings file.
pub fn schema() -> Value {
    let mut root = Map::new();
    for key in KEYS {
        match key.name.split_once('.') {
            None => {
                root.insert(key.name.to_owned(), property(key));
            }
            Some((table, name)) => {
                let table = root.entry(table).or_insert_with(
                    || json!({"type": "object", "additionalProperties": false, "properties": {}}),
                );
                table["properties"][name] = property(key);
            }
        }
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Settings of resource-api",
        "type": "object",
        "additionalProperties": false,
        "properties": root,
    })
}

fn property(key: &Key) -> Value {
    let mut property = match key.kind {
        Kind::Text | Kind::Address => json!({"type": "string"}),
        Kind::Url => json!({"type": "string", "format": "uri"}),
        Kind::Integer => json!({"type": ["integer", "string"], "pattern": "^[0-9]+$"}),
        Kind::Duration => json!({"type": "string", "pattern": "^[0-9]+(ms|s|m|h|d)$"}),
        Kind::Switch => json!({"enum": [true, false, "true", "false"]}),
        Kind::Choice(words) => json!({"enum": words}),
        Kind::List => json!({"type": "array", "items": {"type": "string"}}),
    };
    property["description"] = json!(format!("{} Variable: {}.", key.help, key.variable()));
    if key.secret {
        property["writeOnly"] = json!(true);
    }
    if let Some(default) = key.default.filter(|_| key.kind != Kind::List) {
        property["default"] = json!(default);
    }
    property
}
