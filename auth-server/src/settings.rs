//! Settings: command line over environment over files over defaults (contract §2.2), checked once
//! and completely, so that the rest of the server holds ready values and never parses again.
//!
//! This is the only room that knows keys, reads configuration files and reads the environment.

mod check;
mod client_sections;
mod document;
mod env_file;
mod kind;
mod layer;
mod load;
mod merge;
mod overview;
mod problem;
mod reader;
mod schema;
mod sections;
mod suggest;
mod table;
#[cfg(test)]
mod tests;
mod value;
mod variables;

pub use client_sections::{
    AuthorizationSettings, ClientAuthSettings, OutgoingSettings, RegistrationSettings,
};
pub use document::{default_toml, env_example, markdown};
pub use kind::Kind;
pub use load::{EnvFile, Inputs, Loaded, Mode, load};
pub use overview::Effective;
pub use problem::{Problem, Problems};
pub use schema::json_schema;
pub use sections::{
    CorsSettings, DatabaseSettings, DocsUiSettings, HttpSettings, KeySettings, LogSettings,
    ManagementSettings, PagesSettings, PasswordGrantSettings, PasswordHashSettings,
    PasswordPolicySettings, RevocationSettings, SessionSettings, ThrottleSettings, TlsSettings,
    TokenSettings,
};
pub use table::{Key, PREFIX, Shape};
pub use value::{
    Cores, DatabaseKind, DatabaseUrl, Issuer, LogFormat, Origin, RegistrationMode, TrustedProxies,
};
pub use variables::Variables;

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::secret::{Secret, SecretKey};
use sections::RootSettings;
use table::Section;

macro_rules! settings {
    ($($field:ident: $type:ident),+ $(,)?) => {
        /// The checked settings of one server.
        #[derive(Debug, Clone)]
        pub struct Settings {
            /// How the server was started.
            pub mode: Mode,
            /// The public URL, exact text.
            pub issuer: Issuer,
            /// Where to listen.
            pub listen: SocketAddr,
            /// Directory of the SQLite file and of the generated key-encryption key.
            pub data_dir: PathBuf,
            /// Networks whose `X-Forwarded-For` is believed.
            pub trusted_proxies: TrustedProxies,
            $(#[doc = concat!("See [`", stringify!($type), "`].")] pub $field: $type,)+
        }

        /// The table, section by section.
        const TABLE: &[&[Key]] = &[RootSettings::KEYS, $($type::KEYS),+];

        impl Settings {
            fn read(mode: Mode, reader: &mut reader::Reader<'_>) -> Option<Self> {
                let root = RootSettings::read(reader);
                $(let $field = $type::read(reader);)+
                let RootSettings { issuer, listen, data_dir, trusted_proxies } = root?;
                Some(Self { mode, issuer, listen, data_dir, trusted_proxies, $($field: $field?),+ })
            }
        }
    };
}

settings! {
    management: ManagementSettings,
    database: DatabaseSettings,
    keys: KeySettings,
    tokens: TokenSettings,
    password_hash: PasswordHashSettings,
    password_policy: PasswordPolicySettings,
    password_grant: PasswordGrantSettings,
    session: SessionSettings,
    throttle: ThrottleSettings,
    client_auth: ClientAuthSettings,
    authorization: AuthorizationSettings,
    registration: RegistrationSettings,
    outgoing: OutgoingSettings,
    cors: CorsSettings,
    revocation: RevocationSettings,
    tls: TlsSettings,
    docs_ui: DocsUiSettings,
    pages: PagesSettings,
    http: HttpSettings,
    log: LogSettings,
}

/// Reads a time span such as `90d`, `12h`, `30m`, `15s`, `500ms`.
pub fn parse_duration(text: &str) -> Option<std::time::Duration> {
    value::duration::parse(text)
}

/// Reads a key-encryption key: 32 bytes in base64.
///
/// # Errors
/// What is wrong with it, to follow "the key".
pub fn parse_encryption_key(text: &Secret) -> Result<SecretKey, String> {
    value::FromText::from_text(text.expose(), &Kind::Text("32 bytes in base64"))
}

/// Every setting there is, in the order of the documentation.
pub fn keys() -> impl Iterator<Item = &'static Key> {
    TABLE.iter().copied().flatten()
}

/// The setting of that name.
pub fn find_key(name: &str) -> Option<&'static Key> {
    keys().find(|key| key.name == name)
}

/// True for the first part of a dotted key.
fn is_section(name: &str) -> bool {
    keys().any(|key| !name.is_empty() && key.parts().0 == name)
}
