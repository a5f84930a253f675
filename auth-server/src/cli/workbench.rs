//! What commands work with: settings, the database, time and randomness, and an audit trail that
//! names the console as the actor.

use crate::accounts::Accounts;
use crate::app::{self, Ambient};
use crate::audit::{Actor, Event};
use crate::clock::Instant;
use crate::keys::{EncryptionKey, KeyRing};
use crate::random::Random;
use crate::settings::{DatabaseKind, Mode, Settings};
use crate::store::{ConnectOptions, Store, transfer};

use super::failure::Failure;
use super::globals::Globals;

/// An open database and what is needed around it.
pub(super) struct Workbench {
    pub(super) settings: Settings,
    pub(super) store: Store,
    pub(super) ambient: Ambient,
    /// Read once: everything one command does happens at one time.
    pub(super) now: Instant,
}

/// What to do about a database without a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Schema {
    /// Make it: the command is a natural first one.
    Make,
    /// Say so: there can be nothing to show or change.
    Require,
    /// Leave it: the command is about the schema itself.
    Ignore,
    /// The same, and a file that is not there is not made either: it counts as an empty database.
    Look,
}

impl Workbench {
    /// Opens the database of the settings.
    pub(super) async fn open(globals: &Globals, schema: Schema) -> Result<Self, Failure> {
        let settings = globals.load(Mode::Tool)?.settings;
        let ambient = Ambient::default();
        if schema == Schema::Require && settings.database.url.is_missing_file() {
            // Opening would make an empty one, where somebody only mistyped a directory.
            return Err(nothing_in(&settings.database.url.shown()));
        }
        let store = if schema == Schema::Look && settings.database.url.is_missing_file() {
            let nowhere = ConnectOptions::in_memory(ambient.random.clone());
            Store::connect(&nowhere).await?
        } else {
            app::connect(&settings, &ambient.random).await?
        };
        let bench = Self {
            now: ambient.clock.now(),
            settings,
            store,
            ambient,
        };
        bench.prepare(schema).await?;
        Ok(bench)
    }

    /// A schema that is only behind is never changed on the way: a running server of the old
    /// version may depend on it.
    async fn prepare(&self, schema: Schema) -> Result<(), Failure> {
        if matches!(schema, Schema::Ignore | Schema::Look) {
            return Ok(());
        }
        let states = self.store.migration_status().await?;
        let place = self.settings.database.url.shown();
        if states.iter().all(|state| state.applied) {
            Ok(transfer::require_finished(&self.store).await?)
        } else if states.iter().any(|state| state.applied) {
            Err(Failure::failed(format!(
                "The schema of {place} is older than this program; run `auth-server migrate up`."
            )))
        } else if schema == Schema::Make {
            Ok(self.store.migrate().await?)
        } else {
            Err(nothing_in(&place))
        }
    }

    /// Users and passwords.
    pub(super) fn accounts(&self) -> Result<Accounts, Failure> {
        let config = app::accounts_config(&self.settings);
        let (clock, random) = (self.ambient.clock.clone(), self.ambient.random.clone());
        Ok(Accounts::start(self.store.clone(), config, clock, random)?)
    }

    /// Signing keys, and the console at a time after their opening, which may have made the first.
    pub(super) async fn key_ring(&self) -> Result<(KeyRing, Actor), Failure> {
        let encryption = self.encryption_key().await?;
        let ring = app::open_keys(&self.settings, &self.store, encryption, &self.ambient).await?;
        Ok((ring, Actor::console(self.ambient.clock.now())))
    }

    /// Made only where the server makes one: elsewhere a new key would open nothing.
    pub(super) async fn encryption_key(&self) -> Result<EncryptionKey, Failure> {
        let settings = &self.settings;
        let is_sqlite = settings.database.url.kind() == DatabaseKind::Sqlite;
        if settings.keys.encryption_key.is_some() || is_sqlite {
            return Ok(app::encryption_key(settings, &self.store, &self.ambient.random).await?);
        }
        match EncryptionKey::find(&settings.data_dir) {
            Ok(Some(key)) => Ok(key),
            Ok(None) => Err(Failure::failed(
                "This needs `keys.encryption_key`, the same as the server has; set \
                 AUTH_SERVER_KEYS__ENCRYPTION_KEY or its `_FILE` form.",
            )),
            Err(error) => Err(Failure::failed(format!("It did not work: {error}."))),
        }
    }

    /// The console, now.
    pub(super) fn actor(&self) -> Actor {
        Actor::console(self.now)
    }

    /// An audit event of the console.
    pub(super) fn event(&self, kind: &'static str) -> Event {
        self.actor()
            .event(self.random(), kind, serde_json::json!({}))
    }

    /// Randomness.
    pub(super) const fn random(&self) -> &Random {
        &self.ambient.random
    }
}

/// There is no database of ours.
pub(super) fn nothing_in(place: &str) -> Failure {
    Failure::failed(format!(
        "There is nothing in {place} yet. If that is the right database, run `auth-server migrate \
         up`."
    ))
}

/// Runs a command that waits for the database or the network. One thread: actix brings its own
/// workers, hashing has its pool.
pub(super) fn block_on<T>(command: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime =
        runtime.map_err(|error| Failure::failed(format!("Cannot start the runtime: {error}.")))?;
    // What is left when the command ends says goodbye on this runtime.
    let _context = runtime.enter();
    tokio::task::LocalSet::new().block_on(&runtime, command)
}
