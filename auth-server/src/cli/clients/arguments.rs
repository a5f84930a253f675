//! Arguments of `client add` and `client update`.

use clap::Args;

use super::fields::Fields;
use crate::cli::input::SecretSource;

/// Arguments of `client add`.
#[derive(Debug, Args)]
pub(in crate::cli) struct AddArgs {
    /// The client id: letters, digits, `-`, `_`, `.`, `~`. Made up when left out.
    pub(super) id: Option<String>,
    /// A public client: a browser or native application that cannot keep a secret.
    #[arg(long, conflicts_with_all = ["secret_stdin", "secret_file", "auth_method"])]
    pub(super) public: bool,
    #[command(flatten)]
    pub(super) secret: SecretSource,
    #[command(flatten)]
    pub(super) fields: Fields,
}

/// Arguments of `client update`.
#[derive(Debug, Args)]
pub(in crate::cli) struct UpdateArgs {
    /// The client id.
    pub(super) id: String,
    /// Switch the client off: everything it holds is revoked.
    #[arg(long, conflicts_with = "enable")]
    pub(super) disable: bool,
    /// Switch the client on again.
    #[arg(long)]
    pub(super) enable: bool,
    #[command(flatten)]
    pub(super) fields: Fields,
}
