//! `backup FILE`: a SQLite database into one file while the server runs. The other engines have tools
//! of their own, which are named.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Map, Value, json};

use super::failure::Failure;
use super::globals::Globals;
use super::output;
use super::workbench::{Schema, Workbench, block_on, nothing_in};
use crate::keys::ENCRYPTION_KEY_FILE;
use crate::settings::{DatabaseKind, Mode, Settings};
use crate::store::transfer::{self, Contents, TransferError};

/// Arguments of `backup`.
#[derive(Debug, Args)]
#[command(after_help = "\
The server may run meanwhile. The file appears when it is whole and checked, with mode 0600; a file
that is there is never overwritten.

The key-encryption key is not in it, on purpose: keep the two apart. Without that key the signing
keys in the backup cannot be opened.

Example:
  auth-server backup /var/backups/auth-server-$(date +%F).db")]
pub(super) struct BackupArgs {
    /// Where to write.
    file: PathBuf,
}

/// Writes a backup.
pub(super) fn run(globals: &Globals, args: &BackupArgs) -> Result<(), Failure> {
    let settings = globals.load(Mode::Tool)?.settings;
    let place = settings.database.url.shown();
    require_sqlite(&settings)?;
    if settings.database.url.is_missing_file() {
        return Err(nothing_in(&place));
    }
    block_on(async {
        // A backup before `migrate up` is the most useful of all: any schema will do.
        let bench = Workbench::open(globals, Schema::Ignore).await?;
        let states = bench.store.migration_status().await?;
        if states.iter().all(|state| !state.applied) {
            return Err(nothing_in(&place));
        }
        transfer::require_finished(&bench.store).await?;
        let written = transfer::backup(&bench.store, &args.file).await;
        bench.store.close().await;
        let contents = written.map_err(|error| refused(&place, error))?;
        let sentence = format!(
            "{place}: {} rows of {} tables written to {} ({} bytes) and checked.",
            contents.total(),
            contents.rows.len(),
            args.file.display(),
            contents.bytes
        );
        let mut value = view(&contents);
        value["file"] = json!(args.file.display().to_string());
        value["has_encryption_key"] = json!(false);
        output::done(globals.format, &sentence, &value)?;
        output::note(&about_the_key(&settings));
        Ok(())
    })
}

/// The one thing that a backup lacks.
fn about_the_key(settings: &Settings) -> String {
    let key = if settings.keys.encryption_key.is_some() {
        "`keys.encryption_key`".to_owned()
    } else {
        settings
            .data_dir
            .join(ENCRYPTION_KEY_FILE)
            .display()
            .to_string()
    };
    format!(
        "The key-encryption key ({key}) is not in it. Keep a copy of that key in another place: \
         without it the signing keys in the backup cannot be opened."
    )
}

fn require_sqlite(settings: &Settings) -> Result<(), Failure> {
    let (engine, tool) = match settings.database.url.kind() {
        DatabaseKind::Sqlite => return Ok(()),
        DatabaseKind::Postgres => ("PostgreSQL", "pg_dump --format=custom --file=FILE DATABASE"),
        DatabaseKind::MySql => (
            "MySQL and MariaDB",
            "mariadb-dump --single-transaction --result-file=FILE DATABASE",
        ),
    };
    Err(Failure::failed(format!(
        "`backup` is for SQLite. {engine}: use its own tool, `{tool}`. For one file that every \
         engine can take again: auth-server copy --to sqlite:FILE"
    )))
}

/// Tables and rows of a file.
pub(super) fn view(contents: &Contents) -> Value {
    let tables: Map<String, Value> = contents
        .rows
        .iter()
        .map(|(table, rows)| ((*table).to_owned(), json!(rows)))
        .collect();
    json!({ "rows": contents.total(), "bytes": contents.bytes, "tables": tables })
}

/// A refusal about that database.
pub(super) fn refused(place: &str, error: TransferError) -> Failure {
    match error {
        TransferError::Fault(fault) => fault.into(),
        error => Failure::failed(format!("{place}: {error}.")),
    }
}
