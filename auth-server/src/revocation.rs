//! Revocation that reaches verifiers which never call home: places in Token Status Lists, the lists
//! themselves and the stream of their changes (draft-ietf-oauth-status-list-21; design §5;
//! docs/revocation.md).
//!
//! The database says what is revoked; this room keeps a copy in memory and serves it. Hot paths touch
//! memory only: a login takes its index from a block that was reserved before.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::{ArcSwap, ArcSwapOption};
use shared_claims::verify::KeySet;
use shared_claims::{Status, StatusListEntry};
use tokio::time::Instant as Monotonic;

use crate::clock::Instant;
use crate::error::Fault;
use crate::model::ClientId;
use crate::random::Random;
use crate::store::status::{self, LIST_SIZE};
use crate::store::{Store, changes};

mod block;
mod check;
mod encode;
mod feed;
mod indexes;
mod lifetimes;
mod listeners;
mod reserve;
mod sight;
mod token;
mod view;

pub use check::{Genuine, Live, check_access_token, read_access_token};
pub use feed::Subscription;
pub use lifetimes::Lifetimes;
pub use listeners::{Full, ListenerLimits, Seat};
pub use token::{StatusListToken, status_list_token};

use feed::Feed;
use indexes::Indexes;
use listeners::Listeners;
use sight::Sight;
use token::Tokens;
use view::View;

/// Lists that other instances may have opened without this one knowing.
const MOST_UNSEEN: i64 = 1024;

/// Revocation on this instance. Cheap to clone.
#[derive(Clone)]
pub struct Revocation(Arc<Inner>);

struct Inner {
    store: Store,
    /// `{issuer}/oauth2/status/`.
    base: String,
    lifetimes: Lifetimes,
    indexes: Indexes,
    view: ArcSwap<View>,
    /// Our own published keys, parsed, with their entity tag.
    keys: ArcSwapOption<(String, Arc<KeySet>)>,
    feed: Feed,
    listeners: Arc<Listeners>,
    tokens: Tokens,
    sight: Sight,
    /// One look at the database at a time, and how many have begun.
    looking: tokio::sync::Mutex<()>,
    looks: AtomicU64,
}

