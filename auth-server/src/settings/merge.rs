//! Lays the layers on top of each other, with the crate `config`: defaults, files, `.env`,
//! environment, flags. What remains under each key is text, with its origin.

use std::collections::BTreeMap;
use std::path::Path;

use config::{Config, Value, ValueKind};

use super::layer::Layer;
use super::problem::{Problem, Problems};
use super::reader::{Given, Merged, Texts};
use super::{Inputs, Variables};

/// The defaults, readable and complete; generated from the table.
const DEFAULTS: &str = include_str!("default.toml");

/// The text of every key that some layer sets; the highest layer wins. `env_file` comes with what
/// is added to the names of its variables in messages.
pub(super) fn merge(
    inputs: &Inputs,
    env_file: Option<&(Variables, String)>,
) -> Result<Merged, Problems> {
    let mut problems = Vec::new();
    let mut builder = Config::builder();
    let mut lay = |layer: Result<Layer, Vec<Problem>>| match layer {
        Ok(layer) => builder = std::mem::take(&mut builder).add_source(layer),
        Err(found) => problems.extend(found),
    };
    lay(Layer::from_toml(DEFAULTS, "default"));
    if inputs.mode.is_dev() {
        lay(Ok(dev_defaults()));
    }
    for path in &inputs.files {
        lay(read_file(path));
    }
    if let Some((variables, label)) = env_file {
        lay(variables.layer(label));
    }
    lay(inputs.variables.layer(""));
    lay(flags(&inputs.flags));
    Problems::none_of(problems)?;
    let config = builder
        .build()
        .map_err(|_| Problem::of_source("settings", "the layers do not fit together"))?;
    texts(&config.cache)
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

fn read_file(path: &Path) -> Result<Layer, Vec<Problem>> {
    let origin = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| {
        vec![Problem::of_source(
            &origin,
            format!("cannot read the configuration file: {error}"),
        )]
    })?;
    Layer::from_toml(&text, &origin)
}

fn flags(flags: &[(String, String, String)]) -> Result<Layer, Vec<Problem>> {
    let mut layer = Layer::default();
    for (key, value, flag) in flags {
        layer.put(key, Value::new(Some(flag), value.as_str()));
    }
    let problems: Vec<Problem> = layer.unknown_keys().collect();
    if problems.is_empty() {
        Ok(layer)
    } else {
        Err(problems)
    }
}

/// The text under every key. Numbers where text belongs are refused rather than rewritten.
fn texts(root: &Value) -> Result<Merged, Problems> {
    let mut merged = BTreeMap::new();
    let mut problems = Vec::new();
    for key in super::keys() {
        let Some(value) = find(root, key.name) else {
            continue;
        };
        let origin = value.origin().unwrap_or_default().to_owned();
        match text_of(&value.kind, key.shape.kind.wants_quotes()) {
            Some(texts) => {
                merged.insert(key.name.to_owned(), Given { texts, origin });
            }
            None => problems.push(Problem::of_key(
                key.name,
                origin,
                format!("must be {}, in quotes", key.shape.kind.allowed()),
            )),
        }
    }
    Problems::none_of(problems)?;
    Ok(merged)
}

/// The merged value under a dotted key, with its origin, which `Config::get` would drop.
fn find<'a>(root: &'a Value, key: &str) -> Option<&'a Value> {
    key.split('.')
        .try_fold(root, |value, part| match &value.kind {
            ValueKind::Table(table) => table.get(part),
            _ => None,
        })
}

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
