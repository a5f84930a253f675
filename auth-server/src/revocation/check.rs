//! Is this access token of ours still good, here and now? What verifiers cannot see, this server asks
//! its database: the bit, the family, the user and the client (RFC 7662 §2.2; matrix REV-09, INT-05,
//! UI-07).

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use shared_claims::verify::{MAX_TOKEN_BYTES, Policy, Verifier};
use shared_claims::{AccessTokenClaims, Audience, NumericDate};

use crate::context::RequestContext;
use crate::error::{Fault, Reason, TokenError};
use crate::model::{Client, ClientId, Family, User, UserId, UserStatus};
use crate::store::{families, status, users};

/// The longest that the setting allows, and a minute.
const LONGEST_LIFETIME: Duration = Duration::from_mins(30 * 24 * 60 + 1);

/// An access token that is good at this moment, with what it stands for as of now.
#[derive(Debug, Clone)]
pub struct Live {
    /// What it says.
    pub claims: AccessTokenClaims,
    /// The client it was issued to.
    pub client: Arc<Client>,
    /// The user it speaks for; `None` when the client speaks for itself.
    pub user: Option<User>,
    /// The family it belongs to; `None` for client credentials.
    pub family: Option<Family>,
}

/// An access token that this server signed and whose time is not over; it may be revoked.
#[derive(Debug, Clone)]
pub struct Genuine {
    /// What it says.
    pub claims: AccessTokenClaims,
    /// Its place over all lists; `None` for a token from before there were any.
    pub place: Option<i64>,
}

/// Judges a token that came as a credential or was asked about.
///
/// # Errors
/// [`Reason::BadAccessToken`], [`Reason::RevokedAccessToken`], [`Reason::OrphanedAccessToken`]; a fault
/// when the database does not answer.
pub async fn check_access_token(ctx: &RequestContext, token: &str) -> Result<Live, TokenError> {
    let Genuine { claims, place } = read_access_token(ctx, token)?;
    let client = ctx
        .directory()
        .find_client(&ClientId::new(claims.client_id.as_str()))
        .await?
        .filter(|client| client.disabled_at.is_none())
        .ok_or(Reason::OrphanedAccessToken)?;
    let store = ctx.store().read();
    if let Some(place) = place
        && status::is_revoked(store, place)
            .await
            .map_err(Fault::from)?
    {
        return Err(Reason::RevokedAccessToken.into());
    }
    let (mut user, mut family) = (None, None);
    if !claims.is_client() {
        if let Some(place) = place {
            family = families::find_by_place(store, place).await?;
        }
        // The family knows the user, also where `sub` is pairwise (docs/decisions/0012).
        let of_family = family.as_ref().map(|family| family.user_id.clone());
        let id = of_family.unwrap_or_else(|| UserId::new(claims.sub.as_str()));
        let found = users::find_by_id(store, &id).await?;
        let active = found.filter(|user| user.status == UserStatus::Active);
        user = Some(active.ok_or(Reason::OrphanedAccessToken)?);
    }
    if family
        .as_ref()
        .is_some_and(|family| family.revoked_at.is_some())
    {
        return Err(Reason::RevokedAccessToken.into());
    }
    Ok(Live {
        claims,
        client,
        user,
        family,
    })
}

/// Reads a token that this server signed, for whatever audience, unless its time is over. Asks no
/// database.
///
/// # Errors
/// [`Reason::BadAccessToken`]; a fault when our own keys cannot be read.
pub fn read_access_token(ctx: &RequestContext, token: &str) -> Result<Genuine, TokenError> {
    // A service judges by its own audience; this server is the issuer of tokens for all of them, and
    // takes the one that the token names.
    let audience = find_audience(token).ok_or(Reason::BadAccessToken)?;
    let policy = Policy::new(ctx.settings().issuer.as_str(), audience)
        // One clock made `exp` and reads it.
        .leeway(Duration::ZERO)
        .max_token_bytes(MAX_TOKEN_BYTES)
        .max_lifetime(LONGEST_LIFETIME);
    let verifier = Verifier::new(policy).map_err(|_| Reason::BadAccessToken)?;
    let revocation = &ctx.state.revocation;
    let jwks = ctx.state.keys.jwks();
    let keys = revocation.key_set(&jwks.etag, &jwks.body)?;
    let now = NumericDate::from_seconds(ctx.now.as_seconds());
    let claims = verifier
        .verify(&keys, token, now)
        .map_err(|rejection| {
            tracing::debug!(
                rejection = rejection.as_str(),
                "not an access token of ours"
            );
            Reason::BadAccessToken
        })?
        .into_claims();
    let place = claims
        .status
        .as_ref()
        .and_then(|status| revocation.find_place(status));
    Ok(Genuine { claims, place })
}

fn find_audience(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Claims {
        aud: Audience,
    }
    if token.len() > MAX_TOKEN_BYTES {
        return None;
    }
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let Claims { aud } = serde_json::from_slice(&payload).ok()?;
    aud.iter().next().map(str::to_owned)
}
