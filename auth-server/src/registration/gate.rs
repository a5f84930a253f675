//! Who may register, and how often (RFC 7591 §3, §5; matrix DCR-01, DCR-13).

use std::net::IpAddr;
use std::time::Duration;

use super::RegistrationError;
use crate::context::RequestContext;
use crate::error::{Reason, Refusal};
use crate::secret::{Secret, SecretDigest};
use crate::settings::RegistrationMode;
use crate::store::{initial_tokens, throttles};

/// What the limit is counted over.
const WINDOW: Duration = Duration::from_hours(1);

/// By what right somebody registers.
#[derive(Debug, Clone, Copy)]
pub(super) enum Right {
    /// An initial access token, to be spent together with the registration.
    Token(SecretDigest),
    /// The endpoint is open.
    Open,
}

/// Lets the caller in, and counts the try.
pub(super) async fn enter(
    ctx: &RequestContext,
    token: Option<&Secret>,
) -> Result<Right, RegistrationError> {
    let right = match (ctx.settings().registration.mode, token) {
        (RegistrationMode::Off, _) => return Err(Reason::RegistrationNotPermitted.into()),
        (RegistrationMode::Token, None) => return Err(Reason::BadRegistrationToken.into()),
        (_, Some(token)) => {
            let digest = token.digest();
            if !initial_tokens::is_good(ctx.store().read(), digest, ctx.now).await? {
                return Err(Reason::BadRegistrationToken.into());
            }
            Right::Token(digest)
        }
        (RegistrationMode::Open, None) => Right::Open,
    };
    count(ctx).await?;
    Ok(right)
}

/// Counts a try, for all instances together. Beyond the limit nothing is written any more.
pub(super) async fn count(ctx: &RequestContext) -> Result<(), RegistrationError> {
    let key = format!("registration:{}", network(ctx.peer));
    let (limit, now) = (ctx.settings().registration.max_per_hour, ctx.now);
    let known = throttles::find(ctx.store().read(), &key).await?;
    let record = match known {
        Some(record)
            if record.failures >= limit && now.since(record.window_started_at) < WINDOW =>
        {
            record
        }
        _ => {
            let tried = async move |txn: &crate::store::DatabaseTransaction| {
                throttles::count_failure(txn, &key, now, WINDOW).await
            };
            let record = ctx.store().write(tried).await?;
            if record.failures <= limit {
                return Ok(());
            }
            record
        }
    };
    let wait = WINDOW.saturating_sub(now.since(record.window_started_at));
    Err(Refusal::from(Reason::RegistrationThrottled)
        .with_retry_after(wait)
        .into())
}

/// An IPv4 address, or the /64 that one IPv6 customer has at least.
fn network(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & !u128::from(u64::MAX)).into()),
    }
}
