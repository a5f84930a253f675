//! A client gives a token back (RFC 7009; matrix REV-01 to REV-10, attack IR-03).
//!
//! A refresh token ends its whole grant. An access token ends the access tokens of its grant: they
//! share a bit, and the session goes on with the next refresh (matrix REV-08, docs/decisions/0010).
//! Hints are not needed: the two look different.

use crate::audit::{self, Event};
use crate::context::RequestContext;
use crate::error::{Fault, Reason, Refusal, TokenError};
use crate::issue;
use crate::model::{Client, Family, FamilyId, GrantType};
use crate::revocation::{Genuine, read_access_token};
use crate::secret::Secret;
use crate::store::{StoreError, families, status};

/// Why a family ended that its client gave back.
const REASON: &str = "revoked_by_client";

/// Revokes the token, if there is anything to revoke: one that is unknown, expired or revoked already
/// is no error (RFC 7009 §2.2). From here on this instance knows; the others within two seconds.
///
/// # Errors
/// [`Reason::ForeignToken`] for a token of another client, [`Reason::IrrevocableToken`] for a kind that
/// cannot be revoked; a fault when it could not be written.
pub async fn revoke(
    ctx: &RequestContext,
    client: &Client,
    token: &Secret,
) -> Result<(), TokenError> {
    let is_done = if let Ok(parts) = ctx.state.refresh_mac.open(token.expose()) {
        revoke_family(ctx, client, &parts.family).await?
    } else {
        match read_access_token(ctx, token.expose()) {
            Ok(genuine) => revoke_access_token(ctx, client, &genuine).await?,
            Err(TokenError::Fault(fault)) => return Err(fault.into()),
            Err(TokenError::Refused(_)) => {
                return refuse_other_kinds(ctx, token);
            }
        }
    };
    if is_done {
        ctx.state.revocation.catch_up().await;
    }
    Ok(())
}

async fn revoke_family(
    ctx: &RequestContext,
    client: &Client,
    id: &FamilyId,
) -> Result<bool, TokenError> {
    let found = families::find(ctx.store().read(), id).await?;
    let Some(family) = found else {
        return Ok(false);
    };
    if family.client_id != client.id {
        return Err(foreign(&family).into());
    }
    end_family(ctx, &family).await
}

async fn end_family(ctx: &RequestContext, family: &Family) -> Result<bool, TokenError> {
    let event = event(ctx, family, "refresh_token");
    let (id, at) = (family.id.clone(), ctx.now);
    write(ctx, event, async move |txn| {
        families::revoke(txn, &id, at, REASON).await
    })
    .await
}

async fn revoke_access_token(
    ctx: &RequestContext,
    client: &Client,
    token: &Genuine,
) -> Result<bool, TokenError> {
    if token.claims.client_id != client.id.as_str() {
        return Err(Reason::ForeignToken.into());
    }
    let place = token.place.ok_or(Reason::IrrevocableToken)?;
    let store = ctx.store().read();
    let family = if token.claims.is_client() {
        None
    } else {
        families::find_by_place(store, place).await?
    };
    let Some(family) = family else {
        if status::is_revoked(store, place)
            .await
            .map_err(Fault::from)?
        {
            return Ok(false);
        }
        return revoke_place(ctx, token, place).await;
    };
    if !client.may_use(GrantType::RefreshToken) {
        // There is no session that could go on.
        return end_family(ctx, &family).await;
    }
    let event = event(ctx, &family, "access_token");
    let (id, at) = (family.id.clone(), ctx.now);
    write(ctx, event, async move |txn| {
        families::reindex(txn, &id, at).await
    })
    .await
}

/// Sets the bit of a token for client credentials, or of one whose family is gone.
async fn revoke_place(
    ctx: &RequestContext,
    token: &Genuine,
    place: i64,
) -> Result<bool, TokenError> {
    let claims = &token.claims;
    let event = Event {
        client_id: Some(claims.client_id.clone()),
        user_id: (!claims.is_client()).then(|| claims.sub.clone()),
        detail: serde_json::json!({ "kind": "access_token", "jti": claims.jti }),
        ..ctx.event("token.revoke")
    };
    let at = ctx.now;
    write(ctx, event, async move |txn| {
        status::revoke_index(txn, place, at).await.map(|()| true)
    })
    .await
}

/// The revocation and its audit event, in one transaction.
async fn write<F>(ctx: &RequestContext, event: Event, work: F) -> Result<bool, TokenError>
where
    F: AsyncFn(&crate::store::DatabaseTransaction) -> Result<bool, StoreError> + Send + 'static,
{
    let row = event.clone();
    let is_done = ctx
        .store()
        .write(async move |txn| {
            let is_done = work(txn).await?;
            if is_done {
                audit::record(txn, &row).await?;
            }
            Ok(is_done)
        })
        .await?;
    if is_done {
        event.log();
    }
    Ok(is_done)
}

/// An ID token of ours is a statement, not a permission: nothing looks at it again (matrix REV-10).
fn refuse_other_kinds(ctx: &RequestContext, token: &Secret) -> Result<(), TokenError> {
    match issue::read_id_token(ctx, token.expose()) {
        Ok(_) => Err(Refusal::from(Reason::IrrevocableToken)
            .with_hint("ID tokens cannot be revoked.")
            .into()),
        Err(_) => Ok(()),
    }
}

fn foreign(family: &Family) -> Refusal {
    Refusal::from(Reason::ForeignToken).about(family.user_id.clone())
}

fn event(ctx: &RequestContext, family: &Family, kind: &'static str) -> Event {
    Event {
        client_id: Some(family.client_id.as_str().to_owned()),
        user_id: Some(family.user_id.as_str().to_owned()),
        detail: serde_json::json!({ "kind": kind, "family": family.id.as_str() }),
        ..ctx.event("token.revoke")
    }
}
