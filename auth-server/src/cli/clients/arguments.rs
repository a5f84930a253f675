//! What can be said about a client on the command line.

use clap::{Args, ValueEnum};

use crate::cli::input::SecretSource;
use crate::cli::keys::AlgorithmName;
use crate::model::{AuthMethod, GrantType};

/// Arguments of `client add`.
#[derive(Debug, Args)]
pub(in crate::cli) struct AddArgs {
    /// The client id: letters, digits, `-`, `_`, `.`, `~`. Made up when left out.
    pub(super) id: Option<String>,
    /// A public client: a browser or native application that cannot keep a secret.
    #[arg(long, conflicts_with_all = ["secret_stdin", "secret_file", "auth_method"])]
    pub(super) public: bool,
    #[command(flatten)]
    pub(super) fields: Fields,
    #[command(flatten)]
    pub(super) secret: SecretSource,
}

/// Arguments of `client update`.
#[derive(Debug, Args)]
pub(in crate::cli) struct UpdateArgs {
    /// The client id.
    pub(super) id: String,
    #[command(flatten)]
    pub(super) fields: Fields,
    /// Switch the client off; its tokens stay valid until they expire.
    #[arg(long, conflicts_with = "enable")]
    pub(super) disable: bool,
    /// Switch the client on again.
    #[arg(long)]
    pub(super) enable: bool,
}

/// What `client add` sets and `client update` changes.
#[derive(Debug, Args)]
pub(super) struct Fields {
    /// The name to show to people.
    #[arg(long)]
    pub(super) name: Option<String>,
    /// A grant the client may use; may be repeated. [default: client_credentials, unless public]
    #[arg(long = "grant", value_enum, value_name = "GRANT")]
    pub(super) grants: Vec<GrantName>,
    /// A redirect URI, compared exactly; may be repeated.
    #[arg(long = "redirect-uri", value_name = "URI")]
    pub(super) redirect_uris: Vec<String>,
    /// Where the browser may go after a logout, compared exactly; may be repeated.
    #[arg(long = "post-logout-redirect-uri", value_name = "URI")]
    pub(super) post_logout_redirect_uris: Vec<String>,
    /// Scope the client may ask for, words separated by spaces; may be repeated.
    #[arg(long = "scope", value_name = "SCOPE")]
    pub(super) scopes: Vec<String>,
    /// Scope it gets when it asks for none. [default: all of its scope]
    #[arg(long = "default-scope", value_name = "SCOPE")]
    pub(super) default_scopes: Vec<String>,
    /// A resource its tokens are for (`aud`); may be repeated.
    #[arg(long = "audience", value_name = "URI")]
    pub(super) audiences: Vec<String>,
    /// A role of the client itself, for client_credentials; may be repeated.
    #[arg(long = "role", value_name = "ROLE")]
    pub(super) roles: Vec<String>,
    /// Lifetime of its access tokens, such as 5m, where it differs from the setting.
    #[arg(long, value_name = "SPAN")]
    pub(super) access_ttl: Option<String>,
    /// Algorithm that signs its access tokens, where it differs from the setting `keys.algorithm`.
    #[arg(long, value_enum, value_name = "ALG")]
    pub(super) token_alg: Option<AlgorithmName>,
    /// How it sends its secret. [default: basic or post]
    #[arg(long, value_enum, value_name = "METHOD")]
    pub(super) auth_method: Option<MethodName>,
    /// Whether it may call the introspection endpoint. [default: false]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    pub(super) introspect: Option<bool>,
    /// When its permission to use the password grant ends, such as 2027-06-30.
    #[arg(long, value_name = "DATE")]
    pub(super) password_grant_until: Option<String>,
    /// Register scopes and resources that do not exist yet.
    #[arg(long)]
    pub(super) create_scopes: bool,
}

/// Grants by the names of RFC 7591.
#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(super) enum GrantName {
    /// Authorization code (RFC 6749 section 4.1).
    AuthorizationCode,
    /// For the client itself (RFC 6749 section 4.4).
    ClientCredentials,
    /// The user's password (RFC 6749 section 4.3).
    Password,
    /// Refresh tokens (RFC 6749 section 6).
    RefreshToken,
}

impl From<GrantName> for GrantType {
    fn from(name: GrantName) -> Self {
        match name {
            GrantName::AuthorizationCode => Self::AuthorizationCode,
            GrantName::ClientCredentials => Self::ClientCredentials,
            GrantName::Password => Self::Password,
            GrantName::RefreshToken => Self::RefreshToken,
        }
    }
}

/// Ways to send a secret.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum MethodName {
    /// HTTP Basic only.
    Basic,
    /// In the body only.
    Post,
    /// Either.
    Any,
}

impl From<MethodName> for AuthMethod {
    fn from(name: MethodName) -> Self {
        match name {
            MethodName::Basic => Self::Basic,
            MethodName::Post => Self::Post,
            MethodName::Any => Self::AnySecret,
        }
    }
}
