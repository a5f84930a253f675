//! Many writers, one transaction. When a transaction as a whole fails (a full disk rolls all of it
//! back), each of its writers tries again alone: only the one that caused it hears of it.

use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait as _,
};

use super::job::Job;
use crate::random::Random;
use crate::store::StoreError;
use crate::store::retry::Retries;

/// Where groups are written.
pub(super) struct Groups {
    pub(super) db: DatabaseConnection,
    pub(super) random: Random,
    pub(super) is_in_memory: bool,
}

impl Groups {
    /// Writes the group and answers everyone in it.
    pub(super) async fn write(&self, mut group: Vec<Box<dyn Job>>) {
        match self.commit(&mut group).await {
            Ok(()) => settle(group, &Ok(())),
            Err(error) if group.len() < 2 => self.write_again(group, error).await,
            Err(_) => {
                for job in group {
                    let mut alone = vec![job];
                    match self.commit(&mut alone).await {
                        Ok(()) => settle(alone, &Ok(())),
                        Err(error) => self.write_again(alone, error).await,
                    }
                }
            }
        }
    }

    /// Tries until it works, the error is final, or there were enough tries.
    async fn write_again(&self, mut group: Vec<Box<dyn Job>>, first: DbErr) {
        let mut retries = Retries::new(self.random.clone());
        let mut failed = Err(first);
        while let Err(error) = &failed
            && is_transient(error)
            && retries.pause().await
        {
            failed = self.commit(&mut group).await;
        }
        settle(group, &failed);
    }

    /// One transaction. Whoever stopped waiting before it began leaves the group.
    async fn commit(&self, group: &mut Vec<Box<dyn Job>>) -> Result<(), DbErr> {
        let Some(txn) = self.begin(group).await? else {
            return Ok(());
        };
        let done = run(txn, group).await;
        if done.is_err() {
            self.change_connection().await;
        }
        done
    }

    /// Closes a connection whose transaction broke. A full disk makes SQLite take it back by itself,
    /// which the driver does not notice: it would count one transaction too many from then on, and
    /// send savepoints that nobody commits, while the writers hear that all is well.
    async fn change_connection(&self) {
        if self.is_in_memory {
            // It lives as long as its connection.
            return;
        }
        let closed = match self.db.get_sqlite_connection_pool().acquire().await {
            Ok(connection) => connection.close().await,
            Err(error) => Err(error),
        };
        if let Err(error) = closed {
            tracing::warn!(cause = %error, "the writing connection did not close well");
        }
    }

    /// Waits for the file as long as somebody waits for us: callers withdraw by themselves.
    async fn begin(
        &self,
        group: &mut Vec<Box<dyn Job>>,
    ) -> Result<Option<DatabaseTransaction>, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let mut retries = Retries::new(self.random.clone());
        loop {
            match self.db.begin_with_options(options).await {
                Ok(txn) => {
                    group.retain(|job| job.begin());
                    return Ok((!group.is_empty()).then_some(txn));
                }
                Err(error) if is_transient(&error) => {
                    group.retain(|job| job.is_wanted());
                    if group.is_empty() {
                        return Ok(None);
                    }
                    retries.pause_patiently().await;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// Everybody's work in turn. When this returns, the transaction is over or taken back.
async fn run(txn: DatabaseTransaction, group: &mut [Box<dyn Job>]) -> Result<(), DbErr> {
    for job in group.iter_mut() {
        run_in_savepoint(&txn, job.as_mut()).await?;
    }
    txn.commit().await
}

/// An error here means that the transaction itself is lost, not only this job.
async fn run_in_savepoint(txn: &DatabaseTransaction, job: &mut dyn Job) -> Result<(), DbErr> {
    let savepoint = txn.begin().await?;
    if job.attempt(&savepoint).await {
        savepoint.commit().await
    } else {
        savepoint.rollback().await
    }
}

fn settle(group: Vec<Box<dyn Job>>, committed: &Result<(), DbErr>) {
    for job in group {
        job.settle(committed.clone());
    }
}

fn is_transient(error: &DbErr) -> bool {
    StoreError::Database(error.clone()).is_transient()
}
