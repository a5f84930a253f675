//! What several instances share: a database, a key-encryption key and the settings of a test.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use migrations::testing::FreshDatabase;
use sea_orm::{ConnectionTrait as _, Database, Statement};

use crate::instance::Instance;

/// The issuer of every instance, wherever it listens.
pub(crate) const ISSUER: &str = "http://localhost:8080";
/// The resource of the demo.
pub(crate) const AUDIENCE: &str = "http://localhost:8081";
/// A key-encryption key: 32 bytes in base64.
pub(crate) const KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
/// Another one.
pub(crate) const OTHER_KEY: &str = "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWY=";

/// A database and the settings of the instances on it. The demo's users and clients are in it.
pub(crate) struct Installation {
    url: String,
    settings: Vec<(&'static str, String)>,
    directory: tempfile::TempDir,
    /// Held so that it is removed afterwards, and after the instances.
    database: Option<FreshDatabase>,
}

impl Installation {
    /// On a new database of the engine of the round.
    pub(crate) async fn fresh() -> Self {
        let database = FreshDatabase::create().await;
        let mut fresh = Self::at(database.url());
        fresh.database = Some(database);
        fresh
    }

    /// On this database.
    pub(crate) fn at(url: &str) -> Self {
        let settings = vec![
            ("issuer", ISSUER.to_owned()),
            ("listen", "127.0.0.1:0".to_owned()),
            ("log.format", "json".to_owned()),
            ("keys.encryption_key", KEY.to_owned()),
            // Quick to make: many a test starts many instances.
            ("keys.algorithm", "ES256".to_owned()),
            ("throttle.address_burst", "100000".to_owned()),
        ];
        Self {
            url: url.to_owned(),
            settings,
            directory: tempfile::tempdir().unwrap(),
            database: None,
        }
    }

    /// With another value of a setting.
    pub(crate) fn with(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.settings.push((key, value.into()));
        self
    }

    /// How many instances the engine has room for: SQLite belongs to one.
    pub(crate) fn most_instances(&self, wanted: usize) -> usize {
        if self.is_sqlite() { 1 } else { wanted }
    }

    /// True on a file.
    pub(crate) fn is_sqlite(&self) -> bool {
        self.url.starts_with("sqlite:")
    }

    /// The name of the engine, for figures.
    pub(crate) fn engine(&self) -> &'static str {
        match self.url.split_once(':').map(|(scheme, _)| scheme) {
            Some("postgres" | "postgresql") => "PostgreSQL",
            Some("mysql") => "MariaDB",
            _ => "SQLite",
        }
    }

    /// The database URL.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// `auth-server` with the settings of this installation and nothing of the environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_auth-server"));
        command
            .args(arguments)
            .current_dir(self.directory.path())
            .env_clear()
            .envs(marks());
        command.env("AUTH_SERVER_DATABASE__URL", &self.url);
        command.env("AUTH_SERVER_DATA_DIR", self.data());
        for (key, value) in &self.settings {
            let name = key.to_uppercase().replace('.', "__");
            command.env(format!("AUTH_SERVER_{name}"), value);
        }
        command
    }

    /// One more instance with the demo's data. It listens, and need not be ready.
    pub(crate) async fn start(&self) -> Instance {
        Instance::start(self.command(&["dev"])).await
    }

    /// One more instance, ready.
    pub(crate) async fn ready(&self) -> Instance {
        let instance = self.start().await;
        instance.ready().await;
        instance
    }

    /// So many instances, started at the same moment, all ready.
    pub(crate) async fn fleet(&self, size: usize) -> Vec<Instance> {
        let started = futures_util::future::join_all((0..size).map(|_| self.start())).await;
        futures_util::future::join_all(started.iter().map(Instance::ready)).await;
        started
    }

    /// A command that must succeed, off the threads that serve this test; its standard output.
    pub(crate) async fn done(&self, arguments: &[&str]) -> String {
        let mut command = self.command(arguments);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {err}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// A file beside the data.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// The data directory of the instances.
    pub(crate) fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// A number that the database itself knows.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let db = Database::connect(&self.url).await.unwrap();
        let statement = Statement::from_string(db.get_database_backend(), sql);
        let row = db.query_one_raw(statement).await.unwrap().unwrap();
        let number = row.try_get_by_index(0).unwrap();
        db.close().await.unwrap();
        number
    }

    /// A statement for the database itself.
    pub(crate) async fn execute(&self, sql: &str) {
        let db = Database::connect(&self.url).await.unwrap();
        db.execute_unprepared(sql).await.unwrap();
        db.close().await.unwrap();
    }
}

/// By these `cargo ci` finds processes that a test has left behind.
#[expect(
    clippy::disallowed_methods,
    reason = "the marks of a test are no settings of the server"
)]
fn marks() -> impl Iterator<Item = (OsString, OsString)> {
    std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"CHANCERY_"))
}

/// Writes a file that only its owner may read, as keys are.
pub(crate) fn write_privately(path: &Path, bytes: &[u8]) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::write(path, bytes).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}
