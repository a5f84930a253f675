//! The database, and the only room that knows it: verbs over tables, `noun::verb(conn, …)`, the same
//! on SQLite, PostgreSQL and MySQL (design §4 rules 1, 8, 9, 10).
//!
//! Reads take [`Store::read`], writes the transaction of [`Store::write`]. Read before the transaction,
//! write first inside it; a state changes by one conditional update that tells who won.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use migrations::auth_server::Migrator;
use migrations::run::{self, MigrationError, MigrationState};
use sea_orm::{DatabaseConnection, TransactionTrait as _};

pub use connect::ConnectOptions;
pub use error::StoreError;
pub use paging::Page;
pub use reader::Reader;
pub use sea_orm::{ConnectionTrait, DatabaseTransaction};

use crate::error::{Fault, FaultKind};
use crate::random::Random;
use liveness::Liveness;
use nudge::Line;
use retry::Retries;
use writer::Writer;

pub mod audit;
pub mod authorization_codes;
pub mod authorization_requests;
pub mod changes;
pub mod clients;
pub mod consents;
pub mod families;
pub mod initial_tokens;
pub mod logout_deliveries;
pub mod registrations;
pub mod resources;
pub mod roles;
pub mod server_state;
pub mod session_clients;
pub mod sessions;
pub mod signing_keys;
pub mod spent_assertions;
pub mod status;
pub mod throttles;
pub mod transfer;
pub mod users;

mod connect;
mod engine_error;
mod entity;
mod error;
mod knock;
mod liveness;
mod nudge;
mod paging;
mod prune;
mod reader;
mod retry;
mod row;
mod sqlite_file;
mod writer;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

/// A transaction is given up when it hangs for as long as one may wait for a connection, but not
/// before this: disks have bad moments.
const TRANSACTION_LIMIT: Duration = Duration::from_secs(2);
/// The end of the process waits no longer for the database.
const CLOSE_LIMIT: Duration = Duration::from_secs(1);
const DOING: &str = "writing to the database";

/// The open database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    read: Reader,
    /// Where the schema is changed: the writing connection of SQLite, any other elsewhere.
    migrate: DatabaseConnection,
    /// SQLite only; the other engines have room for many writers.
    writer: Option<Writer>,
    options: ConnectOptions,
    liveness: Arc<Liveness>,
    line: Line,
    random: Random,
    /// False until a write succeeds, and again after one that failed because the database was away.
    can_write: AtomicBool,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

