//! How [`RemoteKeys`] are set up. Everything but the issuer has a default.

use std::{fmt, sync::Arc, time::Duration};

use super::{
    Clock, Freshness, OnStale, RemoteKeys, SystemClock,
    address::{Base, around_keys},
    http::Http,
    lists::{Lists, supervise},
    refresh::keep_fresh,
    shared::Shared,
    source::{Discovery, Place, Source},
    url_rule::require_safe,
};

const CONNECT: Duration = Duration::from_secs(2);
const TOTAL: Duration = Duration::from_secs(5);
const COOL_DOWN: Duration = Duration::from_secs(30);

/// Settings of [`RemoteKeys`], made by [`RemoteKeys::builder`].
pub struct RemoteKeysBuilder {
    issuer: String,
    jwks_url: Option<String>,
    internal_url: Option<String>,
    allow_plain_http: bool,
    freshness: Freshness,
    status_lists: bool,
    status_stream: bool,
    cool_down: Duration,
    connect: Duration,
    total: Duration,
    clock: Option<Arc<dyn Clock>>,
}

/// Why the keys cannot even be asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RemoteKeysError {
    /// The issuer is no https URL, has a query, or a fragment; plain http is for loopback.
    #[error("the issuer {0:?} is not an https URL without query and fragment")]
    Issuer(String),
    /// The address of the key set is no https URL; plain http is for loopback.
    #[error("the key set address {0:?} is not an https URL")]
    JwksUrl(String),
    /// The internal address of the issuer is no https URL.
    #[error("the internal address {0:?} is not an https URL without query and fragment")]
    InternalUrl(String),
    /// A duration of less than a second where it makes no sense.
    #[error("{0} is less than one second")]
    TooShort(&'static str),
    /// Called outside of a tokio (or actix) runtime.
    #[error("no runtime to refresh the keys in: call start() where async code runs")]
    NoRuntime(#[from] tokio::runtime::TryCurrentError),
    /// The HTTP client could not be made, for want of root certificates for instance.
    #[error("no HTTP client")]
    Client(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl RemoteKeysBuilder {
    pub(super) fn new(issuer: String) -> Self {
        Self {
            issuer,
            jwks_url: None,
            internal_url: None,
            allow_plain_http: false,
            freshness: Freshness::default(),
            status_lists: true,
            status_stream: true,
            cool_down: COOL_DOWN,
            connect: CONNECT,
            total: TOTAL,
            clock: None,
        }
    }

    /// Fetches the key set from here instead of asking the issuer's discovery document; may be an
    /// internal address. The `iss` of tokens is still the issuer.
    ///
    /// When it ends with `/.well-known/jwks.json`, what comes before that is also taken for
    /// [`internal_url`](Self::internal_url).
    #[must_use]
    pub fn jwks_url(mut self, url: impl Into<String>) -> Self {
        self.jwks_url = Some(url.into());
        self
    }

    /// Asks for everything that is below the issuer's URL here instead: discovery document, keys,
    /// status lists and their stream. Tokens and documents still carry the issuer's own URL.
    #[must_use]
    pub fn internal_url(mut self, url: impl Into<String>) -> Self {
        self.internal_url = Some(url.into());
        self
    }

    /// Allows plain `http://` also off this machine. Only for a network in which nobody can answer
    /// in the issuer's place, such as the one between containers of one composition.
    #[must_use]
    pub fn allow_plain_http(mut self, allow: bool) -> Self {
        self.allow_plain_http = allow;
        self
    }

    /// How long keys and status lists may be used without the issuer confirming them. 24 h by
    /// default; a token ends before that in any case.
    #[must_use]
    pub fn max_staleness(mut self, max_staleness: Duration) -> Self {
        self.freshness.max_staleness = max_staleness;
        self
    }

    /// What happens after that. [`OnStale::Refuse`] by default.
    #[must_use]
    pub fn on_stale(mut self, on_stale: OnStale) -> Self {
        self.freshness.on_stale = on_stale;
        self
    }

    /// Whether the claim `status` is honoured, by fetching the lists it points at. On by default.
    #[must_use]
    pub fn status_lists(mut self, honour: bool) -> Self {
        self.status_lists = honour;
        self
    }

    /// Whether to listen to the issuer's stream of status changes, which makes revocation a matter
    /// of a second instead of the lists' `ttl`. On by default; it costs one connection, opened with
    /// the first list.
    #[must_use]
    pub fn status_stream(mut self, listen: bool) -> Self {
        self.status_stream = listen;
        self
    }

    /// How long after an attempt no unknown key id causes another. 30 s by default.
    #[must_use]
    pub fn cool_down(mut self, cool_down: Duration) -> Self {
        self.cool_down = cool_down;
        self
    }

    /// Deadlines of one request, to be connected and to be done. 2 s and 5 s by default.
    #[must_use]
    pub fn timeouts(mut self, connect: Duration, total: Duration) -> Self {
        self.connect = connect;
        self.total = total;
        self
    }

    /// Another clock than the machine's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Starts fetching in the background and returns at once, whether the issuer is up or not. Has
    /// to be called inside a tokio or actix runtime.
    pub fn start(self) -> Result<RemoteKeys, RemoteKeysError> {
        let second = Duration::from_secs(1);
        if self.freshness.max_staleness < second {
            return Err(RemoteKeysError::TooShort("max_staleness"));
        }
        if self.cool_down < second {
            return Err(RemoteKeysError::TooShort("cool_down"));
        }
        let base = self.base()?;
        let place = self.place(&base)?;
        let http = Http::new(self.connect, self.total)
            .map_err(|error| RemoteKeysError::Client(error.into()))?;
        let runtime = tokio::runtime::Handle::try_current()?;
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock::new()));
        let (lists, requests) = Lists::new(base);
        let lists = self.status_lists.then_some(lists);
        let shared = Shared::new(self.issuer, clock, self.freshness, self.cool_down, lists);
        let shared = Arc::new(shared);
        let source = Source::new(http.clone(), place);
        let keys = runtime.spawn(keep_fresh(Arc::clone(&shared), source));
        let stream = self.status_stream;
        let lists = runtime.spawn(supervise(Arc::clone(&shared), http, requests, stream));
        let tasks = vec![keys.abort_handle(), lists.abort_handle()];
        Ok(RemoteKeys::refreshed(shared, tasks))
    }

    /// Where to ask for what is below the issuer.
    fn base(&self) -> Result<Base, RemoteKeysError> {
        let is_base = |text: &str| {
            require_safe(text, self.allow_plain_http).is_some_and(|url| url.query().is_none())
        };
        let around = self.jwks_url.as_deref().and_then(around_keys);
        let internal = match (&self.internal_url, around) {
            (Some(stated), _) if !is_base(stated) => {
                return Err(RemoteKeysError::InternalUrl(stated.clone()));
            }
            (Some(stated), _) => stated,
            (None, Some(around)) => around,
            // With the keys from elsewhere the issuer need not be asked for anything.
            (None, None) if self.jwks_url.is_none() && !is_base(&self.issuer) => {
                return Err(RemoteKeysError::Issuer(self.issuer.clone()));
            }
            (None, None) => &self.issuer,
        };
        Ok(Base::new(&self.issuer, internal, self.allow_plain_http))
    }

    fn place(&self, base: &Base) -> Result<Place, RemoteKeysError> {
        if let Some(text) = &self.jwks_url {
            return require_safe(text, self.allow_plain_http)
                .map(Place::Stated)
                .ok_or_else(|| RemoteKeysError::JwksUrl(text.clone()));
        }
        base.discovery()
            .map(|document| {
                Place::Discovered(Discovery {
                    issuer: self.issuer.clone(),
                    base: base.clone(),
                    document,
                    found: None,
                })
            })
            .ok_or_else(|| RemoteKeysError::Issuer(self.issuer.clone()))
    }
}

impl fmt::Debug for RemoteKeysBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteKeysBuilder")
            .field("issuer", &self.issuer)
            .field("jwks_url", &self.jwks_url)
            .field("internal_url", &self.internal_url)
            .field("freshness", &self.freshness)
            .finish_non_exhaustive()
    }
}
