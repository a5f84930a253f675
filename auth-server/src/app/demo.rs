//! Demo data (contract §2.5), made by `dev` only. Everybody knows these passwords.
//!
//! What is there is left as it is, so that a second start keeps what was changed by hand.

use shared_claims::{Role, Scope, ScopeSet};

use crate::accounts::{AccountError, NewAccount};
use crate::audit::{self, Actor};
use crate::clock::Instant;
use crate::context::AppState;
use crate::error::Fault;
use crate::http::docs_redirect_uri;
use crate::model::{Client, ClientId, ClientKind, ClientSecret, GrantType};
use crate::protocol::scope::USER_SCOPES;
use crate::secret::Secret;
use crate::settings::Issuer;
use crate::store::clients;
use crate::store::resources::{self, Resource, ScopeRecord};

mod person;

/// The resource of the demo: the jobs API.
const RESOURCE: &str = "http://localhost:8081";
/// What may be done there.
const SCOPES: [(&str, &str); 4] = [
    ("jobs:read", "See jobs"),
    ("jobs:write", "Post and change jobs"),
    ("applications:read", "See applications"),
    ("applications:write", "Apply, and move applications on"),
];
const PASSWORD: &str = "demo-password-1";
/// Far below what `client add` accepts; it protects nothing here.
const CLIENT_SECRET: &str = "demo-secret";
const USERS: [(&str, Role, [&str; 2]); 3] = [
    ("admin@example.com", Role::ADMIN, ["Amira", "Adler"]),
    (
        "recruiter@example.com",
        Role::RECRUITER,
        ["Ruben", "Kramer"],
    ),
    ("candidate@example.com", Role::CANDIDATE, ["Carla", "Novak"]),
];
/// The API explorers of both services where the defaults place them, and an application.
const REDIRECT_URIS: [&str; 3] = [
    "http://localhost:8081/docs/oauth2-redirect.html",
    "http://localhost:8080/docs/oauth2-redirect.html",
    "http://127.0.0.1:3000/callback",
];

/// Makes the users, the clients and the resource that are missing.
///
/// # Errors
/// When the database does not answer, or stricter settings refuse the demo password.
pub async fn ensure(state: &AppState) -> Result<(), Fault> {
    let now = state.clock.now();
    ensure_resource(state, now).await?;
    for (name, role, names) in USERS {
        ensure_user(state, person::account(name, role, names)?, now).await?;
    }
    for client in [
        web(&state.settings.issuer, now)?,
        service(state, now)?,
        introspect(state, now)?,
    ] {
        ensure_client(state, client, now).await?;
    }
    state.directory.refresh().await.map(drop)
}

async fn ensure_resource(state: &AppState, now: Instant) -> Result<(), Fault> {
    let known = resources::resources(state.store.read())
        .await
        .map_err(Fault::from)?;
    if known.iter().any(|resource| resource.id == RESOURCE) {
        return Ok(());
    }
    let scopes = SCOPES
        .into_iter()
        .map(|(scope, description)| {
            Ok(ScopeRecord {
                scope: parse_scope(scope)?,
                resource: Some(RESOURCE.to_owned()),
                description: description.to_owned(),
            })
        })
        .collect::<Result<Vec<_>, Fault>>()?;
    let resource = Resource {
        id: RESOURCE.to_owned(),
        name: "Jobs".to_owned(),
    };
    let written = state.store.write(async move |txn| {
        resources::upsert_resource(txn, &resource, now).await?;
        for scope in &scopes {
            resources::upsert_scope(txn, scope, now).await?;
        }
        Ok(())
    });
    Ok(written.await?)
}

async fn ensure_user(state: &AppState, account: NewAccount, now: Instant) -> Result<(), Fault> {
    if state.accounts.find(&account.username).await?.is_some() {
        return Ok(());
    }
    match state.accounts.create(account, &Actor::server(now)).await {
        // Taken: another instance made it at the same moment.
        Ok(_) | Err(AccountError::Taken) => Ok(()),
        Err(AccountError::Fault(fault)) => Err(fault),
        Err(refused) => Err(Fault::broken("making the demo users", refused.to_string())),
    }
}

