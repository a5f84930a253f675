//! One layer of settings: dotted keys with values and where each came from. The crate `config`
//! reads TOML and variables and lays the layers on top of each other.

use config::{ConfigError, File, FileFormat, Map, Source, Value, ValueKind};

use super::problem::Problem;
use super::suggest;

/// Keys and values of one source, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub(super) struct Layer {
    values: Map<String, Value>,
    problems: Vec<Problem>,
}

impl Layer {
    /// From TOML text. `origin` names the file in messages.
    pub(super) fn from_toml(text: &str, origin: &str) -> Self {
        let mut layer = Self::default();
        match File::from_str(text, FileFormat::Toml).collect() {
            Ok(table) => layer.flatten("", table, origin),
            Err(error) => layer.report(Problem::of_source(origin, toml_error(&error))),
        }
        layer
    }

    /// Sets a key.
    pub(super) fn put(&mut self, key: &str, value: Value) {
        self.values.insert(key.to_owned(), value);
    }

    /// Notes that something is wrong.
    pub(super) fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Everything that is wrong, among it the keys that are none, with what may have been meant.
    pub(super) fn problems(&self) -> Vec<Problem> {
        let unknown = self
            .values
            .iter()
            .filter(|(key, _)| super::find_key(key).is_none());
        let unknown = unknown.map(|(key, value)| {
            let origin = value.origin().unwrap_or_default();
            Problem::of_key(key, origin, suggest::sentence(key))
        });
        self.problems.iter().cloned().chain(unknown).collect()
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
        // An unknown key is a problem already; merged, `tokens = 5` would hide a whole section.
        let known = self
            .values
            .iter()
            .filter(|(key, _)| super::find_key(key).is_some());
        Ok(known
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect())
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
