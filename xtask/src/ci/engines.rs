//! The databases the tests run on, one entry each. An entry says what has to be installed, how a
//! throw-away server is started, and which tests concern it.

use super::{
    Scope,
    packages::{Evidence, Package},
    scratch::Scratch,
    servers::{self, Server},
};
use crate::failure::Outcome;

/// A kind of database.
pub(super) struct Engine {
    /// Its name in the report.
    pub(super) name: &'static str,
    /// What has to be installed for its server.
    pub(super) packages: &'static [Package],
    /// How it is started; `None` where it is part of the process.
    server: Option<ThrowAway>,
    /// The tests that run on it, as a nextest filter.
    filter: &'static str,
}

/// A server of one run.
#[derive(Clone, Copy)]
struct ThrowAway {
    /// Starts an empty one, which ends with the result.
    start: fn(&Scratch) -> Outcome<Server>,
    /// The variable by which tests between databases find it.
    variable: &'static str,
}

/// Tests that read or write the database of the round: without those that start servers of their own
/// kind, whatever the round, and the long one that has its own step (`between`).
const WITH_DATABASE: &str = "(package(auth-server) & not (binary(browser) | binary(interop) | \
                             binary(architecture) | binary(database_tls) | \
                             (binary(transfer) & test(/^journey::/)))) | \
                             package(migrations) | package(resource-api)";

/// All of them, the embedded one first.
pub(super) const ENGINES: &[Engine] = &[
    Engine {
        name: "SQLite",
        packages: &[],
        server: None,
        filter: "all()",
    },
    Engine {
        name: "PostgreSQL",
        packages: &[Package::new(
            "postgresql",
            Evidence::Path("/usr/lib/postgresql"),
        )],
        server: Some(ThrowAway {
            start: servers::postgresql,
            variable: "CHANCERY_TEST_POSTGRES_URL",
        }),
        filter: WITH_DATABASE,
    },
    Engine {
        name: "MariaDB",
        packages: &[Package::new(
            "mariadb-server",
            Evidence::Program("mariadbd"),
        )],
        server: Some(ThrowAway {
            start: servers::mariadb,
            variable: "CHANCERY_TEST_MYSQL_URL",
        }),
        filter: WITH_DATABASE,
    },
];

/// Every server at once, with the variable that tells tests where it is.
pub(super) fn start_all(scratch: &Scratch) -> Outcome<Vec<(&'static str, Server)>> {
    ENGINES
        .iter()
        .filter_map(|engine| engine.server)
        .map(|server| Ok((server.variable, (server.start)(scratch)?)))
        .collect()
}

impl Engine {
    /// Whether a run of this scope includes it.
    pub(super) fn belongs_to(&self, scope: Scope) -> bool {
        scope == Scope::Everything || self.server.is_none()
    }

    /// Its server for this run, where it has one.
    pub(super) fn start(&self, scratch: &Scratch) -> Outcome<Option<Server>> {
        self.server
            .map(|server| (server.start)(scratch))
            .transpose()
    }

    /// Its tests in a run of this scope, as a nextest filter.
    pub(super) fn filter(&self, scope: Scope) -> String {
        match scope {
            Scope::Everything => self.filter.to_owned(),
            Scope::Fast => format!(
                "({}) & not (binary(browser) | binary(interop))",
                self.filter
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fast_scope_is_the_embedded_database_without_foreign_parts() {
        let fast: Vec<_> = ENGINES
            .iter()
            .filter(|engine| engine.belongs_to(Scope::Fast))
            .collect();
        assert_eq!(fast.len(), 1);
        assert_eq!(fast[0].name, "SQLite");
        let filter = fast[0].filter(Scope::Fast);
        assert!(
            filter.contains("not (binary(browser) | binary(interop))"),
            "{filter}"
        );
    }

    #[test]
    fn everything_is_every_engine_and_every_test_on_the_first() {
        assert!(
            ENGINES
                .iter()
                .all(|engine| engine.belongs_to(Scope::Everything))
        );
        assert_eq!(ENGINES[0].filter(Scope::Everything), "all()");
    }
}
