//! From settings to the verifier of access tokens. Nothing here waits for the issuer.

use std::sync::Arc;
use std::time::Duration;

use shared_claims::NumericDate;
use shared_claims::actix::ResourceServer;
use shared_claims::remote::{Clock as RemoteClock, OnStale, RemoteKeys, Sleep, SystemClock};

use super::StartError;
use crate::clock::Clock;
use crate::operation::metadata;
use crate::settings::{self, Settings};

/// Starts fetching the issuer's keys, and the status lists that tokens point at, in the background.
pub(super) fn resource_server(
    settings: &Settings,
    clock: &Clock,
) -> Result<ResourceServer, StartError> {
    let auth = &settings.auth;
    let mut builder = RemoteKeys::builder(&auth.issuer)
        .allow_plain_http(auth.allow_plain_http)
        .max_staleness(auth.max_staleness)
        .on_stale(match auth.on_stale {
            settings::OnStale::Refuse => OnStale::Refuse,
            settings::OnStale::Accept => OnStale::Accept,
        })
        .status_stream(auth.status_stream)
        .clock(Arc::new(TokenClock {
            date: clock.clone(),
            machine: SystemClock::new(),
        }));
    if let Some(url) = &auth.jwks_url {
        builder = builder.jwks_url(url.as_str());
    }
    if let Some(url) = &auth.internal_url {
        builder = builder.internal_url(url.as_str());
    }
    Ok(ResourceServer::new(
        builder.start()?,
        metadata::resource(settings)?,
    )?)
}

/// The date comes from our clock, so that tests move the expiry of tokens by hand; how much time passes
/// between two fetches is always the machine's.
struct TokenClock {
    date: Clock,
    machine: SystemClock,
}

impl RemoteClock for TokenClock {
    fn now(&self) -> NumericDate {
        NumericDate::from_seconds(self.date.now().as_millis().div_euclid(1_000))
    }

    fn monotonic(&self) -> Duration {
        self.machine.monotonic()
    }

    fn sleep(&self, duration: Duration) -> Sleep<'_> {
        self.machine.sleep(duration)
    }
}
