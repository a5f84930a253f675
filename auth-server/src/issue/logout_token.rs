//! Minting logout tokens: to whom a session's end is told, and which (OpenID Connect Back-Channel Logout
//! 1.0 §2.4; matrix LO-21, LO-22).

use std::time::Duration;

use serde::Serialize;
use serde_json::json;

use super::subject;
use crate::clock::Instant;
use crate::context::Services;
use crate::error::Fault;
use crate::model::{Client, SessionId, UserId};
use crate::secret::Secret;

/// `typ`. Never that of an ID token (RFC 8725 §3.11).
const TYP: &str = "logout+jwt";
/// The name of the event.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// As short as the specification advises: a stolen one is soon worth nothing.
const TTL: Duration = Duration::from_mins(2);

/// The claims of a logout token. There is no `nonce`, so that none is taken for an ID token.
#[derive(Serialize)]
struct LogoutClaims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
    jti: String,
    events: serde_json::Value,
    sid: &'a str,
}

/// The signed token that tells `client` that the session of this user has ended. Each try has one of its
/// own.
///
/// # Errors
/// A fault when no key can sign.
pub fn logout_token(
    services: &Services,
    client: &Client,
    (user, session): (&UserId, &SessionId),
    now: Instant,
) -> Result<Secret, Fault> {
    let signer = services.keys.signer(client.metadata.id_token_alg)?;
    let claims = LogoutClaims {
        iss: services.settings.issuer.as_str(),
        sub: &subject::of(services.keys.pairwise_key(), client, user)?,
        aud: client.id.as_str(),
        iat: now.as_seconds(),
        exp: now.plus(TTL).as_seconds(),
        jti: services.random.text::<16>(),
        events: json!({ EVENT: {} }),
        sid: session.as_str(),
    };
    Ok(Secret::new(signer.sign(TYP, &claims)?))
}
