//! `restore FILE`: a backup becomes the database of the settings, where there is none yet.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::backup::{refused, view};
use super::failure::Failure;
use super::globals::Globals;
use super::output;
use super::workbench::block_on;
use crate::keys::{CHECK_VALUE, ENCRYPTION_KEY_FILE, EncryptionKey};
use crate::random::Random;
use crate::settings::{DatabaseKind, Mode, Settings};
use crate::store::transfer::BackupFile;

/// Arguments of `restore`.
#[derive(Debug, Args)]
#[command(after_help = "\
The database must be empty or not there yet; stop the server first. Put the key-encryption key that
belongs to the backup in its place before: its file into the data directory, or the setting.

Example:
  cp key-encryption-key data/auth-server/ && auth-server restore auth-server-2027-01-31.db")]
pub(super) struct RestoreArgs {
    /// A backup, or a file that `copy --to sqlite:FILE` wrote. It is not changed.
    file: PathBuf,
}

/// Restores a backup.
pub(super) fn run(globals: &Globals, args: &RestoreArgs) -> Result<(), Failure> {
    let settings = globals.load(Mode::Tool)?.settings;
    let url = &settings.database.url;
    if url.kind() != DatabaseKind::Sqlite {
        return Err(Failure::failed(format!(
            "`restore` is for SQLite, and this database is {}. Copy the backup into it: set \
             AUTH_SERVER_DATABASE__URL=sqlite:{} and give this database to `auth-server copy \
             --to-file`.",
            url.shown(),
            args.file.display()
        )));
    }
    block_on(async {
        let file = args.file.display().to_string();
        let backup = BackupFile::open(&args.file)
            .await
            .map_err(|error| refused(&file, error))?;
        require_key(&settings, &backup).await?;
        let contents = backup
            .restore(url.expose(), &Random::system())
            .await
            .map_err(|error| refused(&url.shown(), error))?;
        let sentence = format!(
            "{}: {} rows of {} tables restored from {file}.",
            url.shown(),
            contents.total(),
            contents.rows.len()
        );
        let mut value = view(&contents);
        value["file"] = json!(file);
        output::done(globals.format, &sentence, &value)
    })
}

/// The keys in the backup must be of use. A database that never served has none.
async fn require_key(settings: &Settings, backup: &BackupFile) -> Result<(), Failure> {
    let found = backup.find_fact(CHECK_VALUE).await;
    let Some(check) =
        found.map_err(|error| refused(&backup.path().display().to_string(), error))?
    else {
        return Ok(());
    };
    let key = match &settings.keys.encryption_key {
        Some(key) => Some(EncryptionKey::new(key.clone())),
        None => EncryptionKey::find(&settings.data_dir)
            .map_err(|error| Failure::failed(format!("Nothing was restored: {error}.")))?,
    };
    let Some(key) = key else {
        return Err(Failure::failed(format!(
            "The signing keys in this backup are sealed, and the key that opens them is not there. \
             Put the file {} back that belongs to it, or set keys.encryption_key; then restore.",
            settings.data_dir.join(ENCRYPTION_KEY_FILE).display()
        )));
    };
    Ok(key.require_left(&check)?)
}
