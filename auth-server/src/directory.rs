//! Hot reads from memory: clients, scopes, resources and browser origins (design §4 rules 8 and 9).
//!
//! A snapshot is swapped, never locked. `change_log` tells what another instance or the command line
//! changed; [`Directory::refresh`] is called every second. When the database is away, what is known
//! keeps being served.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use url::Url;

use crate::error::Fault;
use crate::model::{Client, ClientId};
use crate::protocol::resource::Vocabulary;
use crate::store::changes::{self, ChangeKind};
use crate::store::{Store, clients, resources};

/// Clients kept in memory; beyond, the map starts anew. Only registered clients enter it, so a
/// stranger cannot fill it.
const MAX_CLIENTS: usize = 10_000;
/// Longer ids fit no column.
const MAX_ID_BYTES: usize = 128;
/// A search takes a millisecond or two.
const LONGEST_SEARCH: Duration = Duration::from_millis(100);
/// Changes read at once; more than these and everything is read anew.
const MAX_CHANGES: u64 = 500;

/// What the server offers, for the discovery documents.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// Scopes, sorted.
    pub scopes: Vec<String>,
    /// Resource identifiers, sorted.
    pub resources: Vec<String>,
    /// Which scope is whose.
    pub vocabulary: Vocabulary,
}

/// The in-memory view of the registry. Cheap to clone.
#[derive(Clone)]
pub struct Directory {
    store: Store,
    allowed_origins: Arc<HashSet<String>>,
    snapshot: Arc<ArcSwap<Snapshot>>,
}

#[derive(Clone)]
struct Snapshot {
    /// The newest change this snapshot has seen.
    seen: i64,
    clients: HashMap<ClientId, Arc<Client>>,
    catalogue: Arc<Catalogue>,
    origins: Arc<HashSet<String>>,
}

impl Directory {
    /// Reads what is needed at once; clients follow when they are first asked for.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn load(
        store: Store,
        allowed_origins: impl IntoIterator<Item = String>,
    ) -> Result<Self, Fault> {
        let snapshot = Snapshot::read(&store).await?;
        Ok(Self {
            store,
            allowed_origins: Arc::new(allowed_origins.into_iter().collect()),
            snapshot: Arc::new(ArcSwap::from_pointee(snapshot)),
        })
    }

    /// A client by its id: from memory, else from the database.
    ///
    /// # Errors
    /// When it is not in memory and the database does not answer.
    pub async fn find_client(&self, id: &ClientId) -> Result<Option<Arc<Client>>, Fault> {
        let before = self.snapshot.load();
        if let Some(client) = before.clients.get(id) {
            return Ok(Some(Arc::clone(client)));
        }
        let seen = before.seen;
        drop(before);
        // PostgreSQL refuses NUL in a text, and no id holds what cannot be printed (attack TE-06).
        if id.as_str().len() > MAX_ID_BYTES || id.as_str().chars().any(char::is_control) {
            return Ok(None);
        }
        // MySQL compares without trailing spaces; ids are compared exactly (matrix AT-23).
        let found = clients::find(self.store.read(), id).await?;
        let Some(client) = found.filter(|client| client.id == *id) else {
            return Ok(None);
        };
        let client = Arc::new(client);
        self.remember(seen, &client);
        Ok(Some(client))
    }

    /// Takes as long as [`Directory::find_client`] for one that does not exist: whoever has the wrong
    /// secret shall not learn from the time whether the client was in memory (matrix CA-09).
    pub async fn find_nobody(&self) {
        // No client has this id. Nothing follows from the outcome, nor is it waited for in bad times.
        let nobody = ClientId::new("");
        let search = clients::find(self.store.read(), &nobody);
        drop(tokio::time::timeout(LONGEST_SEARCH, search).await);
    }

    /// What the server offers.
    pub fn catalogue(&self) -> Arc<Catalogue> {
        Arc::clone(&self.snapshot.load().catalogue)
    }

    /// True for origins of registered redirect URIs and those of the setting (matrix GEN-22).
    pub fn allows_origin(&self, origin: &str) -> bool {
        self.allowed_origins.contains(origin) || self.snapshot.load().origins.contains(origin)
    }

    /// Forgets what has changed since the last call. True when anything had.
    ///
    /// # Errors
    /// When the database does not answer; what is known stays.
    pub async fn refresh(&self) -> Result<bool, Fault> {
        let seen = self.snapshot.load().seen;
        if changes::latest(self.store.read()).await? == seen {
            return Ok(false);
        }
        let changes = changes::since(self.store.read(), seen, MAX_CHANGES).await?;
        // Who slept for long finds older changes pruned; in a database that was restored they have
        // other numbers.
        let is_gapless = changes.first().is_some_and(|first| first.seq == seen + 1);
        let Some(last) = changes
            .last()
            .filter(|_| is_gapless && (changes.len() as u64) < MAX_CHANGES)
        else {
            self.snapshot
                .store(Arc::new(Snapshot::read(&self.store).await?));
            return Ok(true);
        };
        let is_catalogue_touched = changes
            .iter()
            .any(|change| matches!(change.kind, ChangeKind::Client | ChangeKind::Resource));
        let fresh = if is_catalogue_touched {
            Some(read_catalogue(&self.store).await?)
        } else {
            None
        };
        self.snapshot.rcu(|old| {
            let mut new = Snapshot::clone(old);
            new.seen = new.seen.max(last.seq);
            for change in changes
                .iter()
                .filter(|change| change.kind == ChangeKind::Client)
            {
                new.clients.remove(change.key.as_str());
            }
            if let Some((catalogue, origins)) = &fresh {
                new.catalogue = Arc::clone(catalogue);
                new.origins = Arc::clone(origins);
            }
            new
        });
        Ok(true)
    }

    /// Keeps a client, unless something has changed since it was read: then it may be stale already.
    fn remember(&self, seen: i64, client: &Arc<Client>) {
        self.snapshot.rcu(|old| {
            let mut new = Snapshot::clone(old);
            if new.seen == seen {
                if new.clients.len() >= MAX_CLIENTS {
                    new.clients.clear();
                }
                new.clients.insert(client.id.clone(), Arc::clone(client));
            }
            new
        });
    }
}

