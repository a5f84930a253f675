//! A fresh, empty database for one test, gone when the test is.
//!
//! `CHANCERY_TEST_DATABASE_URL` names the server of the round, with a user who may create databases;
//! without it the database is a SQLite file. The same tests run on every engine.
#![expect(clippy::expect_used, reason = "a test that has no database has failed")]

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use sea_orm_migration::sea_orm::{ConnectionTrait as _, Database};
use url::Url;

/// Where tests find the server of this round.
const SERVER: &str = "CHANCERY_TEST_DATABASE_URL";

/// An empty database of its own, on the engine of this round.
#[derive(Debug)]
pub struct FreshDatabase {
    url: String,
    place: Place,
}

#[derive(Debug)]
enum Place {
    /// A directory with the SQLite file and its companions.
    Directory(PathBuf),
    /// A database of this name on the server.
    Server { admin: Url, name: String },
}

impl FreshDatabase {
    /// On the server of this round, or a SQLite file where there is none.
    ///
    /// # Panics
    /// When the database cannot be made.
    pub async fn create() -> Self {
        #[expect(clippy::disallowed_methods, reason = "tests have no settings")]
        let server = std::env::var(SERVER);
        match server {
            Ok(admin) => Self::on_server(&admin).await,
            Err(_) => Self::file(),
        }
    }

    /// A SQLite file, whatever the round.
    ///
    /// # Panics
    /// When the directory cannot be made.
    pub fn file() -> Self {
        let directory = std::env::temp_dir().join(unique_name());
        std::fs::create_dir(&directory).expect("a directory for the database");
        let url = format!("sqlite://{}?mode=rwc", directory.join("test.db").display());
        Self {
            url,
            place: Place::Directory(directory),
        }
    }

    /// A database on this server, for a test that concerns more than the engine of the round.
    ///
    /// # Panics
    /// When the database cannot be made.
    pub async fn on_server(admin: &str) -> Self {
        let admin = Url::parse(admin).expect("the address of the server is a URL");
        let name = unique_name();
        run(&admin, &format!("CREATE DATABASE {name}")).await;
        let mut url = admin.clone();
        url.set_path(&name);
        Self {
            url: url.into(),
            place: Place::Server { admin, name },
        }
    }

    /// What to connect to.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// True in the rounds that run on a file.
    pub fn is_sqlite(&self) -> bool {
        self.url.starts_with("sqlite:")
    }

    /// True in the rounds that run on MySQL or MariaDB.
    pub fn is_mysql(&self) -> bool {
        self.url.starts_with("mysql:")
    }
}

impl Drop for FreshDatabase {
    fn drop(&mut self) {
        match &self.place {
            Place::Directory(directory) => drop(std::fs::remove_dir_all(directory)),
            Place::Server { admin, name } => drop_database(admin.clone(), name),
        }
    }
}

/// Unique among processes and within this one.
fn unique_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!(
        "chancery_{}_{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    )
}

/// On a thread of its own: the test's runtime cannot wait here.
fn drop_database(admin: Url, name: &str) {
    // Connections that a failed test left open must not keep it.
    let force = if admin.scheme().starts_with("postgres") {
        " WITH (FORCE)"
    } else {
        ""
    };
    let statement = format!("DROP DATABASE IF EXISTS {name}{force}");
    let thread = std::thread::spawn(move || {
        if let Ok(runtime) = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
        {
            runtime.block_on(run(&admin, &statement));
        }
    });
    // A database left behind on a throw-away server is no reason to fail.
    drop(thread.join());
}

async fn run(admin: &Url, statement: &str) {
    let server = Database::connect(admin.as_str())
        .await
        .expect("the database server answers");
    server
        .execute_unprepared(statement)
        .await
        .expect("the server obeys");
    server.close().await.expect("the connection closes");
}
