//! Up, down and up again, many at once, killed in the middle, and a schema from the future: on the
//! engine of the round (`CHANCERY_TEST_DATABASE_URL`; SQLite without it).
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]
#![expect(
    elided_lifetimes_in_paths,
    reason = "async_trait made the methods of MigrationTrait without the lifetime of the manager"
)]

use migrations::run::{self, MigrationError};
use migrations::testing::FreshDatabase;
use migrations::{auth_server, resource_api};
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{Database, DatabaseConnection, DbBackend, QueryResult, Statement};

async fn connect(fresh: &FreshDatabase) -> DatabaseConnection {
    Database::connect(fresh.url())
        .await
        .expect("the database opens")
}

/// Names of the tables, sorted, in the engine's own catalogue.
async fn tables(db: &DatabaseConnection) -> Vec<String> {
    let backend = db.get_database_backend();
    let query = match backend {
        DbBackend::Sqlite => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        }
        DbBackend::MySql => {
            "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()"
        }
        _ => {
            "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'"
        }
    };
    let rows = db
        .query_all_raw(Statement::from_string(backend, query))
        .await
        .unwrap();
    let name = |row: &QueryResult| row.try_get::<String>("", "name").unwrap();
    let mut names: Vec<String> = rows.iter().map(name).collect();
    names.sort();
    names
}

const AUTH_SERVER: [&str; 28] = [
    "audit_events",
    "auth_server_migrations",
    "authorization_codes",
    "authorization_requests",
    "change_log",
    "client_registrations",
    "client_roles",
    "client_secrets",
    "clients",
    "consents",
    "counters",
    "families",
    "initial_tokens",
    "logout_deliveries",
    "resources",
    "roles",
    "scopes",
    "server_state",
    "session_clients",
    "sessions",
    "signing_keys",
    "spent_assertions",
    "status_blocks",
    "status_lists",
    "status_revocations",
    "throttles",
    "user_roles",
    "users",
];

/// How many migrations there are.
fn all() -> usize {
    auth_server::Migrator::migrations().len()
}

#[tokio::test]
async fn the_schema_goes_up_and_down_and_up_again() {
    let fresh = FreshDatabase::create().await;
    let db = connect(&fresh).await;
    for _ in 0..2 {
        assert_eq!(run::up::<auth_server::Migrator>(&db).await.unwrap(), all());
        assert_eq!(tables(&db).await, AUTH_SERVER);
        assert_eq!(run::up::<auth_server::Migrator>(&db).await.unwrap(), 0);
        let taken_back = run::down::<auth_server::Migrator>(&db, u32::MAX).await;
        assert_eq!(taken_back.unwrap(), all());
        assert_eq!(tables(&db).await, ["auth_server_migrations"]);
    }
    db.close().await.unwrap();
}

#[tokio::test]
async fn the_schema_of_the_jobs_api_goes_up_and_down_and_up_again() {
    let fresh = FreshDatabase::create().await;
    let db = connect(&fresh).await;
    run::up::<resource_api::Migrator>(&db).await.unwrap();
    run::down::<resource_api::Migrator>(&db, u32::MAX)
        .await
        .unwrap();
    assert_eq!(
        tables(&db).await.len(),
        1,
        "only the list of migrations is left"
    );
    run::up::<resource_api::Migrator>(&db).await.unwrap();
    db.close().await.unwrap();
}

#[tokio::test]
async fn one_step_down_takes_back_the_newest_only() {
    let fresh = FreshDatabase::create().await;
    let db = connect(&fresh).await;
    run::up::<auth_server::Migrator>(&db).await.unwrap();
    assert_eq!(run::down::<auth_server::Migrator>(&db, 1).await.unwrap(), 1);
    let states = run::status::<auth_server::Migrator>(&db).await.unwrap();
    let pending: Vec<_> = states.iter().filter(|state| !state.applied).collect();
    assert_eq!(pending.len(), 1);
    assert_eq!(pending[0], states.last().unwrap());
    db.close().await.unwrap();
}

#[tokio::test]
async fn looking_at_the_status_writes_nothing() {
    let fresh = FreshDatabase::create().await;
    let db = connect(&fresh).await;
    let states = run::status::<auth_server::Migrator>(&db).await.unwrap();
    assert!(states.iter().all(|state| !state.applied));
    assert!(tables(&db).await.is_empty());
    db.close().await.unwrap();
}

