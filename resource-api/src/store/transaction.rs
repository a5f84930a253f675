//! Transactions that are tried again when other writers were in the way.

use std::time::Duration;

use sea_orm::{DatabaseConnection, DatabaseTransaction, TransactionTrait as _};

use super::StoreError;

/// How often a contended transaction is tried before the caller gets 503.
const ATTEMPTS: u32 = 6;

/// How a piece of work inside a transaction ended, when the database did as it was told.
#[derive(Debug)]
pub enum Outcome<T, R> {
    /// Keep what was written.
    Commit(T),
    /// Take it back: a condition did not hold.
    RollBack(R),
}

/// Runs `work` in a transaction, which must begin with a write: on SQLite a read first would have to
/// upgrade its lock, and fails when another writer was faster.
///
/// `Ok(Ok(_))`: committed; `Ok(Err(_))`: rolled back because `work` said so.
///
/// # Errors
/// The database failed, or stayed contended through all attempts.
pub async fn transaction<T, R>(
    db: &DatabaseConnection,
    work: impl AsyncFn(&DatabaseTransaction) -> Result<Outcome<T, R>, StoreError>,
) -> Result<Result<T, R>, StoreError> {
    with_retry(async || {
        let transaction = db.begin().await?;
        match work(&transaction).await {
            Ok(Outcome::Commit(value)) => {
                transaction.commit().await?;
                Ok(Ok(value))
            }
            Ok(Outcome::RollBack(reason)) => {
                transaction.rollback().await?;
                Ok(Err(reason))
            }
            Err(cause) => {
                transaction.rollback().await?;
                Err(cause)
            }
        }
    })
    .await
}

/// Runs `work` again, after a growing pause, while it fails for contention.
///
/// # Errors
/// The last failure.
pub async fn with_retry<T>(work: impl AsyncFn() -> Result<T, StoreError>) -> Result<T, StoreError> {
    let mut attempt = 1;
    loop {
        match work().await {
            Err(StoreError::Contended(_)) if attempt < ATTEMPTS => {
                tokio::time::sleep(Duration::from_millis(2 << attempt)).await;
                attempt += 1;
            }
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use sea_orm::DbErr;

    use super::*;

    fn contended() -> StoreError {
        StoreError::Contended(DbErr::Custom("busy".to_owned()))
    }

    #[tokio::test]
    async fn contention_is_tried_again_and_gives_up_in_the_end() {
        let calls = Cell::new(0);
        let third_time = with_retry(async || {
            calls.set(calls.get() + 1);
            if calls.get() < 3 {
                Err(contended())
            } else {
                Ok(calls.get())
            }
        });
        assert_eq!(third_time.await.unwrap(), 3);

        calls.set(0);
        let never = with_retry(async || {
            calls.set(calls.get() + 1);
            Err::<(), _>(contended())
        });
        assert!(never.await.unwrap_err().is_temporary());
        assert_eq!(calls.get(), ATTEMPTS);
    }
}
