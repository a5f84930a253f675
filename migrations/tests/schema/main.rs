//! The schema that a fresh database gets, against the files in `migrations/schema`: whoever changes a
//! migration sees what the engine of the round (`CHANCERY_TEST_DATABASE_URL`) makes of it.
//!
//! `CHANCERY_UPDATE_SCHEMA=1` writes the file of the round instead of comparing with it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod dump;

use std::path::PathBuf;

use migrations::testing::FreshDatabase;
use migrations::{auth_server, resource_api, run};
use sea_orm_migration::MigratorTrait;
use sea_orm_migration::sea_orm::{Database, DatabaseConnection, DbBackend};

#[tokio::test]
async fn the_authorization_server_has_the_schema_that_is_written_down() {
    compare::<auth_server::Migrator>("auth-server").await;
}

#[tokio::test]
async fn the_jobs_api_has_the_schema_that_is_written_down() {
    compare::<resource_api::Migrator>("resource-api").await;
}

async fn compare<M: MigratorTrait>(service: &str) {
    let fresh = FreshDatabase::create().await;
    let db = Database::connect(fresh.url()).await.unwrap();
    run::up::<M>(&db).await.unwrap();
    let schema = dump::schema(&db).await;
    run::down::<M>(&db, u32::MAX).await.unwrap();
    assert_ne!(dump::schema(&db).await, schema, "down takes something back");
    run::up::<M>(&db).await.unwrap();
    assert_eq!(
        dump::schema(&db).await,
        schema,
        "up, down and up again is not the same as up"
    );

    let file = file(service, &db);
    if is_updating() {
        std::fs::write(&file, &schema).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(
        schema,
        written,
        "{} says something else. Is the change meant? Then run this test with \
         CHANCERY_UPDATE_SCHEMA=1 on each engine and commit the files",
        file.display()
    );
    db.close().await.unwrap();
}

fn file(service: &str, db: &DatabaseConnection) -> PathBuf {
    let engine = match db.get_database_backend() {
        DbBackend::Sqlite => "sqlite",
        DbBackend::MySql => "mysql",
        _ => "postgres",
    };
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("schema/{service}.{engine}.txt"))
}

#[expect(clippy::disallowed_methods, reason = "tests have no settings")]
fn is_updating() -> bool {
    std::env::var("CHANCERY_UPDATE_SCHEMA").is_ok_and(|value| value == "1")
}
