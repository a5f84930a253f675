//! What the doors hand down to the slices: the services, built once, and what one request carries.

use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;

use crate::accounts::Accounts;
use crate::audit::{Event, Outcome};
use crate::client_auth::{KeyCache, Throttle};
use crate::clock::{Clock, Instant};
use crate::directory::Directory;
use crate::issue::RefreshMac;
use crate::keys::KeyRing;
use crate::outgoing::Outgoing;
use crate::presentation::Presentation;
use crate::random::Random;
use crate::revocation::Revocation;
use crate::settings::Settings;
use crate::store::Store;

/// The services of one instance. Cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Services>);

/// Everything that lives as long as the process.
pub struct Services {
    /// Checked settings.
    pub settings: Settings,
    /// The database.
    pub store: Store,
    /// Clients, scopes and resources in memory.
    pub directory: Directory,
    /// Signing keys.
    pub keys: KeyRing,
    /// Passwords and throttles.
    pub accounts: Accounts,
    /// Failed client authentications.
    pub client_throttle: Throttle,
    /// Status lists.
    pub revocation: Revocation,
    /// Key sets of clients that sign assertions.
    pub client_keys: KeyCache,
    /// Calls to URLs that clients name.
    pub outgoing: Outgoing,
    /// The MAC of refresh tokens.
    pub refresh_mac: RefreshMac,
    /// Templates, translations and files of the pages.
    pub presentation: Presentation,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub random: Random,
    /// The OpenAPI document, rendered once.
    pub openapi: String,
}

impl AppState {
    /// Puts the services under one roof.
    pub fn new(services: Services) -> Self {
        Self(Arc::new(services))
    }
}

impl Deref for AppState {
    type Target = Services;

    fn deref(&self) -> &Services {
        &self.0
    }
}

/// One request: when, from where, under which name.
pub struct RequestContext {
    /// Read once at the door; every check of the request uses it.
    pub now: Instant,
    /// As in the log and in the `x-request-id` header.
    pub request_id: String,
    /// The caller's address, after trusted proxies.
    pub peer: IpAddr,
    /// The services.
    pub state: AppState,
}

impl RequestContext {
    /// The checked settings.
    pub fn settings(&self) -> &Settings {
        &self.state.settings
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.state.store
    }

    /// Clients, scopes and resources in memory.
    pub fn directory(&self) -> &Directory {
        &self.state.directory
    }

    /// Randomness.
    pub fn random(&self) -> &Random {
        &self.state.random
    }

    /// An audit event of this request, to be filled in.
    pub fn event(&self, kind: &'static str) -> Event {
        Event {
            outcome: Outcome::Done,
            peer: Some(self.peer),
            request_id: Some(self.request_id.clone()),
            ..Event::new(self.random().text::<16>(), self.now, kind)
        }
    }
}
