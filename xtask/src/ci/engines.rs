//! The databases the tests run on, one entry each. An entry says what has to be installed, how a
//! throw-away server is started, and which tests concern it.

use super::{Scope, packages::Package, scratch::Scratch};
use crate::{failure::Outcome, group::Group};

/// A kind of database.
pub(super) struct Engine {
    /// Its name in the report.
    pub(super) name: &'static str,
    /// What has to be installed for its server.
    pub(super) packages: &'static [Package],
    /// Starts an empty server of this run; dropping the result stops it.
    pub(super) start: fn(&Scratch) -> Outcome<Server>,
    /// The tests that run on it, as a nextest filter.
    filter: &'static str,
    is_embedded: bool,
}

/// A running database server, or nothing where the database is part of the process.
pub(super) struct Server {
    /// Handed to the tests as `CHANCERY_TEST_DATABASE_URL`; without it they use SQLite in memory.
    pub(super) url: Option<String>,
    /// Held so that it ends with the tests.
    pub(super) group: Option<Group>,
}

/// All of them, the embedded one first.
pub(super) const ENGINES: &[Engine] = &[Engine {
    name: "SQLite",
    packages: &[],
    start: |_| {
        Ok(Server {
            url: None,
            group: None,
        })
    },
    filter: "all()",
    is_embedded: true,
}];

impl Engine {
    /// Whether a run of this scope includes it.
    pub(super) fn belongs_to(&self, scope: Scope) -> bool {
        scope == Scope::Everything || self.is_embedded
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
