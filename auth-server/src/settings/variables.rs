//! The environment as a layer of settings, and the only place that reads it.
//!
//! `AUTH_SERVER_DATABASE__URL` sets `database.url`; for a secret, `AUTH_SERVER_DATABASE__URL_FILE`
//! names the file that holds it. Variables of other programs are left alone.

use std::collections::BTreeMap;
use std::ffi::OsString;

use config::{Environment, Source as _, Value};

use super::layer::Layer;
use super::problem::Problem;
use super::table::PREFIX;

/// Variables by name.
#[derive(Debug, Clone, Default)]
pub struct Variables(BTreeMap<String, String>);

impl Variables {
    /// Those of the process. Values that are not Unicode are read with replacement characters, so
    /// that they are refused by the check of their key.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the door of the settings to the environment"
    )]
    pub fn of_process() -> Self {
        let text = |text: OsString| text.to_string_lossy().into_owned();
        Self(
            std::env::vars_os()
                .map(|(name, value)| (text(name), text(value)))
                .collect(),
        )
    }

    /// The value of a variable that is set and not empty.
    pub(super) fn find(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// The settings among them. `label` is added to the names in messages: ` in .env`.
    pub(super) fn layer(&self, label: &str) -> Layer {
        let mut plain = config::Map::new();
        let mut layer = Layer::default();
        for (name, value) in self.ours() {
            match secret_file_key(name) {
                None => {
                    plain.insert(name.to_owned(), value.to_owned());
                }
                Some(key) if self.find(&key.variable()).is_some() => {
                    let text = format!("is set as well as {}; set one of them", key.variable());
                    layer.report(Problem::of_source(format!("{name}{label}"), text));
                }
                Some(key) => match read_secret(value) {
                    Ok(secret) => {
                        let origin = format!("{value}, named by {name}{label}");
                        layer.put(key.name, Value::new(Some(&origin), secret));
                    }
                    Err(error) => layer.report(Problem::of_source(
                        format!("{name}{label}"),
                        format!("cannot read the file {value} for `{}`: {error}", key.name),
                    )),
                },
            }
        }
        for (key, value) in from_environment(plain) {
            let origin = format!("{PREFIX}_{}{label}", key.to_uppercase().replace('.', "__"));
            layer.put(&key, Value::new(Some(&origin), value.kind));
        }
        layer
    }

    /// Ours by prefix, without the empty ones and those that Kubernetes adds by itself.
    fn ours(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(name, value)| {
                name.strip_prefix(PREFIX)
                    .and_then(|rest| rest.strip_prefix('_'))
                    .is_some_and(|rest| !value.is_empty() && !is_service_link(rest, value))
            })
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Variables {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        Self(
            variables
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }
}

/// Names become dotted keys; values stay the text they are: `00123` is not the number 123.
fn from_environment(plain: config::Map<String, String>) -> config::Map<String, Value> {
    Environment::with_prefix(PREFIX)
        .prefix_separator("_")
        .separator("__")
        .source(Some(plain))
        .collect()
        // Fails only on text that is not Unicode, and a `String` always is.
        .unwrap_or_default()
}

/// The secret setting whose `…_FILE` variable this is.
fn secret_file_key(name: &str) -> Option<&'static super::Key> {
    let base = name.strip_suffix("_FILE")?;
    super::keys().find(|key| key.shape.is_secret && key.variable() == base)
}

/// The content without one line end, which editors and `echo` add.
fn read_secret(path: &str) -> std::io::Result<String> {
    let mut text = std::fs::read_to_string(path)?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok(text)
}

/// Kubernetes and Docker links describe a service called `auth-server` (or `auth-server-db`) in
/// variables that begin as ours do: `AUTH_SERVER_PORT=tcp://…`, `AUTH_SERVER_SERVICE_HOST`.
fn is_service_link(rest: &str, value: &str) -> bool {
    let rest = format!("_{rest}");
    let is_url = ["tcp://", "udp://", "sctp://"]
        .iter()
        .any(|scheme| value.starts_with(scheme));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let is_port_part = rest.match_indices("_PORT_").any(|(at, found)| {
        let (port, part) = rest[at + found.len()..].split_once('_').unwrap_or_default();
        is_number(port)
            && ["TCP", "UDP", "SCTP"]
                .iter()
                .any(|protocol| part.starts_with(protocol))
    });
    rest.ends_with("_SERVICE_HOST")
        || rest.contains("_SERVICE_PORT")
        || is_port_part
        || (rest.ends_with("_PORT") && is_url)
}

#[cfg(test)]
mod tests {
    use super::is_service_link;

    #[test]
    fn variables_that_kubernetes_adds_are_not_settings() {
        for (rest, value) in [
            ("SERVICE_HOST", "10.0.0.1"),
            ("SERVICE_PORT", "8080"),
            ("SERVICE_PORT_HTTP", "8080"),
            ("PORT", "tcp://10.0.0.1:8080"),
            ("PORT_8080_TCP", "tcp://10.0.0.1:8080"),
            ("PORT_8080_TCP_ADDR", "10.0.0.1"),
            ("DB_SERVICE_HOST", "10.0.0.2"),
            ("DB_PORT_5432_TCP_PROTO", "tcp"),
        ] {
            assert!(is_service_link(rest, value), "{rest}");
        }
        for (rest, value) in [
            ("PORT", "8080"),
            ("LISTEN", "127.0.0.1:1"),
            ("DATABASE__URL", "sqlite::memory:"),
        ] {
            assert!(!is_service_link(rest, value), "{rest}");
        }
    }
}
