//! Storage: the connection, its errors and its transactions. Tables live with their rooms
//! (`jobs/store`, `applications/store`, `idempotency/store`).
//!
//! One dialect-free SQL for all engines. Every change of state is one conditional statement that tells
//! whether *we* made it; reads come before a transaction, its first statement writes.

mod connect;
mod error;
mod transaction;

pub use connect::{connect, connect_migrated, migrate_down, migration_states};
pub use error::StoreError;
pub use sea_orm::DatabaseConnection;
pub use transaction::{Outcome, transaction, with_retry};

use sea_orm::ConnectionTrait as _;

/// Asks the database for a sign of life.
///
/// # Errors
/// It does not answer.
pub async fn ping(db: &DatabaseConnection) -> Result<(), StoreError> {
    let one = sea_orm::sea_query::Query::select()
        .expr(sea_orm::sea_query::Expr::val(1))
        .take();
    db.query_one(&one).await?;
    Ok(())
}
