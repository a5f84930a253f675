//! Reading ID tokens of ours that come back as hints, expired or not (OpenID Connect Core §3.1.2.1,
//! RP-Initiated Logout 1.0 §2; matrix OC-31, LO-02).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use shared_claims::NumericDate;
use shared_claims::verify::{KeySet, Policy, Rejection, TokenKind, Typ, Verifier};

use crate::clock::Instant;
use crate::context::RequestContext;
use crate::model::{ClientId, SessionId};

/// Longer ID tokens than ours are not ours.
const MAX_BYTES: usize = 16 * 1024;
const ID_TOKEN: TokenKind = TokenKind {
    typ: Typ::JwtOrAbsent,
    required: &["iss", "sub", "aud", "exp", "iat"],
    // An access token or a logout token is no hint.
    refused: &["client_id", "events", "scope"],
};

/// Who an ID token of ours is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdTokenHint {
    /// The user, as its client knows the user.
    pub sub: String,
    /// Its client.
    pub client_id: ClientId,
    /// Its session.
    pub sid: Option<SessionId>,
    /// When it ended, or will.
    pub expires_at: Instant,
}

/// Why a text is no hint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotOurs {
    /// It claims to be ours, of a key that there is no more, or never was: nobody can tell.
    UnknownKey,
    /// It is not ours, or not an ID token.
    Forged,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: String,
    iat: i64,
    exp: i64,
    sid: Option<String>,
}

/// Reads an ID token that this server signed with a key it still knows.
///
/// # Errors
/// [`NotOurs`].
pub fn read_id_token(ctx: &RequestContext, token: &str) -> Result<IdTokenHint, NotOurs> {
    // Its own client and moment of issue: what is left to judge is whether we made it.
    let unproven = peek(token).ok_or(NotOurs::Forged)?;
    let issuer = ctx.settings().issuer.as_str();
    let policy = Policy::new(issuer, unproven.aud.as_str());
    let verifier = Verifier::new(policy.max_token_bytes(MAX_BYTES)).map_err(|_| NotOurs::Forged)?;
    let keys = KeySet::from_jwks_json(ctx.state.keys.jwks().body.as_bytes())
        .map_err(|_| NotOurs::Forged)?;
    let issued_at = NumericDate::from_seconds(unproven.iat);
    let claims: Claims = verifier
        .verify_as(&ID_TOKEN, &keys, token, issued_at)
        .map_err(|rejection| match rejection {
            Rejection::UnknownKey if unproven.iss == issuer => NotOurs::UnknownKey,
            _ => NotOurs::Forged,
        })?;
    Ok(IdTokenHint {
        sub: claims.sub,
        client_id: ClientId::new(claims.aud),
        sid: claims.sid.map(SessionId::new),
        expires_at: Instant::from_seconds(claims.exp),
    })
}

fn peek(token: &str) -> Option<Claims> {
    if token.len() > MAX_BYTES {
        return None;
    }
    let payload = token.split('.').nth(1)?;
    let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
    serde_json::from_slice(&payload).ok()
}
