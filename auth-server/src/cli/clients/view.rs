//! Looking at clients: one, or page by page. Secrets are stored as digests and not shown at all.

use serde_json::{Map, Value, json};

use crate::cli::failure::Failure;
use crate::cli::globals::Format;
use crate::cli::output;
use crate::cli::users::PageArgs;
use crate::cli::workbench::Workbench;
use crate::clock::Instant;
use crate::model::{Algorithm, Client, ClientId, ClientMetadata, GrantType};
use crate::store::clients;

/// A client as it is printed; the names are those of RFC 7591 §2 where it has them.
pub(super) fn json(client: &Client) -> Value {
    let at = |at: Option<Instant>| at.map(Instant::to_rfc3339);
    let secrets: Vec<Value> = client
        .secrets
        .iter()
        .map(|secret| {
            json!({
                "id": secret.id,
                "created_at": secret.created_at.to_rfc3339(),
                "expires_at": at(secret.expires_at),
            })
        })
        .collect();
    let grants: Vec<&str> = client
        .grant_types
        .iter()
        .copied()
        .map(GrantType::as_str)
        .collect();
    json!({
        "client_id": client.id.as_str(),
        "client_name": client.name,
        "kind": client.kind.as_str(),
        "token_endpoint_auth_method": client.auth_method.as_str(),
        "grant_types": grants,
        "redirect_uris": client.redirect_uris,
        "post_logout_redirect_uris": client.metadata.post_logout_redirect_uris,
        "scope": client.scopes.to_string(),
        "default_scope": client.default_scopes.to_string(),
        "audiences": client.audiences,
        "roles": client.roles,
        "access_ttl_seconds": client.access_ttl.map(|ttl| ttl.as_secs()),
        "token_alg": client.token_alg.map(Algorithm::as_str),
        "require_pkce": client.require_pkce,
        "may_introspect": client.may_introspect,
        "password_grant_until": at(client.password_grant_until),
        "disabled_at": at(client.disabled_at),
        "metadata": metadata(&client.metadata),
        "secrets": secrets,
        "created_at": client.created_at.to_rfc3339(),
        "updated_at": client.updated_at.to_rfc3339(),
    })
}

/// What was said beyond the least, by the names of the fields.
fn metadata(metadata: &ClientMetadata) -> Value {
    let members = |metadata: &ClientMetadata| match serde_json::to_value(metadata) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    };
    let defaults = members(&ClientMetadata::default());
    members(metadata)
        .into_iter()
        .filter(|(name, value)| defaults.get(name) != Some(value))
        .collect::<Map<_, _>>()
        .into()
}

/// `client list`.
pub(super) async fn list(
    bench: &Workbench,
    format: Format,
    page: &PageArgs,
) -> Result<(), Failure> {
    let found = clients::list(bench.store.read(), page.cursor.as_deref(), page.limit).await?;
    let items: Vec<Value> = found.items.iter().map(json).collect();
    let columns = [
        "client_id",
        "kind",
        "grant_types",
        "scope",
        "audiences",
        "disabled_at",
    ];
    output::list(format, &columns, &items, found.next.as_deref())
}

/// `client show`.
pub(super) async fn show(bench: &Workbench, format: Format, id: &str) -> Result<(), Failure> {
    let first = [
        "client_id",
        "client_name",
        "kind",
        "grant_types",
        "scope",
        "audiences",
    ];
    output::record(format, &first, &json(&require(bench, id).await?))
}

/// The client of that id.
pub(super) async fn require(bench: &Workbench, id: &str) -> Result<Client, Failure> {
    let found = clients::find(bench.store.read(), &ClientId::new(id)).await?;
    found.ok_or_else(|| {
        Failure::failed(format!(
            "There is no client `{id}`; `auth-server client list` shows them."
        ))
    })
}
