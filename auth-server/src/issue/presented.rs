//! Access tokens of ours that come back to us (RFC 9068 §4; matrix RS-03, UI-07, attack IR-06): judged
//! as any service judges them, and then by what we alone know: the family, the user and the client as
//! they are now.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use shared_claims::verify::{KeySet, Policy, Verifier};
use shared_claims::{AccessTokenClaims, Audience, NumericDate};

use crate::context::RequestContext;
use crate::error::{Fault, Reason, Refusal, TokenError};
use crate::model::{Client, ClientId, Family, User, UserStatus};
use crate::store::{families, users};

/// An access token that is good at this moment.
#[derive(Debug)]
pub struct PresentedToken {
    /// What it says.
    pub claims: AccessTokenClaims,
    /// Whose it is.
    pub client: Arc<Client>,
    /// The user behind it; `None` when the client speaks for itself.
    pub holder: Option<Holder>,
}

/// The user of an access token.
#[derive(Debug)]
pub struct Holder {
    /// The user as of now.
    pub user: User,
    /// The grant that the token came from.
    pub family: Family,
}

/// Reads an access token of ours, whatever resource it is for.
///
/// # Errors
/// [`Reason::BadAccessToken`], [`Reason::RevokedAccessToken`], [`Reason::OrphanedAccessToken`].
pub async fn read_access_token(
    ctx: &RequestContext,
    token: &str,
) -> Result<PresentedToken, TokenError> {
    let claims = verify(ctx, token).ok_or(Reason::BadAccessToken)?;
    let client = ctx
        .directory()
        .find_client(&ClientId::new(claims.client_id.as_str()))
        .await?
        .filter(|client| client.disabled_at.is_none())
        .ok_or(Reason::OrphanedAccessToken)?;
    let holder = if claims.is_client() {
        None
    } else {
        Some(find_holder(ctx, &claims, &client).await?)
    };
    Ok(PresentedToken {
        claims,
        client,
        holder,
    })
}

/// Signature, type, issuer and times. The audience is the token's own: what a token may do here depends
/// on its scope.
fn verify(ctx: &RequestContext, token: &str) -> Option<AccessTokenClaims> {
    let audience = unproven_audience(token)?;
    let policy = Policy::new(ctx.settings().issuer.as_str(), audience);
    let keys = KeySet::from_jwks_json(ctx.state.keys.jwks().body.as_bytes()).ok()?;
    let now = NumericDate::from_seconds(ctx.now.as_seconds());
    let verified = Verifier::new(policy).ok()?.verify(&keys, token, now).ok()?;
    Some(verified.into_claims())
}

fn unproven_audience(token: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Claims {
        aud: Audience,
    }
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: Claims = serde_json::from_slice(&payload).ok()?;
    claims.aud.iter().next().map(str::to_owned)
}

async fn find_holder(
    ctx: &RequestContext,
    claims: &AccessTokenClaims,
    client: &Client,
) -> Result<Holder, TokenError> {
    let place = claims
        .status
        .as_ref()
        .and_then(|status| ctx.state.revocation.find_place(status))
        .ok_or(Reason::BadAccessToken)?;
    let family = families::find_by_place(ctx.store().read(), place)
        .await
        .map_err(Fault::from)?
        .filter(|family| family.client_id == client.id && family.revoked_at.is_none())
        .ok_or(Reason::RevokedAccessToken)?;
    let about = |reason: Reason| Refusal::from(reason).about(family.user_id.clone());
    let user = users::find_by_id(ctx.store().read(), &family.user_id)
        .await
        .map_err(Fault::from)?
        .filter(|user| user.status == UserStatus::Active)
        .ok_or_else(|| about(Reason::OrphanedAccessToken))?;
    Ok(Holder { user, family })
}
