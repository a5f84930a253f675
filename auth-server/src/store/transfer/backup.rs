//! A SQLite database into one file, while the server writes: a copy of one state, checked before it
//! gets its name. The key-encryption key is not in the database, and so not in the backup.

use std::io::ErrorKind;
use std::path::Path;

use sea_orm::DatabaseBackend;

use super::draft::Draft;
use super::report::Contents;
use super::{TransferError, sqlite};
use crate::store::Store;

/// Writes a backup, readable by its owner only.
///
/// # Errors
/// [`TransferError::Exists`] when the file is there; [`TransferError::NoFile`] on another engine.
/// Whatever fails, nothing is left of it.
pub async fn backup(store: &Store, file: &Path) -> Result<Contents, TransferError> {
    // The connections that read refuse even this.
    let db = &store.inner.migrate;
    if db.get_database_backend() != DatabaseBackend::Sqlite {
        return Err(TransferError::NoFile);
    }
    sqlite::require_name(file)?;
    let create = || TransferError::refused_by_system(format!("creating {}", file.display()));
    let reserved = Draft::reserve(file).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => TransferError::Exists(file.to_owned()),
        _ => create()(error),
    })?;
    let draft = Draft::beside(file, &store.inner.random).map_err(create())?;
    sqlite::vacuum_into(db, draft.path()).await?;
    let contents = check(draft.path()).await?;
    draft.put_at(file).map_err(create())?;
    reserved.keep();
    Ok(contents)
}

async fn check(draft: &Path) -> Result<Contents, TransferError> {
    let db = sqlite::open_to_read(draft).await?;
    sqlite::require_sound(&db, draft).await?;
    let contents = sqlite::count(&db, draft).await?;
    db.close().await?;
    Ok(contents)
}