impl Revocation {
    /// Reads what is revoked. `issuer` is the public URL that the addresses of the lists begin with.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn open(
        store: Store,
        issuer: &str,
        (lifetimes, limits): (Lifetimes, ListenerLimits),
        random: Random,
    ) -> Result<Self, Fault> {
        let revocation = Self(Arc::new(Inner {
            base: format!("{}/oauth2/status/", issuer.trim_end_matches('/')),
            indexes: Indexes::new(store.clone(), random, lifetimes),
            store,
            lifetimes,
            view: ArcSwap::default(),
            keys: ArcSwapOption::default(),
            feed: Feed::default(),
            listeners: Listeners::new(limits),
            tokens: Tokens::default(),
            sight: Sight::default(),
            looking: tokio::sync::Mutex::default(),
            looks: AtomicU64::default(),
        }));
        revocation.refresh().await?;
        Ok(revocation)
    }

    /// Takes in what was revoked, and which lists were opened, since the last time.
    ///
    /// # Errors
    /// When the database does not answer; what is known stays.
    pub async fn refresh(&self) -> Result<(), Fault> {
        // One that began after this call and is over by now has seen what this one would.
        let before = self.0.looks.load(Ordering::SeqCst);
        let _alone = self.0.looking.lock().await;
        if self.0.looks.load(Ordering::SeqCst) > before {
            return Ok(());
        }
        self.look().await
    }

    /// Serves at once what this instance has just written. When that fails, the next round does it.
    pub async fn catch_up(&self) {
        if let Err(fault) = self.refresh().await {
            tracing::debug!(
                cause = fault.chain(),
                "news of the status lists wait for the next round"
            );
        }
    }

    /// Notes that the database was seen by a look that began then: what was revoked before is known.
    pub fn note_sight(&self, began: Monotonic, at: Instant) {
        self.0.sight.note(began, at);
    }

    /// Whether this instance knows what others revoke. Without that nobody should listen to it.
    pub fn is_current(&self) -> bool {
        self.0.sight.is_clear(Monotonic::now())
    }

    async fn look(&self) -> Result<(), Fault> {
        self.0.looks.fetch_add(1, Ordering::SeqCst);
        let store = self.0.store.read();
        // The number first: what comes in between is seen the next time, never missed.
        let latest = changes::latest(store).await?;
        let lists = status::lists(store).await?;
        let known = self.0.view.load_full();
        // In a database that was restored, changes have other numbers.
        let known = if latest < known.seen {
            self.0.feed.restart();
            Arc::default()
        } else {
            known
        };
        let revoked = status::revocations(store, known.seen, latest).await?;
        for one in &revoked {
            self.0.indexes.give_up(one.run);
        }
        let view = Arc::new(known.with(lists, &revoked, latest));
        self.0.tokens.retain(|number| view.has(number));
        // The lists first: whoever hears of a change and fetches one finds it there.
        self.0.view.store(Arc::clone(&view));
        let uri = |number| view.has(number).then(|| self.uri(number));
        self.0.feed.add(&revoked, latest, uri);
        Ok(())
    }

    /// A place for a token of a client's own.
    ///
    /// # Errors
    /// When none is at hand and the database does not answer.
    pub async fn place_of_client(&self, client: &ClientId, now: Instant) -> Result<i64, Fault> {
        self.deal(Some(client.clone()), now).await
    }

    /// The place of a family's next token: the one it has while its list serves long enough, otherwise
    /// a new one. `present` is what the family remembers.
    ///
    /// # Errors
    /// When none is at hand and the database does not answer.
    pub async fn place_of_family(&self, present: Option<i64>, now: Instant) -> Result<i64, Fault> {
        if let Some(index) = present
            && self.keeps(index, now).await?
        {
            return Ok(index);
        }
        self.deal(None, now).await
    }

    /// An index, and the list it is in is served from now on.
    async fn deal(&self, owner: Option<ClientId>, now: Instant) -> Result<i64, Fault> {
        let index = self.0.indexes.take(owner, now).await?;
        if !self.0.view.load().has(index.div_euclid(LIST_SIZE)) {
            self.catch_up().await;
        }
        Ok(index)
    }

    /// The claim `status` of a token at this place.
    pub fn claim(&self, index: i64) -> Status {
        Status {
            status_list: StatusListEntry {
                idx: index.rem_euclid(LIST_SIZE).unsigned_abs(),
                uri: self.uri(index.div_euclid(LIST_SIZE)),
            },
        }
    }

    /// The place that a claim `status` of ours names.
    pub fn find_place(&self, status: &Status) -> Option<i64> {
        let StatusListEntry { idx, uri } = &status.status_list;
        let number: i64 = uri.strip_prefix(&self.0.base)?.parse().ok()?;
        let index = i64::try_from(*idx).ok().filter(|idx| *idx < LIST_SIZE)?;
        number.checked_mul(LIST_SIZE)?.checked_add(index)
    }

    /// The addresses of the lists that serve, oldest first.
    pub fn uris(&self, now: Instant) -> Vec<String> {
        let view = self.0.view.load();
        view.numbers(now).map(|number| self.uri(number)).collect()
    }

    /// A seat for one who wants to listen to the changes.
    ///
    /// # Errors
    /// [`Full`].
    pub fn seat(&self, address: IpAddr) -> Result<Seat, Full> {
        self.0.listeners.seat(address)
    }

    /// Listens to the changes after `last_event_id`, or from now on; with the text that begins the
    /// stream.
    pub async fn subscribe(&self, last_event_id: Option<&str>) -> (Subscription, String) {
        let is_ahead = last_event_id
            .and_then(|id| id.trim().parse::<i64>().ok())
            .is_some_and(|id| id > self.0.view.load().seen);
        if is_ahead {
            // Perhaps only of this instance, which has not looked yet.
            self.catch_up().await;
        }
        Subscription::new(self.clone(), last_event_id)
    }

    /// Ends every stream of changes: the server stops.
    pub fn close(&self) {
        self.0.feed.close();
    }

    /// Our own key set, parsed once for each set that is published.
    fn key_set(&self, etag: &str, body: &str) -> Result<Arc<KeySet>, Fault> {
        let parsed = self.0.keys.load();
        if let Some((_, keys)) = parsed.as_deref().filter(|(known, _)| known == etag) {
            return Ok(Arc::clone(keys));
        }
        let keys = KeySet::from_jwks_json(body.as_bytes())
            .map_err(|error| Fault::broken("reading our own key set", error))?;
        let keys = Arc::new(keys);
        let entry = (etag.to_owned(), Arc::clone(&keys));
        self.0.keys.store(Some(Arc::new(entry)));
        Ok(keys)
    }

    /// The address of a list, which is also its `sub`.
    fn uri(&self, number: i64) -> String {
        format!("{}{number}", self.0.base)
    }

    /// Whether tokens may still be issued with this place.
    async fn keeps(&self, index: i64, now: Instant) -> Result<bool, Fault> {
        let number = index.div_euclid(LIST_SIZE);
        let bits = self.find(number, now).await?;
        Ok(bits
            .is_some_and(|bits| !bits.is_closed && now < self.0.lifetimes.keeps_until(bits.list)))
    }

    /// A list that serves. One that is not known was perhaps opened by another instance just now: the
    /// database is asked once for all who ask at the same time.
    async fn find(&self, number: i64, now: Instant) -> Result<Option<Arc<view::Bits>>, Fault> {
        let known = |view: &View| view.find(number, now).cloned();
        let view = self.0.view.load();
        if let Some(bits) = known(&view) {
            return Ok(Some(bits));
        }
        let is_possible = (view.newest()..=view.newest() + MOST_UNSEEN).contains(&number);
        if !is_possible {
            return Ok(None);
        }
        drop(view);
        self.refresh().await?;
        Ok(known(&self.0.view.load()))
    }
}
