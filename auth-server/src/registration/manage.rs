//! A client looks at itself, replaces what it said, and leaves (RFC 7592 §2; matrix DCM-01 to DCM-06).

use super::register::{fill, new_secret};
use super::request::Request;
use super::{Registered, RegistrationError, document, follow, gate, world};
use crate::audit;
use crate::context::RequestContext;
use crate::error::{Fault, Reason};
use crate::model::{Client, ClientId, ClientSecret};
use crate::protocol::client_rules::RuleError;
use crate::secret::Secret;
use crate::store::{authorization_codes, clients, families, registrations};

/// How often an update is begun anew because somebody else has changed the client meanwhile.
const TRIES: usize = 3;

/// What the client said, as it is stored (RFC 7592 §2.1).
///
/// # Errors
/// See [`RegistrationError`].
pub async fn read(
    ctx: &RequestContext,
    id: &ClientId,
    token: Option<&Secret>,
) -> Result<Registered, RegistrationError> {
    let (client, token) = authenticate(ctx, id, token).await?;
    Ok(show(ctx, &client, None, token))
}

/// Replaces what the client said by `body`; what is left out falls back to its default
/// (RFC 7592 §2.2).
///
/// # Errors
/// See [`RegistrationError`].
pub async fn replace(
    ctx: &RequestContext,
    id: &ClientId,
    token: Option<&Secret>,
    body: &[u8],
) -> Result<Registered, RegistrationError> {
    let (mut old, token) = authenticate(ctx, id, token).await?;
    // It may make us call a URL, as a registration may.
    gate::count(ctx).await?;
    let request = Request::parse_update(body)?;
    for _ in 0..TRIES {
        require_same(ctx, &request, &old)?;
        let mut new = old.clone();
        fill(ctx, &request, &mut new)?;
        world::check(ctx, &new).await?;

        let needs_secret = new.auth_method.uses_secret() && !old.auth_method.uses_secret();
        let secret = needs_secret.then(|| new_secret(ctx));
        let (secret, record) = secret.unzip();
        let answer = show(ctx, &new, secret.as_ref(), token.clone());
        if store(ctx, &old, new, record).await? {
            return Ok(answer);
        }
        // An administrator may have taken a right away meanwhile, or the whole client.
        (old, _) = authenticate(ctx, id, Some(&token)).await?;
    }
    Err(Fault::unavailable("replacing a registration", "it changes all the time").into())
}

/// Removes the client with everything it holds (RFC 7592 §2.3).
///
/// # Errors
/// See [`RegistrationError`].
pub async fn remove(
    ctx: &RequestContext,
    id: &ClientId,
    token: Option<&Secret>,
) -> Result<(), RegistrationError> {
    let (client, _) = authenticate(ctx, id, token).await?;
    let mut event = ctx.event("client.delete");
    event.client_id = Some(client.id.as_str().to_owned());
    let (logged, now) = (event.clone(), ctx.now);
    ctx.store()
        .write(async move |txn| {
            clients::delete(txn, &client.id, now).await?;
            audit::record(txn, &event).await
        })
        .await?;
    logged.log();
    follow(ctx).await;
    Ok(())
}

/// The client whose registration access token this is, fresh from the database. Who has a wrong token
/// and who asks for a client that is gone hear the same (matrix DCM-04).
async fn authenticate(
    ctx: &RequestContext,
    id: &ClientId,
    token: Option<&Secret>,
) -> Result<(Client, Secret), RegistrationError> {
    let token = token.ok_or(Reason::BadRegistrationToken)?;
    let digest = token.digest();
    let found = registrations::find(ctx.store().read(), id).await?;
    if !found.is_some_and(|registration| registration.token_digest == digest) {
        return Err(Reason::BadRegistrationToken.into());
    }
    let client = clients::find(ctx.store().read(), id).await?;
    let client = client.ok_or(Reason::BadRegistrationToken)?;
    // An administrator has switched it off: it cannot switch itself on by saying something else.
    if client.disabled_at.is_some() {
        return Err(Reason::RegistrationNotPermitted.into());
    }
    Ok((client, token.clone()))
}

/// An update names the client, and its secret if it likes; neither can be changed by it.
fn require_same(
    ctx: &RequestContext,
    request: &Request,
    client: &Client,
) -> Result<(), RegistrationError> {
    if request.client_id.as_deref() != Some(client.id.as_str()) {
        return Err(RuleError::new("client_id", "must be that of the client").into());
    }
    let is_live = |secret: &ClientSecret| secret.expires_at.is_none_or(|end| end > ctx.now);
    let is_its_own = |sent: &Secret| {
        let digest = sent.digest();
        let mut live = client.secrets.iter().filter(|secret| is_live(secret));
        live.any(|secret| secret.digest == digest)
    };
    if request
        .client_secret
        .as_ref()
        .is_some_and(|sent| !is_its_own(sent))
    {
        return Err(RuleError::new("client_secret", "is not that of the client").into());
    }
    Ok(())
}

fn show(
    ctx: &RequestContext,
    client: &Client,
    secret: Option<&Secret>,
    token: Secret,
) -> Registered {
    Registered {
        metadata: document::metadata(client, ctx.settings()),
        secret: secret.cloned(),
        token,
    }
}

/// False when the client is not the old one any more.
async fn store(
    ctx: &RequestContext,
    old: &Client,
    new: Client,
    secret: Option<ClientSecret>,
) -> Result<bool, RegistrationError> {
    let mut event = ctx.event("client.update");
    event.client_id = Some(new.id.as_str().to_owned());
    let (logged, now) = (event.clone(), ctx.now);
    // Who proves itself in another way from now on is somebody else than who got the tokens.
    let is_other = old.auth_method != new.auth_method || old.kind != new.kind;
    let has_spare = !new.auth_method.uses_secret() && !old.secrets.is_empty();
    let old = old.clone();
    let is_done = ctx
        .store()
        .write(async move |txn| {
            if !clients::update(txn, &old, &new, now).await? {
                return Ok(false);
            }
            if let Some(secret) = &secret {
                clients::add_secret(txn, &new.id, secret).await?;
            }
            if has_spare {
                clients::expire_secrets(txn, &new.id, "", now, now).await?;
            }
            if is_other {
                authorization_codes::spend_all_for_client(txn, &new.id, now).await?;
                families::revoke_all_for_client(txn, &new.id, now, "client_changed").await?;
            }
            audit::record(txn, &event).await?;
            Ok(true)
        })
        .await?;
    if is_done {
        logged.log();
        follow(ctx).await;
    }
    Ok(is_done)
}
