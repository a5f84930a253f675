//! Scopes, resources and roles that a registration names: they exist, or are made on purpose.

use std::collections::BTreeSet;

use shared_claims::{Role, Scope, ScopeSet};

use super::fields::OFF;
use crate::cli::failure::Failure;
use crate::cli::workbench::Workbench;
use crate::model::{Algorithm, Client, KeyState, SigningKeyRecord};
use crate::protocol::scope;
use crate::store::resources::{self, Resource, ScopeRecord};
use crate::store::{roles, signing_keys};

/// What has to be registered together with the client.
#[derive(Debug, Clone, Default)]
pub(super) struct Missing {
    pub(super) resources: Vec<Resource>,
    pub(super) scopes: Vec<ScopeRecord>,
}

/// Finds what the client names and nobody knows; a failure unless new things were asked for.
pub(super) async fn find_missing(
    bench: &Workbench,
    client: &Client,
    may_create: bool,
) -> Result<Missing, Failure> {
    let known_resources: BTreeSet<String> = resources::resources(bench.store.read())
        .await?
        .into_iter()
        .map(|one| one.id)
        .collect();
    let known_scopes: BTreeSet<String> = resources::scopes(bench.store.read())
        .await?
        .into_iter()
        .map(|record| record.scope.as_str().to_owned())
        .collect();
    let audiences: Vec<&String> = client
        .audiences
        .iter()
        // The issuer is a resource by itself: its userinfo endpoint.
        .filter(|id| !known_resources.contains(*id) && *id != bench.settings.issuer.as_str())
        .collect();
    let scopes: Vec<&Scope> = client
        .scopes
        .iter()
        .filter(|scope| !known_scopes.contains(scope.as_str()) && !scope::is_standard(scope))
        .collect();
    if !may_create {
        refuse(
            "resource",
            audiences.iter().map(|id| id.as_str()),
            &known_resources,
        )?;
        refuse(
            "scope",
            scopes.iter().map(|scope| scope.as_str()),
            &known_scopes,
        )?;
    }
    // A scope belongs to a resource only where there is no doubt which one.
    let resource = match client.audiences.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    };
    Ok(Missing {
        resources: audiences
            .into_iter()
            .map(|id| Resource {
                id: id.clone(),
                name: id.clone(),
            })
            .collect(),
        scopes: scopes
            .into_iter()
            .map(|scope| ScopeRecord {
                scope: scope.clone(),
                resource: resource.clone(),
                description: String::new(),
            })
            .collect(),
    })
}

fn refuse<'a>(
    what: &str,
    unknown: impl Iterator<Item = &'a str>,
    known: &BTreeSet<String>,
) -> Result<(), Failure> {
    let unknown: Vec<&str> = unknown.collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let known = match known.len() {
        0 => "none".to_owned(),
        _ => known
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(", "),
    };
    Err(Failure::failed(format!(
        "Unknown {what}: {}. Registered: {known}. --create-scopes registers new ones.",
        unknown.join(", ")
    )))
}

/// Reads scope options: words, several in one text or one in several, or `off`.
pub(super) fn parse_scopes(texts: &[String]) -> Result<ScopeSet, Failure> {
    if matches!(texts, [off] if off == OFF) {
        return Ok(ScopeSet::default());
    }
    let text = texts.join(" ");
    ScopeSet::parse(text.trim())
        .map_err(|error| Failure::usage(format!("`{text}` is not a scope: {error}.")))
}

/// Reads role options; the roles must exist.
pub(super) async fn parse_roles(bench: &Workbench, names: &[String]) -> Result<Vec<Role>, Failure> {
    let known: BTreeSet<Role> = roles::all(bench.store.read())
        .await?
        .into_iter()
        .map(|record| record.role)
        .collect();
    let mut parsed = BTreeSet::new();
    for name in names {
        let Some(role) = known.iter().find(|role| role.as_str() == name) else {
            let known: Vec<&str> = known.iter().map(Role::as_str).collect();
            return Err(Failure::failed(format!(
                "There is no role `{name}`; there are {}.",
                known.join(", ")
            )));
        };
        parsed.insert(role.clone());
    }
    Ok(parsed.into_iter().collect())
}

/// An algorithm that some key signs with: a client that asked for another would get no token.
pub(super) async fn require_key(bench: &Workbench, algorithm: Algorithm) -> Result<(), Failure> {
    let keys = signing_keys::all(bench.store.read()).await?;
    let signs =
        |key: &SigningKeyRecord| key.algorithm == algorithm && key.state == KeyState::Active;
    if keys.iter().any(signs) {
        return Ok(());
    }
    let name = algorithm.as_str();
    Err(Failure::failed(format!(
        "No {name} key signs yet. Make one first: `auth-server keys rotate --algorithm {name}`."
    )))
}