/// Eight processes that start at once on an empty database: each has connections of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_at_once_come_up_with_one_schema() {
    for round in 0..20 {
        let fresh = FreshDatabase::create().await;
        let mut starting = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let url = fresh.url().to_owned();
            starting.spawn(async move {
                let db = Database::connect(url).await.expect("the database opens");
                let applied = run::up::<auth_server::Migrator>(&db).await;
                db.close().await.unwrap();
                applied
            });
        }
        let applied: Vec<usize> = starting
            .join_all()
            .await
            .into_iter()
            .map(|applied| applied.unwrap_or_else(|error| panic!("round {round}: {error}")))
            .collect();
        assert_eq!(
            applied.iter().sum::<usize>(),
            all(),
            "round {round}: {applied:?}"
        );
        let db = connect(&fresh).await;
        assert_eq!(tables(&db).await, AUTH_SERVER);
        db.close().await.unwrap();
    }
}

/// The whole schema, and one migration more, which breaks off half way.
struct Dying;

struct BreaksOff;

impl MigrationName for BreaksOff {
    fn name(&self) -> &'static str {
        "m20991231_000001_breaks_off"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for BreaksOff {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut half = Table::create();
        half.table("half")
            .if_not_exists()
            .col(ColumnDef::new("id").integer());
        manager.create_table(half.take()).await?;
        Err(DbErr::Custom("killed in the middle".to_owned()))
    }
}

impl MigratorTrait for Dying {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut all = auth_server::Migrator::migrations();
        all.push(Box::new(BreaksOff));
        all
    }

    fn migration_table_name() -> DynIden {
        auth_server::Migrator::migration_table_name()
    }
}

#[tokio::test]
async fn after_one_broke_off_in_the_middle_the_next_start_finishes() {
    let fresh = FreshDatabase::create().await;
    let db = connect(&fresh).await;
    let broken = run::up::<Dying>(&db).await;
    assert!(
        matches!(broken, Err(MigrationError::Database(_))),
        "{broken:?}"
    );
    if !fresh.is_mysql() {
        assert!(
            tables(&db).await.is_empty(),
            "nothing is left where DDL is transactional"
        );
    }
    run::up::<auth_server::Migrator>(&db).await.unwrap();
    let states = run::status::<auth_server::Migrator>(&db).await.unwrap();
    assert!(states.iter().all(|state| state.applied));
    db.close().await.unwrap();
}

/// MySQL commits every DDL statement: whatever a killed process left, each step can be repeated.
#[tokio::test]
async fn every_migration_can_be_repeated_over_its_own_result() {
    let fresh = FreshDatabase::create().await;
    let db = connect(&fresh).await;
    run::up::<auth_server::Migrator>(&db).await.unwrap();
    let manager = SchemaManager::new(&db);
    for migration in auth_server::Migrator::migrations() {
        migration
            .up(&manager)
            .await
            .unwrap_or_else(|error| panic!("{}: {error}", migration.name()));
    }
    assert_eq!(tables(&db).await, AUTH_SERVER);
    db.close().await.unwrap();
}

#[tokio::test]
async fn a_schema_from_the_future_is_refused_by_name() {
    let fresh = FreshDatabase::create().await;
    let db = connect(&fresh).await;
    run::up::<auth_server::Migrator>(&db).await.unwrap();
    let mut newer = Query::insert();
    newer
        .into_table("auth_server_migrations")
        .columns(["version", "applied_at"])
        .values_panic(["m20991231_000001_flying".into(), 0_i64.into()]);
    db.execute(&newer).await.unwrap();
    for refused in [
        run::up::<auth_server::Migrator>(&db).await.unwrap_err(),
        run::down::<auth_server::Migrator>(&db, 1)
            .await
            .unwrap_err(),
        run::status::<auth_server::Migrator>(&db).await.unwrap_err(),
    ] {
        assert!(matches!(refused, MigrationError::NewerSchema(_)));
        let text = refused.to_string();
        assert!(
            text.contains("m20991231_000001_flying") && text.contains("newer"),
            "{text}"
        );
    }
    db.close().await.unwrap();
}