impl Snapshot {
    async fn read(store: &Store) -> Result<Self, Fault> {
        // The number first: a change that comes in between is seen again, never missed.
        let seen = changes::latest(store.read()).await?;
        let (catalogue, origins) = read_catalogue(store).await?;
        Ok(Self {
            seen,
            clients: HashMap::new(),
            catalogue,
            origins,
        })
    }
}

async fn read_catalogue(store: &Store) -> Result<(Arc<Catalogue>, Arc<HashSet<String>>), Fault> {
    let scopes = resources::scopes(store.read()).await?;
    let mut catalogue = Catalogue {
        scopes: scopes
            .iter()
            .map(|record| record.scope.as_str().to_owned())
            .collect(),
        vocabulary: scopes
            .into_iter()
            .filter_map(|record| Some((record.scope.as_str().to_owned(), record.resource?)))
            .collect(),
        resources: resources::resources(store.read())
            .await?
            .into_iter()
            .map(|resource| resource.id)
            .collect(),
    };
    catalogue.scopes.sort();
    catalogue.resources.sort();
    let origins = clients::all(store.read())
        .await?
        .iter()
        .filter(|client| client.disabled_at.is_none())
        .flat_map(|client| client.redirect_uris.iter())
        .filter_map(|uri| origin(uri))
        .collect();
    Ok((Arc::new(catalogue), Arc::new(origins)))
}

/// The web origin of a redirect URI; private-use schemes have none.
fn origin(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Instant;
    use crate::store::testing::{NOW, add_client, client, fresh};

    /// An instance that slept until the changes were pruned must not go on with what it knew.
    #[tokio::test]
    async fn who_slept_for_long_misses_no_change() {
        let store = fresh().await;
        add_client(&store, &client("web")).await;
        let directory = Directory::load(store.store.clone(), []).await.unwrap();
        let id = ClientId::new("web");
        let known = directory.find_client(&id).await.unwrap().unwrap();
        assert_eq!(known.disabled_at, None);
        assert!(!directory.refresh().await.unwrap(), "nothing has changed");
        let end_of_time = Instant::from_seconds(253_402_300_799);
        let changed = store.write(async move |txn| {
            clients::set_disabled(txn, &ClientId::new("web"), Some(NOW), NOW).await?;
            changes::prune(txn, end_of_time, 100).await
        });
        changed.await.unwrap();
        assert!(directory.refresh().await.unwrap());
        let known = directory.find_client(&id).await.unwrap().unwrap();
        assert_eq!(known.disabled_at, Some(NOW));
        assert!(!directory.refresh().await.unwrap());
    }

    #[test]
    fn origins_come_from_web_redirects_only() {
        assert_eq!(
            origin("https://App.example:443/cb"),
            Some("https://app.example".to_owned())
        );
        assert_eq!(
            origin("http://127.0.0.1:3000/x"),
            Some("http://127.0.0.1:3000".to_owned())
        );
        assert_eq!(origin("com.example.app:/cb"), None);
        assert_eq!(origin("no url"), None);
    }
}
