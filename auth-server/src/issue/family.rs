//! Families begin and turn here: one insert, or one compare-and-swap (design §5).

use crate::audit::{self, Event};
use crate::context::RequestContext;
use crate::error::{Fault, Reason, Refusal, TokenError};
use crate::model::{Client, Family, FamilyId, GrantType, UserId};
use crate::protocol::code;
use crate::protocol::refresh::{self, Presented, Step};
use crate::secret::Secret;
use crate::store::StoreError;
use crate::store::authorization_codes as codes;
use crate::store::families::{self, Rotation};

use super::{Approval, Authentication, Claim, RefreshTokenParts, place};

/// Inserts the family of a new grant. The refresh token is for clients that may use it (RT-13).
pub(super) async fn begin(
    ctx: &RequestContext,
    approval: &Approval,
    (user_id, authentication, place): (&UserId, &Authentication, i64),
    event: &Event,
) -> Result<Option<Secret>, TokenError> {
    let tokens = &ctx.settings().tokens;
    let is_refreshable = approval.client.may_use(GrantType::RefreshToken);
    // Without a refresh token the family ends with its access token (docs/decisions/0003).
    let redeemed = match &approval.claim {
        Claim::Redeem { code, session_ends } => Some((code, *session_ends)),
        _ => None,
    };
    let (expires_at, idle_expires_at) = if is_refreshable {
        let end = ctx.now.plus(tokens.refresh_ttl);
        // Without offline access it ends with the session (matrix OC-73).
        let end = redeemed
            .and_then(|(_, session_ends)| session_ends)
            .map_or(end, |session_ends| end.min(session_ends));
        (end, end.min(ctx.now.plus(tokens.refresh_idle_ttl)))
    } else {
        let end = ctx
            .now
            .plus(approval.client.access_ttl.unwrap_or(tokens.access_ttl));
        (end, end)
    };
    let family = Family {
        id: FamilyId::new(ctx.random().text::<16>()),
        client_id: approval.client.id.clone(),
        user_id: user_id.clone(),
        session_id: redeemed.and_then(|(code, _)| code.session_id.clone()),
        sid: authentication.sid.clone(),
        // What the user allowed, also when the first access token is for less (RFC 8707 §2.2).
        scope: redeemed
            .map_or(&approval.scope, |(code, _)| &code.scope)
            .clone(),
        audiences: redeemed
            .map_or(&approval.audiences, |(code, _)| &code.audiences)
            .clone(),
        auth_time: authentication.at,
        amr: authentication.amr.clone(),
        acr: authentication.acr.clone(),
        claims: redeemed.map_or_else(Default::default, |(code, _)| code.claims.clone()),
        generation: 0,
        rotated_at: None,
        used: false,
        mac_version: ctx.state.refresh_mac.version(),
        created_at: ctx.now,
        expires_at,
        idle_expires_at,
        revoked_at: None,
        status_index: Some(place),
        status_index_before: None,
    };
    let refresh_token = is_refreshable
        .then(|| seal(ctx, &family.id, 0))
        .transpose()?;
    let (event, code) = (event.clone(), redeemed.map(|(code, _)| code.id.clone()));
    let spent = code.clone();
    let is_ours = ctx
        .store()
        .write(async move |txn| {
            if let Some(code) = &code
                && !codes::spend(txn, code, Some(&family.id), family.created_at).await?
            {
                return Ok(false);
            }
            families::insert(txn, &family).await?;
            audit::record(txn, &event).await?;
            Ok(true)
        })
        .await;
    let is_ours = match is_ours {
        // Locked or switched off between our reading and our writing.
        Err(StoreError::Missing(_)) => {
            return Err(Refusal::from(Reason::DisabledUser)
                .about(user_id.clone())
                .into());
        }
        done => done?,
    };
    match spent {
        Some(code) if !is_ours => Err(lost_race(ctx, &code).await?),
        _ => Ok(refresh_token),
    }
}

/// Somebody else redeemed the code between our reading and our writing: a replay like any other
/// (matrix AC-04, AC-05).
async fn lost_race(ctx: &RequestContext, code: &str) -> Result<TokenError, TokenError> {
    let found = codes::find(ctx.store().read(), code).await?;
    Ok(found.map_or_else(
        || Reason::UnknownCode.into(),
        |code| code::replayed(&code).into(),
    ))
}

/// Swaps the generation. Who loses the swap reads again and is judged again: inside the grace the
/// loser gets the winner's successor (matrix RT-17), and its access token the winner's place.
pub(super) async fn rotate(
    ctx: &RequestContext,
    client: &Client,
    (family, place): (&Family, i64),
    event: &Event,
) -> Result<(Secret, i64), TokenError> {
    let rotation = Rotation {
        id: family.id.clone(),
        from_generation: family.generation,
        at: ctx.now,
        // Never earlier than before: a clock that was at 1970 for a moment ends no session (OP-10).
        idle_expires_at: ctx
            .now
            .plus(ctx.settings().tokens.refresh_idle_ttl)
            .max(family.idle_expires_at)
            .min(family.expires_at),
        from_place: family.status_index,
        to_place: place,
    };
    let event = event.clone();
    let is_ours = ctx
        .store()
        .write(async move |txn| {
            let is_ours = families::rotate(txn, &rotation).await?;
            if is_ours {
                audit::record(txn, &event).await?;
            }
            Ok(is_ours)
        })
        .await?;
    if is_ours {
        let next = family.generation.saturating_add(1);
        return Ok((seal(ctx, &family.id, next)?, place));
    }
    let now_stored = families::find(ctx.store().read(), &family.id)
        .await?
        .ok_or(Reason::UnknownFamily)?;
    let presented = Presented {
        generation: family.generation,
        scope: None,
        grace: ctx.settings().tokens.refresh_grace,
    };
    match refresh::judge(client, &now_stored, presented, ctx.now)?.step {
        Step::Repeat => {
            let place = place::of_winner(family, &now_stored)?;
            Ok((seal(ctx, &now_stored.id, now_stored.generation)?, place))
        }
        // Its access tokens were revoked, and nothing else: what was read of the user may be older.
        Step::Rotate { .. } if now_stored.status_index != family.status_index => {
            Err(Fault::overloaded("refreshing while access tokens are revoked").into())
        }
        // The swap failed although nothing had changed: the store broke its promise.
        Step::Rotate { .. } => {
            Err(Fault::broken("rotating a family", "the update matched no row").into())
        }
    }
}

/// The token of a generation.
pub(super) fn seal(
    ctx: &RequestContext,
    family: &FamilyId,
    generation: u32,
) -> Result<Secret, TokenError> {
    ctx.state
        .refresh_mac
        .seal(&RefreshTokenParts {
            family: family.clone(),
            generation,
        })
        .ok_or_else(|| Fault::broken("sealing a refresh token", "there is no MAC key").into())
}