impl Store {
    /// Opens the database; does not change its schema.
    ///
    /// # Errors
    /// Unavailable when it does not answer within `acquire_timeout` or may not be opened.
    pub async fn connect(options: &ConnectOptions) -> Result<Self, Fault> {
        let pools = connect::open(options).await?;
        let migrate = pools
            .sqlite_writer
            .clone()
            .unwrap_or_else(|| pools.read.clone());
        let writer = pools
            .sqlite_writer
            .map(|db| Writer::start(db, options.is_in_memory(), options.random.clone()))
            .transpose()?;
        let liveness = Arc::new(Liveness::new());
        let inner = Inner {
            line: Line::to(&pools.read),
            read: Reader::new(pools.read, options.acquire_timeout, Arc::clone(&liveness)),
            liveness,
            migrate,
            writer,
            options: options.clone(),
            random: options.random.clone(),
            // Nobody knows yet: the first `ping` finds out.
            can_write: AtomicBool::new(false),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Brings the schema up to date, under a lock: many processes may start at once.
    ///
    /// # Errors
    /// Broken when the schema is newer than this program; the text says so.
    pub async fn migrate(&self) -> Result<(), Fault> {
        run::up::<Migrator>(&self.inner.migrate)
            .await
            .map(drop)
            .map_err(not_migrated)
    }

    /// Every migration and whether it has been applied, oldest first. Reads only.
    ///
    /// # Errors
    /// As [`Store::migrate`].
    pub async fn migration_status(&self) -> Result<Vec<MigrationState>, Fault> {
        run::status::<Migrator>(&*self.inner.read)
            .await
            .map_err(not_migrated)
    }

    /// Takes the last `steps` migrations back, with all that their tables hold, and returns how many
    /// those were.
    ///
    /// # Errors
    /// As [`Store::migrate`].
    pub async fn migrate_down(&self, steps: u32) -> Result<usize, Fault> {
        run::down::<Migrator>(&self.inner.migrate, steps)
            .await
            .map_err(not_migrated)
    }

    /// For reads outside a transaction; they end within `acquire_timeout`. On a SQLite file these
    /// connections refuse to write.
    pub fn read(&self) -> &Reader {
        &self.inner.read
    }

    /// ONE short transaction: commits when `work` returns `Ok`, takes everything back when not.
    ///
    /// `work` runs again when the engine asks for it (deadlock, serialization failure, busy file), so
    /// it must do nothing but use its transaction: no hash, no signature, no network, no other store
    /// call. The write is done even when the caller goes away after its turn came.
    ///
    /// # Errors
    /// What `work` returns; overloaded when no connection or turn came within `acquire_timeout` (then
    /// nothing was written); unavailable when the database is away.
    pub fn write<T, F>(&self, work: F) -> impl Future<Output = Result<T, StoreError>> + use<T, F>
    where
        T: Send + 'static,
        F: AsyncFn(&DatabaseTransaction) -> Result<T, StoreError> + Send + 'static,
    {
        // The future holds the store itself, not a reference: only so can the compiler see that it
        // may move between threads, whatever `work` captures.
        let store = self.clone();
        async move {
            let done = match &store.inner.writer {
                Some(writer) => {
                    writer
                        .write(work, store.inner.options.acquire_timeout)
                        .await
                }
                None => straight(store.clone(), work).await,
            };
            store.remember(done)
        }
    }

    /// Keeps in mind whether the database takes writes, for [`Store::ping`].
    fn remember<T>(&self, done: Result<T, StoreError>) -> Result<T, StoreError> {
        match done {
            Err(error @ (StoreError::Database(_) | StoreError::Fault(_))) => {
                let fault = Fault::from(error);
                if fault.kind == FaultKind::Unavailable {
                    self.inner.can_write.store(false, Ordering::Relaxed);
                }
                Err(fault.into())
            }
            done => {
                self.inner.can_write.store(true, Ordering::Relaxed);
                done
            }
        }
    }

    /// Does the database answer, and has it taken the last write? Before the first, and after one
    /// that failed because the database was away, read-only or full, this writes a trifle to see.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), Fault> {
        changes::latest(self.read())
            .await
            .map_err(|error| Fault::unavailable("reading from the database", Fault::from(error)))?;
        if !self.inner.can_write.load(Ordering::Relaxed) {
            self.write(async |txn| changes::touch(txn).await)
                .await
                .map_err(|error| Fault::unavailable(DOING, Fault::from(error)))?;
        }
        Ok(())
    }

    /// Finishes the writes that were accepted and closes every connection. One that does not answer
    /// is left to the system.
    pub async fn close(&self) {
        if tokio::time::timeout(CLOSE_LIMIT, self.close_all())
            .await
            .is_err()
        {
            tracing::warn!("the database does not answer; its connections are left open");
        }
    }

    async fn close_all(&self) {
        if let Some(writer) = &self.inner.writer {
            writer.stop().await;
        }
        self.inner.line.close().await;
        for connection in [&self.inner.migrate, &*self.inner.read.current()] {
            if let Err(error) = connection.close_by_ref().await {
                tracing::warn!(cause = %error, "a database connection did not close well");
            }
        }
    }
}

/// A plain transaction on an engine with room for many.
async fn straight<T, F>(store: Store, work: F) -> Result<T, StoreError>
where
    F: AsyncFn(&DatabaseTransaction) -> Result<T, StoreError>,
{
    let wait = store.inner.options.acquire_timeout;
    let limit = wait.saturating_add(wait.max(TRANSACTION_LIMIT));
    let random = store.inner.random.clone();
    let mut retries = Retries::new(random);
    let transaction = async move {
        loop {
            match once(&store.inner.read.current(), &work).await {
                Err(error) if error.is_transient() && retries.pause().await => {}
                done => {
                    if done.is_ok() {
                        store.inner.liveness.note_answer();
                    }
                    return done;
                }
            }
        }
    };
    tokio::time::timeout(limit, transaction)
        .await
        .unwrap_or_else(|elapsed| Err(Fault::unavailable(DOING, elapsed).into()))
}

async fn once<T, F>(db: &DatabaseConnection, work: &F) -> Result<T, StoreError>
where
    F: AsyncFn(&DatabaseTransaction) -> Result<T, StoreError>,
{
    let txn = db.begin().await?;
    match work(&txn).await {
        Ok(value) => {
            txn.commit().await?;
            Ok(value)
        }
        Err(error) => {
            // When even this fails the connection is lost, and the engine rolls back.
            drop(txn.rollback().await);
            Err(error)
        }
    }
}

fn not_migrated(error: MigrationError) -> Fault {
    const DOING: &str = "changing the database schema";
    match error {
        MigrationError::Locked(_) => Fault::unavailable(DOING, error),
        MigrationError::Database(cause) => Fault::from(StoreError::Database(cause)),
        newer => Fault::broken(DOING, newer),
    }
}
