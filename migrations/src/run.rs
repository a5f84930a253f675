//! Runs a migrator under a lock of its own, which the migration library does not take: eight processes
//! that start at once on an empty database come up with one schema.
//!
//! SQLite and PostgreSQL change the schema in one transaction: a process killed in the middle leaves
//! nothing behind. MySQL cannot; there the next start repeats the steps, each of which may be repeated.

use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};
use sea_orm_migration::sea_query::{Alias, Order, Query};
use sea_orm_migration::{IntoSchemaManagerConnection, MigratorTrait, SchemaManager};

mod lock;

use lock::Lock;

/// Why the schema was not changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MigrationError {
    /// The database was migrated by a newer version of this program.
    #[error(
        "the database schema is newer than this program: it has {}, which this version does not \
         know. Start the newer version again, or let it take the schema back with `migrate down`",
        .0.join(", ")
    )]
    NewerSchema(Vec<String>),
    /// Another process holds the lock.
    #[error(
        "another process has been migrating this database for more than a minute. Wait until it is \
         done, or end it, and start again"
    )]
    Locked(#[source] Option<DbErr>),
    /// The database refused.
    #[error("the database refused a migration: {0}")]
    Database(#[from] DbErr),
}

/// A migration and whether it has been applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationState {
    /// The name of its file.
    pub name: String,
    /// True once it is in the database.
    pub applied: bool,
}

/// Applies what is pending, and returns how many migrations that were.
///
/// Writes nothing and takes no lock when nothing is pending, so that a server whose database user
/// may not change the schema starts too.
pub async fn up<M: MigratorTrait>(db: &DatabaseConnection) -> Result<usize, MigrationError> {
    if status::<M>(db).await?.iter().all(|state| state.applied) {
        return Ok(0);
    }
    let lock = Lock::acquire(db).await?;
    let done = up_under_lock::<M>(&lock).await;
    lock.release(done).await
}

async fn up_under_lock<M: MigratorTrait>(lock: &Lock) -> Result<usize, MigrationError> {
    let pending = status::<M>(lock.connection())
        .await?
        .iter()
        .filter(|state| !state.applied)
        .count();
    M::up(lock.connection(), None).await?;
    Ok(pending)
}

/// Takes the last `steps` migrations back. Their tables and columns are gone with all they held.
pub async fn down<M: MigratorTrait>(
    db: &DatabaseConnection,
    steps: u32,
) -> Result<usize, MigrationError> {
    let lock = Lock::acquire(db).await?;
    let done = down_under_lock::<M>(&lock, steps).await;
    lock.release(done).await
}

async fn down_under_lock<M: MigratorTrait>(
    lock: &Lock,
    steps: u32,
) -> Result<usize, MigrationError> {
    let applied = status::<M>(lock.connection())
        .await?
        .iter()
        .filter(|state| state.applied)
        .count();
    M::down(lock.connection(), Some(steps)).await?;
    Ok(applied.min(usize::try_from(steps).unwrap_or(usize::MAX)))
}

/// Every migration this program knows, oldest first. Reads only.
///
/// # Errors
/// [`MigrationError::NewerSchema`] when the database has one that this program does not know.
pub async fn status<'c, M: MigratorTrait>(
    db: impl IntoSchemaManagerConnection<'c>,
) -> Result<Vec<MigrationState>, MigrationError> {
    let applied = applied_names::<M>(&SchemaManager::new(db)).await?;
    let known: Vec<String> = M::migrations()
        .iter()
        .map(|one| one.name().to_owned())
        .collect();
    let unknown: Vec<String> = applied
        .iter()
        .filter(|name| !known.contains(name))
        .cloned()
        .collect();
    if !unknown.is_empty() {
        return Err(MigrationError::NewerSchema(unknown));
    }
    Ok(known
        .into_iter()
        .map(|name| MigrationState {
            applied: applied.contains(&name),
            name,
        })
        .collect())
}

/// The library has this too, but it creates its table first or stops at the first unknown name.
async fn applied_names<M: MigratorTrait>(
    manager: &SchemaManager<'_>,
) -> Result<Vec<String>, DbErr> {
    let table = M::migration_table_name();
    if !manager.has_table(table.to_string()).await? {
        return Ok(Vec::new());
    }
    let version = Alias::new("version");
    let mut query = Query::select();
    query
        .column(version.clone())
        .from(table)
        .order_by(version, Order::Asc);
    let rows = manager.get_connection().query_all(&query).await?;
    rows.iter().map(|row| row.try_get("", "version")).collect()
}
