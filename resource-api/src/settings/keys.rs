//! The table of all settings: the one place that names a key.
//!
//! Defaults, the check for unknown keys, `config show`, `config schema` and the names of the
//! environment variables are derived from it, so that they cannot disagree.

/// One setting.
#[derive(Debug)]
pub struct Key {
    /// Dotted name as in a file, for instance `auth.issuer`.
    pub name: &'static str,
    /// Value when nobody sets it; `{data_dir}` stands for that setting. `None`: optional.
    pub default: Option<&'static str>,
    /// What its text means.
    pub kind: Kind,
    /// Hidden in every output, and also readable from a file named by `…_FILE`.
    pub secret: bool,
    /// One sentence for `config schema`.
    pub help: &'static str,
}

/// What the text of a setting means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// An absolute `http` or `https` URL.
    Url,
    /// An IP address with a port.
    Address,
    /// A whole number.
    Integer,
    /// A number with a unit: `10s`, `15m`, `1h`, `90d`.
    Duration,
    /// `true` or `false`.
    Switch,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Several texts: an array in a file, separated by commas or spaces in a variable.
    List,
}

/// Prefix of the environment variables.
pub(super) const PREFIX: &str = "RESOURCE_API";

impl Key {
    /// The environment variable that sets this key, for instance `RESOURCE_API_AUTH__ISSUER`.
    pub fn variable(&self) -> String {
        format!("{PREFIX}_{}", self.name.replace('.', "__").to_uppercase())
    }
}

/// The key of that name.
pub(super) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

const fn key(name: &'static str, default: &'static str, kind: Kind, help: &'static str) -> Key {
    Key {
        name,
        default: Some(default),
        kind,
        secret: false,
        help,
    }
}

/// Every setting there is, in the order of the documentation.
pub const KEYS: &[Key] = &[
    key(
        "listen",
        "127.0.0.1:8081",
        Kind::Address,
        "Address and port to listen on.",
    ),
    key(
        "public_url",
        "http://localhost:8081",
        Kind::Url,
        "URL by which clients reach this API; also its resource identifier (`aud` of tokens). https unless loopback.",
    ),
    key(
        "data_dir",
        "./data/resource-api",
        Kind::Text,
        "Directory of the SQLite file.",
    ),
    Key {
        name: "database.url",
        default: Some("sqlite://{data_dir}/resource-api.db"),
        kind: Kind::Text,
        secret: true,
        help: "Database: `sqlite:`, `postgres:` or `mysql:` URL.",
    },
    key(
        "database.max_connections",
        "8",
        Kind::Integer,
        "Upper limit of open database connections, 1 to 1000.",
    ),
    key(
        "auth.issuer",
        "http://localhost:8080",
        Kind::Url,
        "Issuer whose tokens are accepted, exactly as in its metadata. https unless loopback.",
    ),
    Key {
        name: "auth.jwks_url",
        default: None,
        kind: Kind::Url,
        secret: false,
        help: "Where the issuer's keys are fetched; default: from its metadata. May be an internal address.",
    },
    Key {
        name: "auth.internal_url",
        default: None,
        kind: Kind::Url,
        secret: false,
        help: "Where everything below the issuer is fetched instead; default: what `auth.jwks_url` has before `/.well-known/jwks.json`, or the issuer.",
    },
    key(
        "auth.allow_plain_http",
        "false",
        Kind::Switch,
        "Fetch keys and status lists over http from another machine: only in a network where nobody can answer in the issuer's place.",
    ),
    key(
        "auth.max_staleness",
        "24h",
        Kind::Duration,
        "For how long cached keys and status lists are trusted without news from the issuer.",
    ),
    key(
        "auth.on_stale",
        "refuse",
        Kind::Choice(&["refuse", "accept"]),
        "What to do with tokens when the cached keys or their status list are older than `auth.max_staleness`.",
    ),
    key(
        "auth.status_stream",
        "true",
        Kind::Switch,
        "Listen to the issuer's stream of revocations; without it they arrive with the next status list.",
    ),
    key(
        "cors.allowed_origins",
        "",
        Kind::List,
        "Origins of browser applications that may call this API, for instance `https://app.example.com`.",
    ),
    key(
        "http.max_body_bytes",
        "65536",
        Kind::Integer,
        "Upper limit of a request body in bytes, 1024 to 1048576; beyond it: 413.",
    ),
    key(
        "docs.client_id",
        "ats-web",
        Kind::Text,
        "Client that the Authorize button of /docs offers.",
    ),
    key(
        "log.format",
        "auto",
        Kind::Choice(&["auto", "text", "json"]),
        "`text`, `json`, or `auto`: text on a terminal, JSON otherwise.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_named_after_its_key() {
        let key = find("auth.jwks_url").unwrap();
        assert_eq!(key.variable(), "RESOURCE_API_AUTH__JWKS_URL");
    }
}
