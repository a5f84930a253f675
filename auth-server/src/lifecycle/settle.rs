//! The one place that writes what a refusal must leave behind (design §4 rule 2): its consequence
//! and its audit event. The answer itself does not change.

use crate::audit::{self, Event, Outcome};
use crate::context::RequestContext;
use crate::error::{Code, Reason, Refusal, TokenError};
use crate::issue;

/// As long as a registered client id may be.
const MAX_CLIENT_ID_CHARS: usize = 128;

/// Carries out the consequence of a refusal and writes its audit event.
///
/// # Errors
/// The refusal itself; or the fault when the consequence could not be written, because an answer that
/// claims more than happened would be a lie.
pub async fn settle<T>(
    ctx: &RequestContext,
    result: Result<T, TokenError>,
) -> Result<T, TokenError> {
    let Err(TokenError::Refused(refusal)) = &result else {
        return result;
    };
    if let Some(consequence) = &refusal.consequence {
        issue::carry_out(ctx, consequence, refusal.reason).await?;
    }
    if is_security_relevant(refusal.reason) {
        write_event(ctx, refusal).await?;
    }
    result
}

/// Wrong credentials and misuse of rights are events; malformed requests are only logged. What is
/// throttled is none: the events that caused the throttle are on record already.
fn is_security_relevant(reason: Reason) -> bool {
    match reason.code() {
        Code::InvalidClient => !matches!(reason, Reason::NoClient | Reason::MalformedBasic),
        Code::InvalidGrant | Code::UnauthorizedClient => reason != Reason::ForgedRefreshToken,
        _ => false,
    }
}

async fn write_event(ctx: &RequestContext, refusal: &Refusal) -> Result<(), TokenError> {
    let kind = match refusal.reason.code() {
        Code::InvalidClient => "client.refuse",
        Code::UnauthorizedClient => "grant.refuse",
        _ => "login.refuse",
    };
    let event = Event {
        outcome: Outcome::Refused,
        reason: Some(refusal.reason.as_str()),
        client_id: refusal.client.as_ref().map(|id| printable(id.as_str())),
        user_id: refusal.subject.as_ref().map(|id| id.as_str().to_owned()),
        ..ctx.event(kind)
    };
    audit::record_alone(ctx.store(), event).await?;
    Ok(())
}

/// Who failed to be a client may have called itself anything: what the trail keeps of it can be
/// printed, fits its column and holds no NUL, which PostgreSQL refuses (attack TE-06).
fn printable(id: &str) -> String {
    let shown = |c: char| {
        if c.is_control() {
            char::REPLACEMENT_CHARACTER
        } else {
            c
        }
    };
    id.chars().take(MAX_CLIENT_ID_CHARS).map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn te_06_what_a_stranger_calls_itself_is_made_printable() {
        assert_eq!(printable("a\u{0}\r\nb"), "a\u{fffd}\u{fffd}\u{fffd}b");
        assert_eq!(printable(&"x".repeat(4096)).len(), MAX_CLIENT_ID_CHARS);
    }
}
