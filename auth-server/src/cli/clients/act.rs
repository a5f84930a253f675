//! Registering, changing and deleting clients. Each change, its audit event and what it needs are
//! one transaction.

use std::time::Duration;

use super::arguments::{AddArgs, Fields, UpdateArgs};
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
use crate::settings;
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
    if args.fields.grants.is_empty() && !args.public {
        client.grant_types = vec![GrantType::ClientCredentials];
    }
    apply(bench, &mut client, &args.fields).await?;
    if args.fields.default_scopes.is_empty() {
        client.default_scopes = client.scopes.clone();
    }
    rules::check(&client).map_err(Failure::Usage)?;
    let missing = registry::find_missing(bench, &client, args.fields.create_scopes).await?;
    let made = if args.public {
        None
    } else {
        let NewSecret { made, record } = secret::obtain(bench, &args.secret)?;
        client.secrets.push(record);
        made
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
    let mut client = require(bench, &args.id).await?;
    apply(bench, &mut client, &args.fields).await?;
    if !args.fields.scopes.is_empty() && args.fields.default_scopes.is_empty() {
        // What was taken away is no default any more.
        let kept = client
            .default_scopes
            .iter()
            .filter(|word| client.scopes.contains(word.as_str()));
        client.default_scopes = kept.cloned().collect();
    }
    rules::check(&client).map_err(Failure::Usage)?;
    let missing = registry::find_missing(bench, &client, args.fields.create_scopes).await?;
    let (event, at) = (event(bench, "client.update", &client), bench.now);
    let disabled_at = args.disable.then_some(at);
    let switches = args.disable || args.enable;
    bench
        .store
        .write(async move |txn| {
            register(txn, &missing, at).await?;
            clients::update(txn, &client, at).await?;
            if switches {
                clients::set_disabled(txn, &client.id, disabled_at, at).await?;
            }
            audit::record(txn, &event).await
        })
        .await?;
    let now = require(bench, &args.id).await?;
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

/// Puts what was said into the client; what was not said stays.
async fn apply(bench: &Workbench, client: &mut Client, fields: &Fields) -> Result<(), Failure> {
    if let Some(name) = &fields.name {
        client.name.clone_from(name);
    }
    if !fields.grants.is_empty() {
        client.grant_types = fields.grants.iter().copied().map(GrantType::from).collect();
        client.grant_types.sort_unstable();
        client.grant_types.dedup();
    }
    if !fields.redirect_uris.is_empty() {
        client.redirect_uris.clone_from(&fields.redirect_uris);
    }
    if !fields.post_logout_redirect_uris.is_empty() {
        let uris = &mut client.metadata.post_logout_redirect_uris;
        uris.clone_from(&fields.post_logout_redirect_uris);
    }
    if !fields.scopes.is_empty() {
        client.scopes = registry::parse_scopes(&fields.scopes)?;
    }
    if !fields.default_scopes.is_empty() {
        client.default_scopes = registry::parse_scopes(&fields.default_scopes)?;
    }
    if !fields.audiences.is_empty() {
        client.audiences.clone_from(&fields.audiences);
    }
    if !fields.roles.is_empty() {
        client.roles = registry::parse_roles(bench, &fields.roles).await?;
    }
    if let Some(text) = &fields.access_ttl {
        client.access_ttl = Some(parse_ttl(bench, text)?);
    }
    if let Some(name) = fields.token_alg {
        client.token_alg = Some(registry::require_key(bench, name.into()).await?);
    }
    if let Some(method) = fields.auth_method {
        if client.is_public() {
            return Err(Failure::usage("A public client has no secret to send."));
        }
        client.auth_method = method.into();
    }
    if let Some(may) = fields.introspect {
        client.may_introspect = may;
    }
    if let Some(date) = &fields.password_grant_until {
        client.password_grant_until = Some(parse_date(date)?);
    }
    Ok(())
}

/// The same cap as for the setting: a stolen token is good for that long.
fn parse_ttl(bench: &Workbench, text: &str) -> Result<Duration, Failure> {
    let range = Duration::from_secs(1)..=Duration::from_hours(24 * 30);
    let ttl = settings::parse_duration(text)
        .filter(|ttl| range.contains(ttl))
        .ok_or_else(|| {
            Failure::usage("`--access-ttl` takes a number and a unit, from 1s to 30d: 5m, 900s.")
        })?;
    if ttl > Duration::from_hours(1) && !bench.settings.tokens.allow_long_access_ttl {
        return Err(Failure::failed(
            "`--access-ttl` is at most 1h; the setting `tokens.allow_long_access_ttl` lifts this.",
        ));
    }
    Ok(ttl)
}

fn parse_date(text: &str) -> Result<Instant, Failure> {
    let whole = if text.contains('T') {
        text.to_owned()
    } else {
        format!("{text}T00:00:00Z")
    };
    chrono::DateTime::parse_from_rfc3339(&whole)
        .map(|at| Instant::from_millis(at.timestamp_millis()))
        .map_err(|_| Failure::usage("A date is written 2027-06-30 or 2027-06-30T12:00:00Z."))
}
