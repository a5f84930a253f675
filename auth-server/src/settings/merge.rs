//! Lays the layers on top of each other, with the crate `config`: defaults, files, `.env`,
//! environment, flags. What remains under each key is text, with its origin.

use std::path::Path;

use config::builder::DefaultState;
use config::{Config, ConfigBuilder, Value, ValueKind};

use super::layer::Layer;
use super::problem::Problem;
use super::reader::{DEFAULT, Given, Merged, Texts};
use super::{Inputs, Variables};

/// The defaults, readable and complete; generated from the table.
const DEFAULTS: &str = include_str!("default.toml");

/// The text of every key that some layer sets, the highest layer winning, and what is wrong with the
/// layers. `env_file` comes with what is added to the names of its variables in messages.
pub(super) fn merge(
    inputs: &Inputs,
    env_file: Option<&(Variables, String)>,
) -> (Merged, Vec<Problem>) {
    let mut layers = vec![Layer::from_toml(DEFAULTS, DEFAULT)];
    if inputs.mode.is_dev() {
        layers.push(dev_defaults());
    }
    layers.extend(inputs.files.iter().map(|path| read_file(path)));
    layers.extend(env_file.map(|(variables, label)| variables.layer(label)));
    layers.push(inputs.variables.layer(""));
    layers.push(flags(&inputs.flags));
    let mut problems: Vec<Problem> = layers.iter().flat_map(Layer::problems).collect();
    let builder = layers
        .into_iter()
        .fold(Config::builder(), ConfigBuilder::<DefaultState>::add_source);
    let Ok(config) = builder.build() else {
        problems.push(Problem::of_source(
            "settings",
            "the layers do not fit together",
        ));
        return (Merged::new(), problems);
    };
    (texts(&config.cache), problems)
}

fn dev_defaults() -> Layer {
    let mut layer = Layer::default();
    for key in super::keys() {
        if let Some(text) = key.shape.dev_default {
            layer.put(
                key.name,
                Value::new(Some(&"default of dev".to_owned()), text),
            );
        }
    }
    layer
}

fn read_file(path: &Path) -> Layer {
    let origin = path.display().to_string();
    match std::fs::read_to_string(path) {
        Ok(text) => Layer::from_toml(&text, &origin),
        Err(error) => {
            let text = format!("cannot read the configuration file: {error}");
            let mut layer = Layer::default();
            layer.report(Problem::of_source(origin, text));
            layer
        }
    }
}

fn flags(flags: &[(String, String, String)]) -> Layer {
    let mut layer = Layer::default();
    for (key, value, flag) in flags {
        layer.put(key, Value::new(Some(flag), value.as_str()));
    }
    layer
}

/// The text under every key.
fn texts(root: &Value) -> Merged {
    super::keys()
        .filter_map(|key| {
            let value = find(root, key.name)?;
            let origin = value.origin().unwrap_or_default().to_owned();
            let texts = text_of(&value.kind, key.shape.kind.wants_quotes());
            Some((
                key.name.to_owned(),
                Given {
                    texts: texts.unwrap_or(Texts::Other),
                    origin,
                },
            ))
        })
        .collect()
}

/// The merged value under a dotted key, with its origin, which `Config::get` would drop.
fn find<'a>(root: &'a Value, key: &str) -> Option<&'a Value> {
    key.split('.')
        .try_fold(root, |value, part| match &value.kind {
            ValueKind::Table(table) => table.get(part),
            _ => None,
        })
}

/// Numbers where text belongs are refused rather than rewritten: `0x10` is not `16`.
fn text_of(kind: &ValueKind, wants_quotes: bool) -> Option<Texts> {
    match kind {
        ValueKind::String(text) => Some(Texts::One(text.clone())),
        ValueKind::Boolean(flag) if !wants_quotes => Some(Texts::One(flag.to_string())),
        ValueKind::I64(number) if !wants_quotes => Some(Texts::One(number.to_string())),
        ValueKind::Array(items) => items
            .iter()
            .map(|item| match &item.kind {
                ValueKind::String(text) => Some(text.clone()),
                _ => None,
            })
            .collect::<Option<Vec<String>>>()
            .map(Texts::Several),
        _ => None,
    }
}
