//! A family of refresh tokens: one row for all generations (design §5).

use shared_claims::ScopeSet;

use super::{ClaimsRequest, ClientId, FamilyId, SessionId, UserId};
use crate::clock::Instant;

/// What one authorization grew into: its refresh tokens share this row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Family {
    /// 128 random bits; part of every token of the family.
    pub id: FamilyId,
    /// The client it belongs to (matrix RT-02).
    pub client_id: ClientId,
    /// Whose authority it carries.
    pub user_id: UserId,
    /// The browser session that authorized it, while its row lives.
    pub session_id: Option<SessionId>,
    /// `sid` of its access tokens.
    pub sid: SessionId,
    /// Everything that was granted; a refresh may narrow, never widen (matrix RT-03, RT-04).
    pub scope: ScopeSet,
    /// Resource identifiers granted.
    pub audiences: Vec<String>,
    /// When the user authenticated; unchanged over refresh (matrix AT-06).
    pub auth_time: Instant,
    /// How (RFC 8176).
    pub amr: Vec<String>,
    /// Authentication context class.
    pub acr: Option<String>,
    /// The `claims` parameter of the authorization request (OpenID Connect Core §5.5).
    pub claims: ClaimsRequest,
    /// The newest generation that was handed out; the first is 0.
    pub generation: u32,
    /// When `generation` was made by a refresh.
    pub rotated_at: Option<Instant>,
    /// True once a token of the newest generation was presented.
    pub used: bool,
    /// Where the revocation bit of its access tokens is, over all lists. `None` after it was set, until
    /// the next refresh takes a new place (docs/decisions/0010).
    pub status_index: Option<i64>,
    /// The place it had before, while tokens with it may still be good.
    pub status_index_before: Option<i64>,
    /// Version of the MAC key that seals its tokens.
    pub mac_version: u32,
    /// When it began.
    pub created_at: Instant,
    /// Absolute end (matrix RT-10).
    pub expires_at: Instant,
    /// End unless used before (matrix RT-09).
    pub idle_expires_at: Instant,
    /// Set when it was revoked.
    pub revoked_at: Option<Instant>,
}
