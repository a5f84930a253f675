//! Where the key set is found, and one attempt to fetch it.
//!
//! Either at an address the operator states, or where the issuer's discovery document says
//! (OpenID Connect Discovery §4), which must be of exactly this issuer.

use std::time::Duration;

use reqwest::{Url, header::HeaderValue};
use serde::Deserialize;

use super::{
    FetchFailure,
    address::Base,
    http::{Answer, Http, Kind, Timing},
};
use crate::verify::{KeySet, MAX_KEY_SET_BYTES};

const KEY_SET: Kind = Kind {
    accept: "application/jwk-set+json, application/json;q=0.9",
    // Issuers label it in many ways; what is no key set is refused for that.
    media_type: None,
    cap: MAX_KEY_SET_BYTES,
};
const METADATA: Kind = Kind {
    accept: "application/json",
    ..KEY_SET
};

/// After this time the discovery document is read again, in case the keys have moved.
const REDISCOVER_AFTER: Duration = Duration::from_hours(1);

/// The place of the key set, with what is remembered between attempts.
pub(super) struct Source {
    http: Http,
    place: Place,
    /// The tag of the set in use, and where it came from: elsewhere it may stand for another set.
    etag: Option<(Url, HeaderValue)>,
}

/// How the address is known.
pub(super) enum Place {
    /// The operator stated it.
    Stated(Url),
    /// The issuer says it.
    Discovered(Discovery),
}

/// A discovery document, and when it last said where the keys are.
pub(super) struct Discovery {
    pub(super) issuer: String,
    pub(super) base: Base,
    pub(super) document: Url,
    pub(super) found: Option<(Url, Duration)>,
}

/// What an attempt brought.
pub(super) enum Fetched {
    /// The set we have is still the right one.
    Same(Timing),
    /// Another set.
    New { keys: KeySet, timing: Timing },
}

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    jwks_uri: String,
}

impl Source {
    pub(super) fn new(http: Http, place: Place) -> Self {
        Self {
            http,
            place,
            etag: None,
        }
    }

    /// One attempt. `now` is monotonic time.
    pub(super) async fn fetch(&mut self, now: Duration) -> Result<Fetched, FetchFailure> {
        let fetched = self.attempt(now).await;
        if fetched.is_err()
            && let Place::Discovered(discovery) = &mut self.place
        {
            // The keys may have moved: look them up again next time.
            discovery.found = None;
        }
        fetched
    }

    async fn attempt(&mut self, now: Duration) -> Result<Fetched, FetchFailure> {
        let url = match &mut self.place {
            Place::Stated(url) => url.clone(),
            Place::Discovered(discovery) => discovery.locate(&self.http, now).await?,
        };
        let etag = self
            .etag
            .as_ref()
            .filter(|(from, _)| *from == url)
            .map(|(_, etag)| etag);
        match self.http.get(&url, &KEY_SET, etag).await? {
            Answer::NotModified(timing) => Ok(Fetched::Same(timing)),
            Answer::Body {
                bytes,
                etag,
                timing,
            } => {
                let keys = KeySet::from_jwks_json(&bytes)?;
                // Only now: the tag of a set we did not take must not confirm the one we have.
                self.etag = etag.map(|etag| (url, etag));
                Ok(Fetched::New { keys, timing })
            }
        }
    }
}

impl Discovery {
    async fn locate(&mut self, http: &Http, now: Duration) -> Result<Url, FetchFailure> {
        if let Some((url, at)) = &self.found
            && now.saturating_sub(*at) < REDISCOVER_AFTER
        {
            return Ok(url.clone());
        }
        let Answer::Body { bytes, .. } = http.get(&self.document, &METADATA, None).await? else {
            return Err(FetchFailure::DiscoveryMalformed);
        };
        let metadata: Metadata =
            serde_json::from_slice(&bytes).map_err(|_| FetchFailure::DiscoveryMalformed)?;
        if metadata.issuer != self.issuer {
            return Err(FetchFailure::WrongIssuer);
        }
        let url = self
            .base
            .locate_or_follow(&metadata.jwks_uri)
            .ok_or(FetchFailure::UnsafeUrl)?;
        self.found = Some((url.clone(), now));
        Ok(url)
    }
}
