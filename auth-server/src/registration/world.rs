//! What only the network tells about a registration: whether its URLs may be called, and whether the
//! sector names its redirect URIs (OpenID Connect Core 1.0 §8.1, Registration 1.0 §5; matrix DCR-08,
//! GEN-28; attack SS-01). What went wrong out there is not told.

use super::RegistrationError;
use crate::context::RequestContext;
use crate::model::{Client, Origin};
use crate::outgoing::MAX_BYTES;
use crate::protocol::client_rules::{RuleError, find_host};

/// Looks at every URL that this server will call.
pub(super) async fn check(ctx: &RequestContext, client: &Client) -> Result<(), RegistrationError> {
    let metadata = &client.metadata;
    let called = [
        ("jwks_uri", &metadata.jwks_uri),
        ("backchannel_logout_uri", &metadata.backchannel_logout_uri),
        ("sector_identifier_uri", &metadata.sector_identifier_uri),
    ];
    for (member, uri) in called {
        let is_fine = uri
            .as_deref()
            .is_none_or(|uri| ctx.state.outgoing.check(uri).is_ok());
        if !is_fine {
            return Err(
                RuleError::new(member, "must be an https URI with a public address").into(),
            );
        }
    }
    links(client)?;
    sector(ctx, client).await
}

/// A stranger must not decorate itself with pages and logos of somebody else (RFC 7591 §5; DCR-09).
fn links(client: &Client) -> Result<(), RuleError> {
    let metadata = &client.metadata;
    let own: Vec<String> = client
        .redirect_uris
        .iter()
        .filter(|uri| !uri.starts_with("http:"))
        .filter_map(|uri| find_host(uri))
        .collect();
    // An application without a host of its own has none to compare with: every machine is localhost.
    if own.is_empty() || metadata.origin != Origin::Registration {
        return Ok(());
    }
    let links = [
        ("client_uri", &metadata.client_uri),
        ("logo_uri", &metadata.logo_uri),
        ("tos_uri", &metadata.tos_uri),
        ("policy_uri", &metadata.policy_uri),
    ];
    for (member, uri) in links {
        let translated = metadata
            .localized
            .iter()
            .filter(|(name, _)| name.split('#').next() == Some(member))
            .map(|(_, uri)| uri);
        let is_own = |uri: &String| find_host(uri).is_some_and(|host| own.contains(&host));
        if !uri.iter().chain(translated).all(is_own) {
            return Err(RuleError::new(
                member,
                "must have the host of a redirect URI",
            ));
        }
    }
    Ok(())
}

async fn sector(ctx: &RequestContext, client: &Client) -> Result<(), RegistrationError> {
    const MEMBER: &str = "sector_identifier_uri";
    let Some(uri) = &client.metadata.sector_identifier_uri else {
        return Ok(());
    };
    let fetched = ctx.state.outgoing.fetch_json(uri, MAX_BYTES).await;
    let document = fetched.map_err(|error| {
        let cause: &(dyn std::error::Error + 'static) = &error;
        tracing::info!(cause, "a sector list cannot be fetched");
        RuleError::new(MEMBER, "cannot be fetched as a JSON list")
    })?;
    let listed = document.as_array();
    let listed = listed.ok_or(RuleError::new(MEMBER, "cannot be fetched as a JSON list"))?;
    let is_listed = |uri: &String| listed.iter().any(|one| one.as_str() == Some(uri));
    if client.redirect_uris.iter().all(is_listed) {
        Ok(())
    } else {
        Err(RuleError::new(MEMBER, "does not list every redirect URI").into())
    }
}
