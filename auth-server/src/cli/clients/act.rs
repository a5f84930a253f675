//! Registering, changing and deleting clients. Each change, its audit event and what it needs are
//! one transaction.

use super::arguments::{AddArgs, UpdateArgs};
use super::registry::{self, Missing};
use super::rules;
use super::secret::{self, NewSecret};
use super::view::{json, require};
use crate::audit::{self, Event};
use crate::cli::confirm::Confirmation;
use crate::cli::failure::Failure;
use crate::cli::globals::Format;
use crate::cli::output;
use crate::cli::workbench::Workbench;
use crate::clock::Instant;
use crate::model::{Client, ClientId, ClientKind, GrantType};
use crate::store::{ConnectionTrait, StoreError, clients, resources};

/// `client add`.
pub(super) async fn add(bench: &Workbench, format: Format, args: AddArgs) -> Result<(), Failure> {
    let id = args
        .id
        .unwrap_or_else(|| format!("c_{}", bench.random().text::<16>()));
    rules::check_id(&id).map_err(Failure::Usage)?;
    let kind = if args.public {
        ClientKind::Public
    } else {
        ClientKind::Confidential
    };
    let mut client = Client::new(ClientId::new(id), kind, bench.now);
    let said = &args.fields.grants;
    if said.grants.is_empty() && !args.public {
        client.grant_types = vec![GrantType::ClientCredentials];
    }
    args.fields.apply(bench, &mut client).await?;
    if said.default_scopes.is_empty() {
        client.default_scopes = client.scopes.clone();
    }
    rules::check(&mut client, &bench.settings.outgoing).map_err(Failure::Usage)?;
    let missing = registry::find_missing(bench, &client, said.create_scopes).await?;
    let made = if client.auth_method.uses_secret() {
        let NewSecret { made, record } = secret::obtain(bench, &args.secret)?;
        client.secrets.push(record);
        made
    } else {
        None
    };
    let (copy, event, at) = (
        client.clone(),
        event(bench, "client.create", &client),
        bench.now,
    );
    let written = bench
        .store
        .write(async move |txn| {
            register(txn, &missing, at).await?;
            clients::create(txn, &copy).await?;
            audit::record(txn, &event).await
        })
        .await;
    match written {
        Err(error) if error.is_conflict() => {
            return Err(Failure::failed(format!(
                "There is a client `{}` already.",
                client.id
            )));
        }
        other => other?,
    }
    secret::show(
        format,
        &format!("Client {} added.", client.id),
        json(&client),
        made.as_ref(),
    )
}

/// `client update`.
pub(super) async fn update(
    bench: &Workbench,
    format: Format,
    args: UpdateArgs,
) -> Result<(), Failure> {
    let before = require(bench, &args.id).await?;
    let mut client = before.clone();
    args.fields.apply(bench, &mut client).await?;
    let said = &args.fields.grants;
    if !said.scopes.is_empty() && said.default_scopes.is_empty() {
        // What was taken away is no default any more.
        let kept = client
            .default_scopes
            .iter()
            .filter(|word| client.scopes.contains(word.as_str()));
        client.default_scopes = kept.cloned().collect();
    }
    rules::check(&mut client, &bench.settings.outgoing).map_err(Failure::Usage)?;
    let missing = registry::find_missing(bench, &client, said.create_scopes).await?;
    let (event, at) = (event(bench, "client.update", &client), bench.now);
    let disabled_at = args.disable.then_some(at);
    let switches = args.disable || args.enable;
    let is_done = bench
        .store
        .write(async move |txn| {
            if !clients::update(txn, &before, &client, at).await? {
                return Ok(false);
            }
            register(txn, &missing, at).await?;
            if switches {
                clients::set_disabled(txn, &client.id, disabled_at, at).await?;
            }
            audit::record(txn, &event).await.map(|()| true)
        })
        .await?;
    if !is_done {
        return Err(Failure::failed(format!(
            "{} was changed by somebody else at this moment. Try again.",
            args.id
        )));
    }
    let now = require(bench, &args.id).await?;
    if now.auth_method.uses_secret() && now.secrets.is_empty() {
        output::note(&format!(
            "It has no secret yet: auth-server client rotate-secret {}",
            now.id
        ));
    }
    output::done(format, &format!("Client {} changed.", now.id), &json(&now))
}

/// `client delete`.
pub(super) async fn delete(
    bench: &Workbench,
    format: Format,
    id: &str,
    confirmation: &Confirmation,
) -> Result<(), Failure> {
    let client = require(bench, id).await?;
    confirmation.require(&format!(
        "This deletes the client {id} with its refresh tokens."
    ))?;
    let (id, event, at) = (
        client.id.clone(),
        event(bench, "client.delete", &client),
        bench.now,
    );
    bench
        .store
        .write(async move |txn| {
            clients::delete(txn, &id, at).await?;
            audit::record(txn, &event).await
        })
        .await?;
    output::done(
        format,
        &format!("Client {} deleted.", client.id),
        &json(&client),
    )
}

fn event(bench: &Workbench, kind: &'static str, client: &Client) -> Event {
    let mut event = bench.event(kind);
    event.client_id = Some(client.id.as_str().to_owned());
    event
}

async fn register(
    txn: &impl ConnectionTrait,
    missing: &Missing,
    at: Instant,
) -> Result<(), StoreError> {
    for resource in &missing.resources {
        resources::upsert_resource(txn, resource, at).await?;
    }
    for scope in &missing.scopes {
        resources::upsert_scope(txn, scope, at).await?;
    }
    Ok(())
}