async fn ensure_client(state: &AppState, client: Client, now: Instant) -> Result<(), Fault> {
    let known = clients::find(state.store.read(), &client.id)
        .await
        .map_err(Fault::from)?;
    if known.is_some() {
        return Ok(());
    }
    let mut event = Actor::server(now).event(&state.random, "client.create", serde_json::json!({}));
    event.client_id = Some(client.id.as_str().to_owned());
    let written = state.store.write(async move |txn| {
        clients::create(txn, &client).await?;
        audit::record(txn, &event).await
    });
    match written.await {
        Err(error) if error.is_conflict() => Ok(()),
        written => Ok(written?),
    }
}

fn web(issuer: &Issuer, now: Instant) -> Result<Client, Fault> {
    let mut client = client("ats-web", "Demo web application", ClientKind::Public, now)?;
    client.grant_types = vec![
        GrantType::AuthorizationCode,
        GrantType::Password,
        GrantType::RefreshToken,
    ];
    client.redirect_uris = redirect_uris(issuer);
    // For logins by OpenID Connect; who asks for no scope gets those of the jobs API.
    client.scopes = SCOPES
        .iter()
        .map(|(scope, _)| *scope)
        .chain(USER_SCOPES)
        .map(parse_scope)
        .collect::<Result<ScopeSet, Fault>>()?;
    Ok(client)
}

/// Those of the contract, and this server's own API explorer when its issuer is elsewhere.
fn redirect_uris(issuer: &Issuer) -> Vec<String> {
    let mut uris = REDIRECT_URIS.map(str::to_owned).to_vec();
    let own = docs_redirect_uri(issuer);
    if !uris.contains(&own) {
        uris.push(own);
    }
    uris
}

fn service(state: &AppState, now: Instant) -> Result<Client, Fault> {
    let mut client = client("ats-service", "Demo service", ClientKind::Confidential, now)?;
    client.secrets = vec![secret(state, now)];
    client.grant_types = vec![GrantType::ClientCredentials];
    client.roles = vec![Role::RECRUITER];
    Ok(client)
}

fn introspect(state: &AppState, now: Instant) -> Result<Client, Fault> {
    let mut client = client(
        "ats-introspect",
        "Demo introspection",
        ClientKind::Confidential,
        now,
    )?;
    client.secrets = vec![secret(state, now)];
    client.may_introspect = true;
    client.scopes = ScopeSet::default();
    client.default_scopes = ScopeSet::default();
    Ok(client)
}

fn client(id: &str, name: &str, kind: ClientKind, now: Instant) -> Result<Client, Fault> {
    let mut client = Client::new(ClientId::new(id), kind, now);
    name.clone_into(&mut client.name);
    client.audiences = vec![RESOURCE.to_owned()];
    client.scopes = SCOPES
        .iter()
        .map(|(scope, _)| parse_scope(scope))
        .collect::<Result<ScopeSet, Fault>>()?;
    client.default_scopes = client.scopes.clone();
    Ok(client)
}

fn secret(state: &AppState, now: Instant) -> ClientSecret {
    ClientSecret {
        id: state.random.uuid(),
        digest: Secret::new(CLIENT_SECRET).digest(),
        created_at: now,
        expires_at: None,
    }
}

fn parse_scope(word: &str) -> Result<Scope, Fault> {
    Scope::parse(word).map_err(|error| Fault::broken("reading the demo scopes", error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Inputs, Mode, load};

    fn uris_of(inputs: &Inputs) -> Vec<String> {
        redirect_uris(&load(inputs).unwrap().settings.issuer)
    }

    /// Contract §2.5
    #[test]
    fn the_demo_web_application_has_the_redirect_uris_of_the_contract_and_no_other() {
        assert_eq!(uris_of(&Inputs::new(Mode::Tool)), REDIRECT_URIS);
    }

    #[test]
    fn a_moved_issuer_adds_its_own_api_explorer_to_those() {
        let uris = uris_of(&Inputs::new(Mode::Tool).with("issuer", "http://localhost:9000"));
        assert_eq!(uris[..3], REDIRECT_URIS);
        assert_eq!(
            uris[3..],
            ["http://localhost:9000/docs/oauth2-redirect.html"]
        );
    }
}
