//! How [`RemoteKeys`] are set up. Everything but the issuer has a default.

use std::{sync::Arc, time::Duration};

use super::{
    Clock, OnStale, RemoteKeys, SystemClock,
    http::Http,
    shared::{Limits, Shared},
    source::{Discovery, Place, Source},
    url_rule::require_safe,
};

const CONNECT: Duration = Duration::from_secs(2);
const TOTAL: Duration = Duration::from_secs(5);
const MAX_STALENESS: Duration = Duration::from_hours(24);
const COOL_DOWN: Duration = Duration::from_secs(30);

/// Settings of [`RemoteKeys`], made by [`RemoteKeys::builder`].
pub struct RemoteKeysBuilder {
    issuer: String,
    jwks_url: Option<String>,
    allow_plain_http: bool,
    max_staleness: Duration,
    on_stale: OnStale,
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
            allow_plain_http: false,
            max_staleness: MAX_STALENESS,
            on_stale: OnStale::default(),
            cool_down: COOL_DOWN,
            connect: CONNECT,
            total: TOTAL,
            clock: None,
        }
    }

    /// Fetches the key set from here instead of asking the issuer's discovery document; may be an
    /// internal address. The `iss` of tokens is still the issuer.
    #[must_use]
    pub fn jwks_url(mut self, url: impl Into<String>) -> Self {
        self.jwks_url = Some(url.into());
        self
    }

    /// Allows plain `http://` also off this machine. Only for a network in which nobody can answer
    /// in the issuer's place, such as the one between containers of one composition.
    #[must_use]
    pub fn allow_plain_http(mut self, allow: bool) -> Self {
        self.allow_plain_http = allow;
        self
    }

    /// How long keys may be used without the issuer confirming them. 24 h by default.
    #[must_use]
    pub fn max_staleness(mut self, max_staleness: Duration) -> Self {
        self.max_staleness = max_staleness;
        self
    }

    /// What happens after that. [`OnStale::Refuse`] by default.
    #[must_use]
    pub fn on_stale(mut self, on_stale: OnStale) -> Self {
        self.on_stale = on_stale;
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
        if self.max_staleness < second {
            return Err(RemoteKeysError::TooShort("max_staleness"));
        }
        if self.cool_down < second {
            return Err(RemoteKeysError::TooShort("cool_down"));
        }
        let place = self.place()?;
        let http = Http::new(self.connect, self.total)
            .map_err(|error| RemoteKeysError::Client(error.into()))?;
        let runtime = tokio::runtime::Handle::try_current()?;
        let limits = Limits {
            max_staleness: self.max_staleness,
            on_stale: self.on_stale,
            cool_down: self.cool_down,
        };
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock::new()));
        let shared = Arc::new(Shared::new(self.issuer, clock, &limits));
        Ok(RemoteKeys::refreshed(
            shared,
            Source::new(http, place),
            &runtime,
        ))
    }

    fn place(&self) -> Result<Place, RemoteKeysError> {
        if let Some(text) = &self.jwks_url {
            return require_safe(text, self.allow_plain_http)
                .map(Place::Stated)
                .ok_or_else(|| RemoteKeysError::JwksUrl(text.clone()));
        }
        // OpenID Connect Discovery §4: the path follows the issuer, without a double slash.
        let document = format!(
            "{}/.well-known/openid-configuration",
            self.issuer.trim_end_matches('/')
        );
        require_safe(&self.issuer, self.allow_plain_http)
            .filter(|issuer| issuer.query().is_none())
            .and_then(|_| require_safe(&document, self.allow_plain_http))
            .map(|document| {
                Place::Discovered(Discovery {
                    issuer: self.issuer.clone(),
                    document,
                    allow_plain_http: self.allow_plain_http,
                    found: None,
                })
            })
            .ok_or_else(|| RemoteKeysError::Issuer(self.issuer.clone()))
    }
}
