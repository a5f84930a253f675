//! An authorization code: a decision of the user that waits for its client (RFC 6749 §4.1.2).

use shared_claims::ScopeSet;

use super::{ClaimsRequest, ClientId, FamilyId, SessionId, UserId};
use crate::clock::Instant;

/// What was decided, frozen when it was decided (matrix AC-11).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationCode {
    /// Name of the row: SHA-256 of the code, base64url.
    pub id: String,
    /// Whose it is.
    pub client_id: ClientId,
    /// Who allowed it.
    pub user_id: UserId,
    /// The browser session in which it was allowed, while its row lives.
    pub session_id: Option<SessionId>,
    /// The family that its redemption began.
    pub family_id: Option<FamilyId>,
    /// The redirect URI, if the request named one: the token request must repeat it.
    pub redirect_uri: Option<String>,
    /// What was granted.
    pub scope: ScopeSet,
    /// Resource identifiers granted.
    pub audiences: Vec<String>,
    /// Echoed in the ID token.
    pub nonce: Option<String>,
    /// S256 challenge (RFC 7636 §4.2).
    pub code_challenge: Option<String>,
    /// The `claims` parameter.
    pub claims: ClaimsRequest,
    /// When the user authenticated.
    pub auth_time: Instant,
    /// `sid` of the tokens.
    pub sid: SessionId,
    /// How (RFC 8176).
    pub amr: Vec<String>,
    /// Authentication context class.
    pub acr: Option<String>,
    /// When it was decided.
    pub created_at: Instant,
    /// From when it is worth nothing.
    pub expires_at: Instant,
    /// When it was redeemed, or became worthless before.
    pub spent_at: Option<Instant>,
}
