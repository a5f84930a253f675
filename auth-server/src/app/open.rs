//! Opening the services: database, keys, accounts, directory, in the order in which each needs the
//! one before.

use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use crate::accounts::{
    AccountLimits, Accounts, AccountsConfig, AddressLimits, HashParameters, PoolLimits,
    RulesPolicy, SessionLimits,
};
use crate::client_auth::{KeyCache, Throttle};
use crate::clock::{Clock, Instant};
use crate::context::{AppState, Services};
use crate::directory::Directory;
use crate::error::Fault;
use crate::http;
use crate::issue::RefreshMac;
use crate::keys::{EncryptionKey, KeyPlaces, KeyPolicy, KeyRing};
use crate::model::GrantType;
use crate::outgoing::Outgoing;
use crate::presentation::Presentation;
use crate::random::Random;
use crate::revocation::{Lifetimes, ListenerLimits, Revocation};
use crate::settings::Settings;
use crate::store::{ConnectOptions, Store, clients, transfer};

/// Verifiers may run this much behind; a retired key outlives its last token by it (GEN-27).
const SKEW: Duration = Duration::from_mins(1);
/// The most that a client's own `access_ttl` and `id_ttl` may be, unless the settings have more
/// (matrix TOK-13).
const LONGEST_CLIENT_TTL: Duration = Duration::from_hours(1);
/// The same with `tokens.allow_long_access_ttl`.
const LONGEST_LONG_TTL: Duration = Duration::from_hours(24 * 30);

/// What comes from the world around the process and is replaced in tests.
#[derive(Debug, Clone, Default)]
pub struct Ambient {
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub random: Random,
}

/// Opens the services of one instance: connects, migrates, opens the keys, starts the hashing pool.
///
/// # Errors
/// A fault that names the step and its cause, for the operator.
pub async fn open(settings: Settings, ambient: Ambient) -> Result<AppState, Fault> {
    // A mistake in the operator's files is found before anything is made.
    let presentation = Presentation::load(&settings)?;
    let outgoing = Outgoing::open(&settings.outgoing)?;
    let store = connect(&settings, &ambient.random).await?;
    store.migrate().await?;
    transfer::require_finished(&store).await?;
    let encryption = encryption_key(&settings, &store, &ambient.random).await?;
    let keys = open_keys(&settings, &store, encryption, &ambient).await?;
    let refresh_mac = RefreshMac::new(keys.refresh_token_keys());
    let Ambient { clock, random } = ambient;
    let accounts = Accounts::start(
        store.clone(),
        accounts_config(&settings),
        clock.clone(),
        random.clone(),
    )?;
    let origins = settings
        .cors
        .allowed_origins
        .iter()
        .map(|origin| origin.as_str().to_owned());
    let directory = Directory::load(store.clone(), origins).await?;
    let revocation = Revocation::open(
        store.clone(),
        settings.issuer.as_str(),
        (
            Lifetimes::new(longest_token(&settings)),
            ListenerLimits {
                total: settings.revocation.max_streams,
                per_address: settings.revocation.max_streams_per_address,
            },
        ),
        random.clone(),
    )
    .await?;
    let openapi = http::served_openapi_json(&settings);
    Ok(AppState::new(Services {
        settings,
        store,
        directory,
        keys,
        accounts,
        client_throttle: Throttle::default(),
        client_keys: KeyCache::default(),
        outgoing,
        revocation,
        refresh_mac,
        presentation,
        clock,
        random,
        openapi,
    }))
}

/// Connects without migrating; for commands that look first.
///
/// # Errors
/// When the database cannot be reached.
pub async fn connect(settings: &Settings, random: &Random) -> Result<Store, Fault> {
    let mut options = ConnectOptions::new(settings.database.url.expose().clone(), random.clone());
    options.max_connections = settings.database.max_connections;
    options.acquire_timeout = settings.database.acquire_timeout;
    Store::connect(&options).await
}

/// Opens the signing keys.
///
/// # Errors
/// When the database does not answer, or the key-encryption key is not the one that sealed them.
pub(crate) async fn open_keys(
    settings: &Settings,
    store: &Store,
    encryption: EncryptionKey,
    ambient: &Ambient,
) -> Result<KeyRing, Fault> {
    let (clock, random) = (ambient.clock.clone(), ambient.random.clone());
    KeyRing::open(
        store.clone(),
        encryption,
        key_policy(settings),
        clock,
        random,
    )
    .await
}

/// The key-encryption key: from the settings, or the generated file. A missing file is made only for a
/// database that was never sealed.
///
/// # Errors
/// When the file cannot be read or made, or the one that belongs to this database is gone.
pub(crate) async fn encryption_key(
    settings: &Settings,
    store: &Store,
    random: &Random,
) -> Result<EncryptionKey, Fault> {
    let places = KeyPlaces {
        configured: settings.keys.encryption_key.as_ref(),
        data_dir: &settings.data_dir,
        // The settings have checked it.
        may_generate: true,
    };
    EncryptionKey::locate(places, store, random).await
}

fn key_policy(settings: &Settings) -> KeyPolicy {
    KeyPolicy {
        algorithms: vec![settings.keys.algorithm],
        rsa_bits: settings.keys.rsa_bits,
        rotate_every: settings.keys.rotate_every,
        announce_for: settings.keys.announce_for,
        retire_after: longest_token(settings).max(settings.tokens.id_ttl) + SKEW,
    }
}

/// The longest that any access token may live: a retired key is published until then.
fn longest_token(settings: &Settings) -> Duration {
    if settings.tokens.allow_long_access_ttl {
        return LONGEST_LONG_TTL;
    }
    settings.tokens.access_ttl.max(LONGEST_CLIENT_TTL)
}

/// How accounts are kept, from the settings.
pub(crate) fn accounts_config(settings: &Settings) -> AccountsConfig {
    let hash = &settings.password_hash;
    let throttle = &settings.throttle;
    AccountsConfig {
        hashing: HashParameters {
            memory_kib: hash.memory_kib,
            iterations: hash.iterations,
            parallelism: hash.parallelism,
        },
        pool: PoolLimits {
            max_concurrent: NonZeroUsize::new(hash.max_concurrent.count())
                .unwrap_or(NonZeroUsize::MIN),
            max_queue_wait: hash.max_queue_wait,
        },
        account_limits: AccountLimits {
            free_failures: throttle.account_free_failures,
            first_delay: throttle.account_first_delay,
            max_delay: throttle.account_max_delay,
            max_failures: throttle.account_max_failures,
            ..AccountLimits::default()
        },
        address_limits: AddressLimits {
            burst: NonZeroU32::new(throttle.address_burst).unwrap_or(NonZeroU32::MIN),
            refill_every: throttle.address_refill_every,
        },
        session_limits: SessionLimits {
            idle_ttl: settings.session.idle_ttl,
            ttl: settings.session.ttl,
        },
        rules: RulesPolicy {
            min_length: settings.password_policy.min_length,
            service_names: vec!["chancery".to_owned()],
        },
    }
}

/// RFC 9700 §2.4 forbids the grant for new applications: whoever still has it is named at every
/// start (matrix PW-16).
pub(super) async fn warn_of_password_grant(state: &AppState) -> Result<(), Fault> {
    if !state.settings.password_grant.enabled {
        return Ok(());
    }
    for client in clients::all(state.store.read()).await? {
        if client.may_use(GrantType::Password) && client.disabled_at.is_none() {
            tracing::warn!(
                client_id = %client.id,
                until = client.password_grant_until.map(Instant::to_rfc3339),
                "this client may use the password grant; move it to the authorization code grant"
            );
        }
    }
    Ok(())
}
