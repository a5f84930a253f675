//! `keys …`: looking at signing keys and steering their rotation by hand (design §5). Private keys
//! are never printed.

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::confirm::Confirmation;
use super::failure::Failure;
use super::globals::{Format, Globals};
use super::workbench::{Schema, Workbench, block_on};
use super::{output, reseal};
use crate::clock::Instant;
use crate::keys::{KeyOperationError, Urgency};
use crate::model::{Algorithm, KeyId, SigningKeyRecord};
use crate::store::signing_keys;

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List all keys, oldest first.
    List,
    /// Print the public keys as a JSON Web Key Set, for verifiers that cannot fetch it.
    ExportJwks,
    /// Bring a new key on its way. It is announced first, so that no verifier refuses a token.
    Rotate(RotateArgs),
    /// Take a key out of use; it stays published until its last token has expired.
    Retire(KidArgs),
    /// Drop a key at once: all its tokens fail everywhere. For keys that have leaked.
    Revoke {
        #[command(flatten)]
        key: KidArgs,
        #[command(flatten)]
        confirmation: Confirmation,
        /// The key has leaked and every second counts: do not ask.
        #[arg(long)]
        emergency: bool,
    },
    /// Seal the private keys under a new key-encryption key.
    Reseal(reseal::ResealArgs),
}

/// One key.
#[derive(Debug, Args)]
pub(super) struct KidArgs {
    /// The key id (`kid`).
    // One of 64 begins with a hyphen: the alphabet is that of base64url.
    #[arg(allow_hyphen_values = true)]
    kid: String,
}

/// Arguments of `keys rotate`.
#[derive(Debug, Args)]
pub(super) struct RotateArgs {
    /// The algorithm. [default: the setting `keys.algorithm`]
    #[arg(long, value_enum, value_name = "ALG")]
    algorithm: Option<AlgorithmName>,
    /// Sign with the new key at once. Verifiers refuse new tokens until they fetch the key set.
    #[arg(long, visible_alias = "emergency")]
    now: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum AlgorithmName {
    #[value(name = "RS256")]
    Rs256,
    #[value(name = "PS256")]
    Ps256,
    #[value(name = "ES256")]
    Es256,
    #[value(name = "EdDSA")]
    EdDsa,
}

impl From<AlgorithmName> for Algorithm {
    fn from(name: AlgorithmName) -> Self {
        match name {
            AlgorithmName::Rs256 => Self::RS256,
            AlgorithmName::Ps256 => Self::PS256,
            AlgorithmName::Es256 => Self::ES256,
            AlgorithmName::EdDsa => Self::EdDSA,
        }
    }
}

/// Runs one of the commands.
pub(super) fn run(globals: &Globals, command: &Command) -> Result<(), Failure> {
    block_on(async {
        let bench = Workbench::open(globals, Schema::Require).await?;
        let format = globals.format;
        match command {
            Command::Reseal(args) => reseal::run(&bench, format, args).await,
            Command::List => list(&bench, format).await,
            Command::ExportJwks => export(&bench).await,
            Command::Rotate(args) => rotate(&bench, format, args).await,
            Command::Retire(key) => {
                let kid = KeyId::new(&key.kid);
                let (ring, actor) = bench.key_ring().await?;
                ring.retire(&kid, &actor).await?;
                show(&bench, format, &kid, "is out of use").await
            }
            Command::Revoke {
                key,
                confirmation,
                emergency,
            } => {
                if !emergency {
                    confirmation.require(&format!(
                        "This makes every token that key {} has signed worthless.",
                        key.kid
                    ))?;
                }
                let kid = KeyId::new(&key.kid);
                let (ring, actor) = bench.key_ring().await?;
                ring.revoke(&kid, &actor).await?;
                show(&bench, format, &kid, "is revoked").await
            }
        }
    })
}

impl From<KeyOperationError> for Failure {
    fn from(error: KeyOperationError) -> Self {
        match error {
            KeyOperationError::Fault(fault) => fault.into(),
            refused => Self::failed(format!("It was not done: {refused}.")),
        }
    }
}

async fn list(bench: &Workbench, format: Format) -> Result<(), Failure> {
    let records = signing_keys::all(bench.store.read()).await?;
    let items: Vec<Value> = records.iter().map(view).collect();
    let columns = [
        "kid",
        "algorithm",
        "state",
        "activates_at",
        "retired_at",
        "expires_at",
    ];
    output::list(format, &columns, &items, None)
}

async fn export(bench: &Workbench) -> Result<(), Failure> {
    let records = signing_keys::all(bench.store.read()).await?;
    let mut keys = Vec::new();
    for record in records.iter().filter(|record| record.state.is_published()) {
        let key: Value = serde_json::from_str(&record.public_jwk).map_err(|_| {
            Failure::failed(format!("The public half of key {} is damaged.", record.kid))
        })?;
        keys.push(key);
    }
    output::json(&json!({ "keys": keys }))
}

async fn rotate(bench: &Workbench, format: Format, args: &RotateArgs) -> Result<(), Failure> {
    let algorithm = args
        .algorithm
        .map_or(bench.settings.keys.algorithm, Algorithm::from);
    let urgency = if args.now {
        Urgency::AtOnce
    } else {
        Urgency::Announced
    };
    let (ring, actor) = bench.key_ring().await?;
    let record = ring.rotate(algorithm, urgency, &actor).await?;
    let sentence = format!(
        "Key {} ({}) is {}; it signs from {}.",
        record.kid,
        record.algorithm.as_str(),
        record.state.as_str(),
        record.activates_at.to_rfc3339()
    );
    output::done(format, &sentence, &view(&record))
}

async fn show(bench: &Workbench, format: Format, kid: &KeyId, what: &str) -> Result<(), Failure> {
    let record = signing_keys::find(bench.store.read(), kid).await?;
    let value = record.as_ref().map_or(Value::Null, view);
    output::done(format, &format!("Key {kid} {what}."), &value)
}

fn view(record: &SigningKeyRecord) -> Value {
    let at = |at: Option<Instant>| at.map(Instant::to_rfc3339);
    json!({
        "kid": record.kid.as_str(),
        "algorithm": record.algorithm.as_str(),
        "state": record.state.as_str(),
        "created_at": record.created_at.to_rfc3339(),
        "activates_at": record.activates_at.to_rfc3339(),
        "retired_at": at(record.retired_at),
        "expires_at": at(record.expires_at),
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::Cli;

    #[test]
    fn a_key_id_may_begin_with_a_hyphen_wherever_the_flags_stand() {
        for kid in ["-W7FIL3_tGEv6P71W3CmXIki9qV6", "--h-_RgRIJnx29H", "-hZ"] {
            for words in [["--emergency", kid], [kid, "--emergency"]] {
                let words = [&["auth-server", "keys", "revoke"], &words[..]].concat();
                let parsed = Cli::try_parse_from(words).unwrap();
                let Some(crate::cli::Command::Keys(Command::Revoke { key, emergency, .. })) =
                    parsed.command
                else {
                    panic!("another command");
                };
                assert_eq!((key.kid.as_str(), emergency), (kid, true));
            }
        }
        assert!(Cli::try_parse_from(["auth-server", "keys", "retire", "-h"]).is_err());
    }
}
