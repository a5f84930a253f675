//! PostgreSQL calls when something has changed: a trigger on `change_log` notifies (see the migration),
//! never in a transaction that issues tokens. Only a nudge: polling finds every change without it, as
//! it must on the other engines, behind a pooler, and while the connection is being made anew.

use std::time::Duration;

use migrations::auth_server::CHANGE_CHANNEL;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sea_orm::sqlx::{self, PgPool};
use sea_orm::{DatabaseBackend, DatabaseConnection};

use super::Store;

const RECONNECT_AFTER: Duration = Duration::from_secs(1);
const CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// A connection for nothing but these calls, so that the pool of the requests loses none.
#[derive(Debug, Clone)]
pub(super) struct Line(Option<PgPool>);

impl Store {
    /// Calls `on_change` soon after any process has changed something, as long as this is polled. Ends
    /// at once on engines that do not call.
    pub async fn for_each_nudge(&self, on_change: impl Fn()) {
        let Line(Some(line)) = &self.inner.line else {
            return;
        };
        loop {
            let Err(error) = heed(line, &on_change).await;
            tracing::debug!(cause = %error, "nobody calls for changes at present; they are polled");
            tokio::time::sleep(RECONNECT_AFTER).await;
        }
    }
}

impl Line {
    /// To where `db` is connected; connects when it is first needed.
    pub(super) fn to(db: &DatabaseConnection) -> Self {
        let is_postgres = db.get_database_backend() == DatabaseBackend::Postgres;
        Self(is_postgres.then(|| {
            let same = db.get_postgres_connection_pool().connect_options();
            PgPoolOptions::new()
                .max_connections(1)
                .idle_timeout(None)
                .max_lifetime(None)
                .acquire_timeout(CONNECT_LIMIT)
                .connect_lazy_with(PgConnectOptions::clone(&same))
        }))
    }

    /// Hangs up.
    pub(super) async fn close(&self) {
        if let Self(Some(line)) = self {
            line.close().await;
        }
    }
}

async fn heed(
    line: &PgPool,
    on_change: &impl Fn(),
) -> Result<std::convert::Infallible, sqlx::Error> {
    let mut listener = PgListener::connect_with(line).await?;
    listener.listen(CHANGE_CHANNEL).await?;
    loop {
        // What was called while the line was dead is lost: look once after each connection.
        on_change();
        // `None`: the connection was lost and is there again.
        listener.try_recv().await?;
    }
}
