//! Reads that end: one that gets no answer within `acquire_timeout` is an error, although its
//! connection may live on for a quarter of an hour before the system finds out that it is dead. Nor
//! does an unlimited crowd wait: beyond a point, whoever comes is refused at once.

use std::ops::Deref;
use std::time::Duration;

use async_trait::async_trait;
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseBackend, DatabaseConnection, DbErr, ExecResult,
    QueryResult, RuntimeErr, Statement,
};
use tokio::sync::Semaphore;

/// Reads that may be under way or waiting for a connection.
const CROWD: usize = 4096;
/// The pool gives up after `acquire_timeout`, and knows better why: it shall be the first.
const POOL_FIRST: Duration = Duration::from_millis(100);

/// The connections that read.
#[derive(Debug)]
pub struct Reader {
    db: DatabaseConnection,
    limit: Duration,
    room: Semaphore,
}

impl Reader {
    pub(super) fn new(db: DatabaseConnection, acquire_timeout: Duration) -> Self {
        Self {
            db,
            limit: acquire_timeout.saturating_add(POOL_FIRST),
            room: Semaphore::new(CROWD),
        }
    }

    async fn within_limit<T>(
        &self,
        read: impl Future<Output = Result<T, DbErr>>,
    ) -> Result<T, DbErr> {
        let Ok(_place) = self.room.try_acquire() else {
            return Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout));
        };
        tokio::time::timeout(self.limit, read)
            .await
            .unwrap_or_else(|_| {
                let text = format!("no answer within {:?}", self.limit);
                Err(DbErr::Conn(RuntimeErr::Internal(text)))
            })
    }
}

/// For what is no request: backups stream for as long as it takes.
impl Deref for Reader {
    type Target = DatabaseConnection;

    fn deref(&self) -> &DatabaseConnection {
        &self.db
    }
}

#[async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DatabaseBackend {
        self.db.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.within_limit(self.db.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.within_limit(self.db.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.within_limit(self.db.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.within_limit(self.db.query_all_raw(statement)).await
    }
}
