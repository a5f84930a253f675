//! Collects settings from their layers: command line > environment > files > embedded defaults.
//!
//! Texts stay texts (`00123` is not a number), a secret may come from a file named by `…_FILE`, and a
//! key that nobody knows is an error that names the nearest known one.

use std::collections::BTreeMap;
use std::path::PathBuf;

use config::{Config, ConfigError, File, FileFormat, Map, Source, Value, ValueKind};

use super::environment::Environment;
use super::keys::{self, KEYS, PREFIX};
use super::{SettingsError, suggest};

/// Where settings come from, besides the embedded defaults.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// TOML files, later ones win.
    pub files: Vec<PathBuf>,
    /// The environment.
    pub environment: Environment,
    /// `key=value` from the command line.
    pub overrides: Vec<(String, String)>,
}

/// One collected setting: its text (or texts, for a list) and where it was found.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) texts: Vec<String>,
    pub(super) origin: String,
}

/// Every key that has a value, by name.
pub(super) type Layers = BTreeMap<&'static str, Found>;

/// Reads all layers.
///
/// # Errors
/// A file that cannot be read or parsed, an unknown key, a value of the wrong shape; all at once.
pub(super) fn collect(sources: &Sources) -> Result<Layers, SettingsError> {
    let mut builder = Config::builder();
    for key in KEYS {
        if let Some(default) = key.default {
            builder = builder.set_default(key.name, default)?;
        }
    }
    for file in &sources.files {
        builder = builder.add_source(File::from(file.as_path()).format(FileFormat::Toml));
    }
    let (plain, from_files) = split_environment(&sources.environment)?;
    builder = builder.add_source(
        config::Environment::with_prefix(PREFIX)
            .prefix_separator("_")
            .separator("__")
            .source(Some(plain)),
    );
    let secrets = from_files
        .into_iter()
        .map(|(name, text)| (name.to_owned(), text));
    builder = builder
        .add_source(Fixed {
            origin: "a secret file",
            pairs: secrets.collect(),
        })
        .add_source(Fixed {
            origin: "the command line",
            pairs: sources.overrides.clone(),
        });
    let mut problems = Vec::new();
    let mut layers = Layers::new();
    flatten("", builder.build()?.cache, &mut layers, &mut problems);
    SettingsError::unless_empty(problems)?;
    Ok(layers)
}

/// Values that are known already, with the place that they come from.
#[derive(Debug, Clone)]
struct Fixed {
    origin: &'static str,
    pairs: Vec<(String, String)>,
}

impl Source for Fixed {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        let origin = self.origin.to_owned();
        let value = |text: &String| Value::new(Some(&origin), text.as_str());
        Ok(self
            .pairs
            .iter()
            .map(|(name, text)| (name.clone(), value(text)))
            .collect())
    }
}

/// Secrets that were read from files, with the keys that they set.
type SecretFiles = Vec<(&'static str, String)>;

/// Our plain variables, and the content of the files that `…_FILE` variables of secrets name. An empty
/// variable counts as not set, as in the auth server: `${NAME:-}` of a composition has no other way.
fn split_environment(
    environment: &Environment,
) -> Result<(Map<String, String>, SecretFiles), SettingsError> {
    let mut plain: Map<String, String> = environment
        .iter()
        .filter(|(name, value)| name.starts_with(PREFIX) && !value.is_empty())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let mut from_files = Vec::new();
    let mut problems = Vec::new();
    for key in KEYS.iter().filter(|key| key.secret) {
        let variable = key.variable();
        let Some(path) = plain.remove(&format!("{variable}_FILE")) else {
            continue;
        };
        if plain.contains_key(&variable) {
            problems.push(format!(
                "both {variable} and {variable}_FILE are set; keep one"
            ));
        }
        match std::fs::read_to_string(&path) {
            Ok(text) => from_files.push((key.name, text.trim_end_matches(['\r', '\n']).to_owned())),
            Err(cause) => problems.push(format!("{variable}_FILE: cannot read {path}: {cause}")),
        }
    }
    SettingsError::unless_empty(problems)?;
    Ok((plain, from_files))
}

/// Walks the nested tables and keeps every leaf that is a known key.
fn flatten(name: &str, value: Value, layers: &mut Layers, problems: &mut Vec<String>) {
    let origin = value.origin().unwrap_or("the defaults").to_owned();
    let known = keys::find(name);
    match (value.kind, known) {
        (ValueKind::Table(table), None) => {
            for (member, value) in table {
                let path = if name.is_empty() {
                    member
                } else {
                    format!("{name}.{member}")
                };
                flatten(&path, value, layers, problems);
            }
        }
        (ValueKind::Table(_), Some(key)) => {
            problems.push(format!(
                "`{}` is a single value, not a table ({origin})",
                key.name
            ));
        }
        (_, None) => problems.push(unknown(name, &origin)),
        (ValueKind::Array(items), Some(key)) if key.kind == keys::Kind::List => {
            let texts = items
                .into_iter()
                .filter_map(|item| item.into_string().ok())
                .collect();
            layers.insert(key.name, Found { texts, origin });
        }
        (kind, Some(key)) => match Value::new(None, kind).into_string() {
            Ok(text) => {
                layers.insert(
                    key.name,
                    Found {
                        texts: vec![text],
                        origin,
                    },
                );
            }
            Err(_) => problems.push(format!("`{}` must be a text ({origin})", key.name)),
        },
    }
}

fn unknown(name: &str, origin: &str) -> String {
    let hint = suggest::nearest(name, KEYS.iter().map(|key| key.name))
        .map(|known| format!("; did you mean `{known}`?"));
    format!(
        "unknown setting `{name}` ({origin}){}",
        hint.unwrap_or_default()
    )
}
