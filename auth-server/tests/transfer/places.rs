//! Where databases are: the engines of this run, and running the binary on one of them.

use std::process::Command;

use auth_server::random::Random;
use auth_server::secret::Secret;
use auth_server::store::{ConnectOptions, Store};
use migrations::testing::FreshDatabase;
use serde_json::Value;

use crate::program::{Program, Run};

/// The variable that names the database of a command.
pub(crate) const URL: &str = "AUTH_SERVER_DATABASE__URL";

/// An empty database on each server of this run; SQLite is always there and not among them.
pub(crate) async fn servers() -> Vec<FreshDatabase> {
    let mut urls: Vec<String> = Vec::new();
    for variable in [
        "CHANCERY_TEST_POSTGRES_URL",
        "CHANCERY_TEST_MYSQL_URL",
        "CHANCERY_TEST_DATABASE_URL",
    ] {
        let Some(url) = find_variable(variable) else {
            continue;
        };
        if urls.iter().all(|known| scheme(known) != scheme(&url)) {
            urls.push(url);
        }
    }
    let mut servers = Vec::new();
    for url in urls {
        servers.push(FreshDatabase::on_server(&url).await);
    }
    servers
}

/// The server of PostgreSQL of this run, if there is one: an administrator's URL.
pub(crate) fn find_postgres() -> Option<String> {
    ["CHANCERY_TEST_POSTGRES_URL", "CHANCERY_TEST_DATABASE_URL"]
        .into_iter()
        .filter_map(find_variable)
        .find(|url| scheme(url).starts_with("postgres"))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the parts of a test are not settings of the server"
)]
pub(crate) fn find_variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

pub(crate) fn scheme(url: &str) -> &str {
    url.split(':').next().unwrap_or_default()
}

/// The verbs of the server on this database.
pub(crate) async fn open(url: &str) -> Store {
    let options = ConnectOptions::new(Secret::new(url), Random::system());
    Store::connect(&options).await.unwrap()
}

/// The command on the database of this URL.
pub(crate) fn command_at(program: &Program, url: &str, arguments: &[&str]) -> Command {
    let mut command = program.command(arguments);
    command.env(URL, url);
    command
}

/// Runs it to its end.
pub(crate) fn run_at(program: &Program, url: &str, arguments: &[&str]) -> Run {
    program.run_with(arguments, &[(URL, url)])
}

/// Runs what must succeed, with `--format json`.
pub(crate) fn json_at(program: &Program, url: &str, arguments: &[&str]) -> Value {
    let run = run_at(program, url, &[arguments, &["--format", "json"]].concat());
    assert_eq!(run.code, 0, "{arguments:?}: {run:?}");
    serde_json::from_str(&run.out).unwrap()
}

/// Makes the schema.
pub(crate) fn migrate(program: &Program, url: &str) {
    let run = run_at(program, url, &["migrate", "up"]);
    assert_eq!(run.code, 0, "{run:?}");
}

/// Tables, rows and checksums.
pub(crate) fn survey(program: &Program, url: &str) -> Value {
    let target = format!("sqlite:{}", program.path("never-made.db").display());
    let report = json_at(program, url, &["copy", "--to", &target, "--dry-run"]);
    assert!(!program.path("never-made.db").exists());
    report["tables"].clone()
}

/// Rows of one table of a report.
pub(crate) fn rows(tables: &Value, name: &str) -> u64 {
    let mut tables = tables.as_array().unwrap().iter();
    let table = tables.find(|table| table["table"] == name).unwrap();
    table["rows"].as_u64().unwrap()
}
