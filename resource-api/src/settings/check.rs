//! From texts to values. Collects all problems, each naming its setting and where it was set.

use super::layers::Layers;
use super::{Auth, Database, LogFormat, OnStale, Settings, SettingsError, duration, parse};
use crate::secret::Secret;

const YES_OR_NO: &[(&str, bool)] = &[("true", true), ("false", false)];

/// Checks every value.
pub(super) fn check(layers: &Layers) -> Result<Settings, SettingsError> {
    let mut reader = Reader {
        layers,
        problems: Vec::new(),
    };
    let data_dir = reader.require("data_dir", parse::text);
    let listen = reader.require("listen", parse::address);
    let public_url = reader.require("public_url", parse::identifier_url);
    let database_url = reader.require("database.url", parse::database_url);
    let max_connections = reader.require("database.max_connections", parse::number(1, 1_000));
    let issuer = reader.require("auth.issuer", parse::identifier_url);
    let jwks_url = reader.find("auth.jwks_url", parse::http_url);
    let internal_url = reader.find("auth.internal_url", parse::http_url);
    let allow_plain_http = reader.require("auth.allow_plain_http", parse::choice(YES_OR_NO));
    let max_staleness = reader.require("auth.max_staleness", duration::parse);
    let on_stale = reader.require(
        "auth.on_stale",
        parse::choice(&[("refuse", OnStale::Refuse), ("accept", OnStale::Accept)]),
    );
    let status_stream = reader.require("auth.status_stream", parse::choice(YES_OR_NO));
    let allowed_origins = reader.list("cors.allowed_origins", parse::origin);
    let max_body_bytes = reader.require("http.max_body_bytes", parse::number(1_024, 1_048_576));
    let docs_client_id = reader.require("docs.client_id", parse::text);
    let log_format = reader.require(
        "log.format",
        parse::choice(&[
            ("auto", LogFormat::Auto),
            ("text", LogFormat::Text),
            ("json", LogFormat::Json),
        ]),
    );
    SettingsError::unless_empty(reader.problems)?;
    let all = move || {
        Some(Settings {
            listen: listen?,
            public_url: public_url?,
            database: Database {
                url: Secret::new(
                    database_url?.replace("{data_dir}", &parse::path_in_url(&data_dir?)),
                ),
                max_connections: max_connections?,
            },
            auth: Auth {
                issuer: issuer?,
                jwks_url,
                internal_url,
                allow_plain_http: allow_plain_http?,
                max_staleness: max_staleness?,
                on_stale: on_stale?,
                status_stream: status_stream?,
            },
            allowed_origins,
            max_body_bytes: max_body_bytes?,
            docs_client_id: docs_client_id?,
            log_format: log_format?,
        })
    };
    all().ok_or_else(|| SettingsError::one("a required setting has no value"))
}

/// Takes values out of the layers and notes what is wrong with them.
struct Reader<'a> {
    layers: &'a Layers,
    problems: Vec<String>,
}

impl Reader<'_> {
    /// A value that must be there; `None` after noting what is wrong.
    fn require<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        let before = self.problems.len();
        let value = self.find(key, read);
        if value.is_none() && self.problems.len() == before {
            self.problems.push(format!("`{key}` must not be empty"));
        }
        value
    }

    /// A value that may be missing or empty.
    fn find<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        let text = self.layers.get(key)?.texts.first()?;
        if text.trim().is_empty() {
            return None;
        }
        self.note(key, read(text))
    }

    /// The values of a list; texts are split at commas and spaces.
    fn list<T>(&mut self, key: &'static str, read: impl Fn(&str) -> Result<T, String>) -> Vec<T> {
        let Some(found) = self.layers.get(key) else {
            return Vec::new();
        };
        found
            .texts
            .iter()
            .flat_map(|text| text.split([',', ' ']))
            .filter(|text| !text.is_empty())
            .filter_map(|text| self.note(key, read(text)))
            .collect()
    }

    fn note<T>(&mut self, key: &'static str, value: Result<T, String>) -> Option<T> {
        value
            .map_err(|problem| {
                let origin = self
                    .layers
                    .get(key)
                    .map_or("the defaults", |found| &found.origin);
                self.problems
                    .push(format!("`{key}`: {problem} (set by {origin})"));
            })
            .ok()
    }
}
