//! The client's side of an authorization request.

use std::collections::BTreeMap;

use auth_server::clock::Instant;
use auth_server::model::{ApplicationType, Client, ClientId, ClientKind, ClientSecret, GrantType};
use auth_server::secret::Secret;
use auth_server::store::clients;
use shared_claims::ScopeSet;
use url::Url;

use super::Parameters;
use crate::support::{SECRET, World};

/// One of the redirect URIs of the demo's public client.
pub(crate) const CALLBACK: &str = "http://127.0.0.1:3000/callback";
/// RFC 7636 Appendix B (matrix TV-01).
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// An authorization request that works, with changes.
#[derive(Clone)]
pub(crate) struct Request(Vec<(String, String)>);

impl Request {
    /// Of the demo's public client.
    pub(crate) fn new() -> Self {
        Self::of("ats-web", CALLBACK)
    }

    /// Of a client with this redirect URI.
    pub(crate) fn of(client: &str, redirect_uri: &str) -> Self {
        let pairs = [
            ("response_type", "code"),
            ("client_id", client),
            ("redirect_uri", redirect_uri),
            ("scope", "openid jobs:read"),
            ("state", "s-1"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        Self(
            pairs
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec(),
        )
    }

    /// With another value, or a further parameter.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => value.clone_into(known),
            None => self.0.push((name.to_owned(), value.to_owned())),
        }
        self
    }

    /// Without a parameter.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        self
    }

    /// With a parameter once more.
    pub(crate) fn and(mut self, name: &str, value: &str) -> Self {
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The parameters.
    pub(crate) fn pairs(&self) -> Vec<(&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }

    /// Path and query of the request.
    pub(crate) fn url(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.0);
        format!("/oauth2/authorize?{}", query.finish())
    }
}

/// The query of a redirect, each name once.
#[track_caller]
pub(crate) fn parameters(url: &Url) -> Parameters {
    let mut found = BTreeMap::new();
    for (name, value) in url.query_pairs() {
        let before = found.insert(name.to_string(), value.into_owned());
        assert_eq!(before, None, "{name} twice in {url}");
    }
    found
}

/// A confidential client with the demo's secret and resource.
pub(crate) fn confidential(id: &str) -> Client {
    let mut client = blank(id, ClientKind::Confidential);
    client.secrets = vec![ClientSecret {
        id: format!("secret-{id}"),
        digest: Secret::new(SECRET).digest(),
        created_at: client.created_at,
        expires_at: None,
    }];
    client.redirect_uris = vec!["https://app.example.com/cb".to_owned()];
    client
}

/// A native application.
pub(crate) fn native(id: &str, redirect_uris: &[&str]) -> Client {
    let mut client = blank(id, ClientKind::Public);
    client.metadata.application_type = ApplicationType::Native;
    client.redirect_uris = redirect_uris.iter().map(|uri| (*uri).to_owned()).collect();
    client
}

fn blank(id: &str, kind: ClientKind) -> Client {
    let now = Instant::from_seconds(1_900_000_000);
    let mut client = Client::new(ClientId::new(id), kind, now);
    client.grant_types = vec![GrantType::AuthorizationCode, GrantType::RefreshToken];
    client.scopes = ScopeSet::parse("openid profile offline_access jobs:read").unwrap();
    client.default_scopes = ScopeSet::parse("jobs:read").unwrap();
    client.audiences = vec!["http://localhost:8081".to_owned()];
    client
}

/// Registers it.
pub(crate) async fn register(world: &World, client: Client) {
    world
        .state
        .store
        .write(async move |txn| clients::create(txn, &client).await)
        .await
        .unwrap();
}
