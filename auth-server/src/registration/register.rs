//! A new client (RFC 7591 §3; matrix DCR-01, DCR-02, DCR-12).

use super::apply::{Offer, apply};
use super::gate::{self, Right};
use super::request::Request;
use super::{Registered, RegistrationError, document, follow, world};
use crate::audit;
use crate::context::RequestContext;
use crate::error::Reason;
use crate::model::{Client, ClientId, ClientKind, ClientSecret};
use crate::secret::Secret;
use crate::store::registrations::Registration;
use crate::store::{clients, initial_tokens, registrations};

/// Registers what `body` describes. `token` is the initial access token, where one was sent.
///
/// # Errors
/// See [`RegistrationError`].
pub async fn register(
    ctx: &RequestContext,
    token: Option<&Secret>,
    body: &[u8],
) -> Result<Registered, RegistrationError> {
    let right = gate::enter(ctx, token).await?;
    let request = Request::parse(body)?;
    // Never one of the client's choosing (RFC 9700 §4.15.1).
    let id = ClientId::new(format!("c_{}", ctx.random().text::<16>()));
    let mut client = Client::new(id, ClientKind::Confidential, ctx.now);
    client.require_pkce = ctx.settings().registration.require_pkce;
    fill(ctx, &request, &mut client)?;
    world::check(ctx, &client).await?;

    let secret = client.auth_method.uses_secret().then(|| new_secret(ctx));
    let digest = secret.as_ref().map(|(_, record)| record.clone());
    client.secrets.extend(digest);
    let token = Secret::new(format!("rat_{}", ctx.random().text::<32>()));
    let registered = Registered {
        metadata: document::metadata(&client, ctx.settings()),
        secret: secret.map(|(secret, _)| secret),
        token,
    };
    store(ctx, client, right, &registered.token).await?;
    Ok(registered)
}

/// Puts the request into the client, by what this server offers.
pub(super) fn fill(
    ctx: &RequestContext,
    request: &Request,
    client: &mut Client,
) -> Result<(), RegistrationError> {
    let offer = Offer {
        settings: &ctx.settings().registration,
        algorithms: &ctx.state.keys.algorithms(),
        issuer: ctx.settings().issuer.as_str(),
    };
    apply(request, client, &offer).map_err(RegistrationError::from)
}

/// 256 random bits and what is kept of them.
pub(super) fn new_secret(ctx: &RequestContext) -> (Secret, ClientSecret) {
    let secret = Secret::new(format!("cs_{}", ctx.random().text::<32>()));
    let record = ClientSecret {
        id: ctx.random().uuid(),
        digest: secret.digest(),
        created_at: ctx.now,
        expires_at: None,
    };
    (secret, record)
}

async fn store(
    ctx: &RequestContext,
    client: Client,
    right: Right,
    token: &Secret,
) -> Result<(), RegistrationError> {
    let unused_ttl = ctx.settings().registration.unused_ttl;
    let registration = Registration {
        client_id: client.id.clone(),
        token_digest: token.digest(),
        created_at: ctx.now,
        unused_until: matches!(right, Right::Open).then(|| ctx.now.plus(unused_ttl)),
    };
    let mut event = ctx.event("client.register");
    event.client_id = Some(client.id.as_str().to_owned());
    let logged = event.clone();
    let now = ctx.now;
    let is_made = ctx
        .store()
        .write(async move |txn| {
            // Two registrations with the last use of one token: the conditional update decides.
            if let Right::Token(digest) = right
                && !initial_tokens::spend(txn, digest, now).await?
            {
                return Ok(false);
            }
            clients::create(txn, &client).await?;
            registrations::insert(txn, &registration).await?;
            audit::record(txn, &event).await?;
            Ok(true)
        })
        .await?;
    if !is_made {
        return Err(Reason::BadRegistrationToken.into());
    }
    logged.log();
    follow(ctx).await;
    Ok(())
}
