//! Reads that end: one that gets no answer within `acquire_timeout` is an error, although its
//! connection may live on for a quarter of an hour before the system finds out that it is dead. Nor
//! does an unlimited crowd wait: beyond a point, whoever comes is refused at once.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use async_trait::async_trait;
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseBackend, DatabaseConnection, DbErr, ExecResult,
    QueryResult, RuntimeErr, Statement,
};
use tokio::sync::Semaphore;

use super::engine_error::is_answer;
use super::liveness::Liveness;

/// Reads that may be under way or waiting for a connection.
const CROWD: usize = 4096;
/// The pool gives up after `acquire_timeout`, and knows better why: it shall be the first.
const POOL_FIRST: Duration = Duration::from_millis(100);

/// The connections that read; on PostgreSQL and MySQL, all.
#[derive(Debug)]
pub struct Reader {
    first: DatabaseConnection,
    current: ArcSwap<DatabaseConnection>,
    limit: Duration,
    liveness: Arc<Liveness>,
    room: Semaphore,
}

impl Reader {
    pub(super) fn new(
        db: DatabaseConnection,
        acquire_timeout: Duration,
        liveness: Arc<Liveness>,
    ) -> Self {
        Self {
            current: ArcSwap::from_pointee(db.clone()),
            first: db,
            limit: acquire_timeout.saturating_add(POOL_FIRST),
            liveness,
            room: Semaphore::new(CROWD),
        }
    }

    /// The pool in use.
    pub(super) fn current(&self) -> Arc<DatabaseConnection> {
        self.current.load_full()
    }

    /// Uses another pool from now on. Who waits for the old one is not disturbed.
    pub(super) fn replace(&self, db: DatabaseConnection) {
        self.current.store(Arc::new(db));
    }

    async fn within_limit<T>(
        &self,
        read: impl Future<Output = Result<T, DbErr>>,
    ) -> Result<T, DbErr> {
        let Ok(_place) = self.room.try_acquire() else {
            return Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout));
        };
        let answer = tokio::time::timeout(self.limit, read)
            .await
            .unwrap_or_else(|_| {
                let text = format!("no answer within {:?}", self.limit);
                Err(DbErr::Conn(RuntimeErr::Internal(text)))
            });
        if is_answer(&answer) {
            self.liveness.note_answer();
        }
        answer
    }
}

/// For what is no request: backups stream for as long as it takes. The pool of the start.
impl Deref for Reader {
    type Target = DatabaseConnection;

    fn deref(&self) -> &DatabaseConnection {
        &self.first
    }
}

#[async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DatabaseBackend {
        self.first.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.within_limit(self.current().execute_raw(statement))
            .await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.within_limit(self.current().execute_unprepared(sql))
            .await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.within_limit(self.current().query_one_raw(statement))
            .await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.within_limit(self.current().query_all_raw(statement))
            .await
    }
}
