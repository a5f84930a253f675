//! One layer of settings: dotted keys with values and where each came from. The crate `config`
//! reads TOML and variables and lays the layers on top of each other.

use config::{ConfigError, File, FileFormat, Map, Source, Value, ValueKind};

use super::problem::Problem;
use super::suggest;

/// Keys and values of one source.
#[derive(Debug, Clone, Default)]
pub(super) struct Layer(Map<String, Value>);

impl Layer {
    /// From TOML text. `origin` names the file in messages.
    pub(super) fn from_toml(text: &str, origin: &str) -> Result<Self, Vec<Problem>> {
        let table = File::from_str(text, FileFormat::Toml)
            .collect()
            .map_err(|error| vec![Problem::of_source(origin, toml_error(&error))])?;
        let mut layer = Self::default();
        layer.flatten("", table, origin);
        let problems: Vec<Problem> = layer.unknown_keys().collect();
        if problems.is_empty() {
            Ok(layer)
        } else {
            Err(problems)
        }
    }

    /// Sets a key.
    pub(super) fn put(&mut self, key: &str, value: Value) {
        self.0.insert(key.to_owned(), value);
    }

    /// A problem for every key that is none, with what may have been meant.
    pub(super) fn unknown_keys(&self) -> impl Iterator<Item = Problem> {
        self.0
            .iter()
            .filter(|(key, _)| super::find_key(key).is_none())
            .map(|(key, value)| {
                Problem::of_key(
                    key,
                    value.origin().unwrap_or_default(),
                    suggest::sentence(key),
                )
            })
    }

    fn flatten(&mut self, prefix: &str, table: Map<String, Value>, origin: &str) {
        for (name, value) in table {
            let key = if prefix.is_empty() {
                name
            } else {
                format!("{prefix}.{name}")
            };
            match value.kind {
                // An empty or unknown section stays one entry, to be refused by its own name.
                ValueKind::Table(inner) if super::is_section(&key) => {
                    self.flatten(&key, inner, origin);
                }
                kind => self.put(&key, Value::new(Some(&origin.to_owned()), kind)),
            }
        }
    }
}

impl Source for Layer {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        Ok(self.0.clone())
    }
}

/// Where the TOML is wrong and why, without the line itself: it may hold a secret.
fn toml_error(error: &ConfigError) -> String {
    let ConfigError::FileParse { cause, .. } = error else {
        return "is not valid TOML".to_owned();
    };
    let text = cause.to_string();
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    match lines.as_slice() {
        [place, .., reason] => format!("{place}: {reason}"),
        _ => "is not valid TOML".to_owned(),
    }
}
