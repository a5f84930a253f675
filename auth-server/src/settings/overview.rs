//! The effective settings for `config show`, and what to tell the operator at start.

use super::Settings;
use super::reader::{DEFAULT, Merged};
use super::table::Key;

/// What is shown of a secret.
const HIDDEN: &str = "[hidden]";

/// One key as it is in force.
#[derive(Debug, Clone)]
pub struct Effective {
    /// The key.
    pub key: &'static Key,
    /// Its text, `[hidden]` for secrets; `None` while it is off.
    pub value: Option<String>,
    /// `default`, a file, a variable, a flag.
    pub origin: String,
}

/// Every key, in the order of the table.
pub(super) fn effective(merged: &Merged, settings: &Settings) -> Vec<Effective> {
    super::keys()
        .map(|key| {
            let given = merged.get(key.name);
            let value = given.map(|given| match key.name {
                "database.url" => settings.database.url.shown(),
                _ if key.shape.is_secret => HIDDEN.to_owned(),
                _ => given.line(),
            });
            let origin = given
                .map_or(DEFAULT, |given| given.origin.as_str())
                .to_owned();
            Effective { key, value, origin }
        })
        .collect()
}
