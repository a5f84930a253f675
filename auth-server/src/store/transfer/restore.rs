//! The way back: a backup becomes the database of a server that has none yet. It is checked first,
//! brought up to date beside its place and put there whole. Nothing is ever overwritten.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use migrations::auth_server::Migrator;
use migrations::run;
use sea_orm::DatabaseConnection;
use sea_orm_migration::SchemaManager;

use super::draft::{Draft, make_directory_of};
use super::report::Contents;
use super::{TransferError, empty, sqlite, unfinished};
use crate::random::Random;
use crate::secret::Secret;
use crate::store::{not_migrated, server_state};

/// How every SQLite file begins.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// What SQLite keeps beside a file: rows not yet in it, and how to take back what is half done.
const COMPANIONS: [&str; 2] = ["-wal", "-journal"];

/// A backup that was opened and found sound.
#[derive(Debug)]
pub struct BackupFile {
    db: DatabaseConnection,
    path: PathBuf,
}

impl BackupFile {
    /// Opens a backup, or any other SQLite file of this program.
    ///
    /// # Errors
    /// [`TransferError`]: no database, damaged, of another program, of a newer version, unfinished.
    pub async fn open(path: &Path) -> Result<Self, TransferError> {
        require_magic(path)?;
        let db = sqlite::open_to_read(path).await?;
        sqlite::require_sound(&db, path).await?;
        let states = run::status::<Migrator>(&db).await.map_err(not_migrated)?;
        if states.iter().all(|state| !state.applied) {
            return Err(TransferError::NotOurs(path.to_owned()));
        }
        if unfinished::is_marked(&db).await? {
            return Err(TransferError::Unfinished);
        }
        Ok(Self {
            db,
            path: path.to_owned(),
        })
    }

    /// A fact of `server_state` in the backup.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn find_fact(&self, name: &str) -> Result<Option<Vec<u8>>, TransferError> {
        let manager = SchemaManager::new(&self.db);
        // An older schema may lack the table.
        if !manager.has_table(unfinished::TABLE).await? {
            return Ok(None);
        }
        Ok(server_state::find(&self.db, name).await?)
    }

    /// Makes it the database of this URL, with the schema of this version.
    ///
    /// # Errors
    /// [`TransferError`] when something is there or the file is in use; then nothing was changed.
    pub async fn restore(self, url: &Secret, random: &Random) -> Result<Contents, TransferError> {
        let target = sqlite::path_of(url.expose())?;
        // A link stays: what it points to is replaced.
        let target = target.canonicalize().unwrap_or(target);
        let reserved = reserve(&target)?;
        look(&target).await?;
        let held = sqlite::hold(&target).await?;
        let restored = self.fill(&held, &target, random).await;
        // Only now may others open what has this name.
        held.close().await?;
        let contents = restored?;
        reserved.into_iter().for_each(Draft::keep);
        self.db.close().await?;
        Ok(contents)
    }

    async fn fill(
        &self,
        held: &DatabaseConnection,
        target: &Path,
        random: &Random,
    ) -> Result<Contents, TransferError> {
        require_vacant(held).await?;
        let create = || TransferError::refused_by_system(format!("creating {}", target.display()));
        let draft = Draft::beside(target, random).map_err(create())?;
        sqlite::vacuum_into(&self.db, draft.path()).await?;
        let db = sqlite::open_to_change(draft.path()).await?;
        run::up::<Migrator>(&db).await.map_err(not_migrated)?;
        let contents = sqlite::count(&db, draft.path()).await?;
        db.close().await?;
        draft.put_at(target).map_err(create())?;
        Ok(contents)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Holding a file changes it a little: one that is not empty must not come so far.
async fn look(target: &Path) -> Result<(), TransferError> {
    let db = sqlite::open_to_read(target).await?;
    let vacant = require_vacant(&db).await;
    db.close().await?;
    vacant
}

/// Nothing of ours but what a migration makes, and nothing of anybody else.
async fn require_vacant(db: &DatabaseConnection) -> Result<(), TransferError> {
    empty::check(db).await?;
    match sqlite::find_foreign_table(db).await? {
        Some(table) => Err(TransferError::NotEmpty { table }),
        None => Ok(()),
    }
}

/// Takes the name of the target; `None` when a file, perhaps an empty database, has it.
fn reserve(target: &Path) -> Result<Option<Draft>, TransferError> {
    let create = || TransferError::refused_by_system(format!("creating {}", target.display()));
    make_directory_of(target).map_err(create())?;
    if !target.exists() {
        for companion in COMPANIONS {
            let mut name = target.as_os_str().to_owned();
            name.push(companion);
            if Path::new(&name).exists() {
                return Err(TransferError::Leftover(name.into()));
            }
        }
    }
    match Draft::reserve(target) {
        Ok(reserved) => Ok(Some(reserved)),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(None),
        Err(error) => Err(create()(error)),
    }
}

/// SQLite takes an empty file for an empty database.
fn require_magic(path: &Path) -> Result<(), TransferError> {
    let read = || TransferError::refused_by_system(format!("reading {}", path.display()));
    let mut start = Vec::new();
    let file = File::open(path).map_err(read())?;
    file.take(MAGIC.len() as u64)
        .read_to_end(&mut start)
        .map_err(read())?;
    if start != MAGIC {
        return Err(TransferError::NoDatabase(path.to_owned()));
    }
    Ok(())
}
