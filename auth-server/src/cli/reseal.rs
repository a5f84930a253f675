//! `keys reseal`: a new key-encryption key, without logging anybody out (people leave, files leak,
//! policies ask for it). The database changes here; the setting is yours to change.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::failure::Failure;
use super::globals::Format;
use super::workbench::Workbench;
use super::{input, output};
use crate::keys::{ENCRYPTION_KEY_FILE, EncryptionKey, reseal};
use crate::settings;

/// Arguments of `keys reseal`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  openssl rand -base64 32 > new-key
  auth-server keys reseal --new-key-file new-key
  Then give every instance the new key as keys.encryption_key and restart one after the other.")]
pub(super) struct ResealArgs {
    /// The file with the new key: 32 bytes in base64.
    #[arg(long, value_name = "FILE")]
    new_key_file: PathBuf,
}

/// Seals every private key, and the keys of refresh tokens, under the new key.
pub(super) async fn run(
    bench: &Workbench,
    format: Format,
    args: &ResealArgs,
) -> Result<(), Failure> {
    let text = input::from_file(&args.new_key_file)?;
    let new = settings::parse_encryption_key(&text).map_err(|problem| {
        let file = args.new_key_file.display();
        Failure::failed(format!("The key in {file} {problem}."))
    })?;
    let old = bench.encryption_key().await?;
    let (random, actor) = (bench.random(), bench.actor());
    let done = reseal(&bench.store, old, EncryptionKey::new(new), random, &actor).await?;
    let skipped: Vec<&str> = done
        .skipped
        .iter()
        .map(crate::model::KeyId::as_str)
        .collect();
    if format == Format::Json {
        return output::json(&json!({
            "version": done.version,
            "resealed": done.keys,
            "skipped": skipped,
        }));
    }
    let mut text = format!(
        "{} keys are sealed under the new key. Running instances go on; each needs it at its next \
         start:\nset keys.encryption_key, or replace {ENCRYPTION_KEY_FILE} in data_dir by the new \
         file (mode 0600).\n",
        done.keys
    );
    if !skipped.is_empty() {
        text.push_str("Left as they are, because the old key did not open them: ");
        text.push_str(&skipped.join(", "));
        text.push('\n');
    }
    output::text(&text)
}
