//! What `client add` sets and `client update` changes, in groups: each says what its options are and
//! how they are put into the client. What is not named stays; the word `off` empties an option.

mod about;
mod grants;
mod logout;
mod proof;
mod tokens;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::cli::failure::Failure;
use crate::cli::workbench::Workbench;
use crate::model::{Algorithm, Client};

/// The word that takes a value or a list away.
pub(super) const OFF: &str = "off";

/// Every option about a client.
#[derive(Debug, Args)]
pub(super) struct Fields {
    #[command(flatten, next_help_heading = "What it may do")]
    pub(super) grants: grants::GrantFields,
    #[command(flatten, next_help_heading = "How it proves itself")]
    proof: proof::ProofFields,
    #[command(flatten, next_help_heading = "Its tokens")]
    tokens: tokens::TokenFields,
    #[command(flatten, next_help_heading = "Login and logout")]
    logout: logout::LogoutFields,
    #[command(flatten, next_help_heading = "What people see")]
    about: about::AboutFields,
}

impl Fields {
    /// Puts what was said into the client; what was not said stays.
    pub(super) async fn apply(
        &self,
        bench: &Workbench,
        client: &mut Client,
    ) -> Result<(), Failure> {
        self.about.apply(client)?;
        self.proof.apply(client)?;
        self.logout.apply(client)?;
        self.grants.apply(bench, client).await?;
        self.tokens.apply(bench, client).await
    }
}

/// A flag that may be given a value: `--flag`, `--flag true`, `--flag false`.
macro_rules! flags {
    ($($field:expr => $target:expr),+ $(,)?) => {
        $(if let Some(value) = $field { $target = value; })+
    };
}
use flags;

/// One text, unless it was not said.
fn put(said: Option<&String>, target: &mut Option<String>) {
    if let Some(said) = said {
        *target = Some(said.clone()).filter(|said| said != OFF);
    }
}

/// A list, unless nothing was said.
fn put_list(said: &[String], target: &mut Vec<String>) {
    match said {
        [] => {}
        [off] if off == OFF => target.clear(),
        said => *target = said.to_vec(),
    }
}

/// An algorithm, or none any more.
#[derive(Debug, Clone, Copy)]
struct AlgorithmChoice(Option<Algorithm>);

/// Algorithms by their names, and the word that takes one away.
fn algorithm_or_off() -> impl TypedValueParser<Value = AlgorithmChoice> {
    let names = Algorithm::ALL.map(Algorithm::as_str);
    PossibleValuesParser::new(names.into_iter().chain([OFF]))
        .map(|name| AlgorithmChoice(Algorithm::parse(&name)))
}
