//! A fresh, migrated store for one test, on the engine of the round (`CHANCERY_TEST_DATABASE_URL`;
//! a SQLite file without it), and nouns to put in.

use std::ops::Deref;

use migrations::testing::FreshDatabase;
use shared_claims::{Role, ScopeSet};

use super::users::LoginKeys;
use super::{ConnectOptions, Store, clients, users};
use crate::clock::Instant;
use crate::model::{
    AuthMethod, ClaimsRequest, Client, ClientId, ClientKind, ClientMetadata, Family, FamilyId,
    GrantType, Profile, SessionId, User, UserId, UserStatus,
};
use crate::random::Random;
use crate::secret::Secret;

/// When all that these functions make was made.
pub(crate) const NOW: Instant = Instant::from_seconds(1_800_000_000);

/// A store with a database of its own. Dropped in this order.
pub(crate) struct Fresh {
    pub(crate) store: Store,
    pub(crate) database: FreshDatabase,
}

impl Deref for Fresh {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

/// Migrated, with ten connections.
pub(crate) async fn fresh() -> Fresh {
    let database = FreshDatabase::create().await;
    let store = open(&database).await;
    store.migrate().await.unwrap();
    Fresh { store, database }
}

/// Another instance on the same database.
pub(crate) async fn open(database: &FreshDatabase) -> Store {
    Store::connect(&options(database)).await.unwrap()
}

pub(crate) fn options(database: &FreshDatabase) -> ConnectOptions {
    ConnectOptions::new(Secret::new(database.url()), Random::system())
}

/// Migrated, in memory, whatever the round.
pub(crate) async fn in_memory() -> Store {
    let store = Store::connect(&ConnectOptions::in_memory(Random::system()))
        .await
        .unwrap();
    store.migrate().await.unwrap();
    store
}

pub(crate) fn user(name: &str) -> User {
    User {
        id: UserId::new(format!("u-{name}")),
        username: name.to_owned(),
        name: Some(format!("{name} the tested")),
        email: None,
        email_verified: false,
        profile: Profile::default(),
        password_hash: Some("$argon2id$v=19$old".to_owned()),
        password_changed_at: Some(NOW),
        must_change_password: false,
        mfa_required: false,
        status: UserStatus::Active,
        roles: vec![Role::CANDIDATE],
        created_at: NOW,
        updated_at: NOW,
    }
}

pub(crate) fn keys(user: &User) -> LoginKeys {
    LoginKeys {
        username: user.username.to_lowercase(),
        email: user.email.as_ref().map(|email| email.to_lowercase()),
    }
}

pub(crate) fn client(id: &str) -> Client {
    Client {
        id: ClientId::new(id),
        name: "A client".to_owned(),
        kind: ClientKind::Public,
        auth_method: AuthMethod::None,
        secrets: Vec::new(),
        grant_types: vec![GrantType::Password, GrantType::RefreshToken],
        redirect_uris: vec!["http://localhost:8081/docs/oauth2-redirect.html".to_owned()],
        scopes: ScopeSet::parse("jobs:read jobs:write").unwrap(),
        default_scopes: ScopeSet::parse("jobs:read").unwrap(),
        audiences: vec!["http://localhost:8081".to_owned()],
        roles: Vec::new(),
        access_ttl: None,
        token_alg: None,
        require_pkce: true,
        may_introspect: false,
        password_grant_until: None,
        metadata: ClientMetadata::default(),
        disabled_at: None,
        created_at: NOW,
        updated_at: NOW,
    }
}

/// A family of [`user`] and [`client`].
pub(crate) fn family(id: &str, user: &User, client: &Client) -> Family {
    Family {
        id: FamilyId::new(id),
        client_id: client.id.clone(),
        user_id: user.id.clone(),
        session_id: None,
        sid: SessionId::new("s-1"),
        scope: ScopeSet::parse("jobs:read").unwrap(),
        audiences: vec!["http://localhost:8081".to_owned()],
        auth_time: NOW,
        amr: vec!["pwd".to_owned()],
        acr: None,
        claims: ClaimsRequest::default(),
        generation: 0,
        rotated_at: None,
        used: false,
        mac_version: 1,
        created_at: NOW,
        expires_at: NOW.plus(std::time::Duration::from_hours(30 * 24)),
        idle_expires_at: NOW.plus(std::time::Duration::from_hours(7 * 24)),
        revoked_at: None,
        status_index: None,
        status_index_before: None,
    }
}

/// Stores a user.
pub(crate) async fn add_user(store: &Store, user: &User) {
    let (user, keys) = (user.clone(), keys(user));
    store
        .write(async move |txn| users::create(txn, &user, &keys).await)
        .await
        .unwrap();
}

/// Stores a client.
pub(crate) async fn add_client(store: &Store, client: &Client) {
    let client = client.clone();
    store
        .write(async move |txn| clients::create(txn, &client).await)
        .await
        .unwrap();
}
