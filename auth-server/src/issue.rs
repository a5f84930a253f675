//! From an approval to tokens: mint and sign, then ONE short transaction that spends the claim
//! (design §4 rules 1 and 3). The only room that writes for the token endpoint.

use std::sync::Arc;
use std::time::Duration;

use shared_claims::{Role, ScopeSet};

use crate::clock::Instant;
use crate::model::{
    AuthorizationCode, ClaimsRequest, Client, Family, GrantType, SessionId, UserId,
};
use crate::secret::Secret;

mod access_token;
mod claim;
pub mod claims;
mod code;
mod consequence;
mod family;
mod id_token;
mod id_token_hint;
mod logout_token;
mod place;
mod refresh_token;
pub mod subject;

pub use claim::issue;
pub use code::{Decision, authorize, code_id, row_id};
pub use consequence::carry_out;
pub use id_token_hint::{IdTokenHint, NotOurs, read_id_token};
pub use logout_token::logout_token;
pub use refresh_token::{RefreshMac, RefreshTokenParts};

/// Everything a grant has decided. It has read and compared; nothing is spent yet.
#[derive(Debug)]
pub struct Approval {
    /// The client that authenticated.
    pub client: Arc<Client>,
    /// The grant that approved.
    pub grant: GrantType,
    /// Whose authority the token carries.
    pub subject: Subject,
    /// The scope of the access token.
    pub scope: ScopeSet,
    /// Resource identifiers: `aud` (RFC 9068 §3).
    pub audiences: Vec<String>,
    /// What the ID token has to say; `None` for none (OpenID Connect Core §3.1.3.3, matrix OC-01).
    pub id_token: Option<IdTokenFacts>,
    /// The single-use thing to spend, or the family to begin.
    pub claim: Claim,
}

/// What a request wants of its ID token.
#[derive(Debug, Clone, Default)]
pub struct IdTokenFacts {
    /// `nonce`, unchanged (matrix OC-04).
    pub nonce: Option<String>,
    /// The `claims` parameter.
    pub claims: ClaimsRequest,
}

impl IdTokenFacts {
    /// For grants without an authorization request of their own: an ID token exactly when the scope
    /// granted holds `openid` (matrix OC-01, RT-18).
    pub fn of_scope(scope: &ScopeSet, claims: ClaimsRequest) -> Option<Self> {
        scope.contains("openid").then_some(Self {
            nonce: None,
            claims,
        })
    }
}

/// Whose authority the token carries.
#[derive(Debug)]
pub enum Subject {
    /// The client's own (RFC 9068 §2.2: `sub` is the client id).
    Client,
    /// A user's.
    User {
        /// `sub`.
        id: UserId,
        /// `roles`.
        roles: Vec<Role>,
        /// How and when the user proved who they are.
        authentication: Authentication,
    },
}

/// How and when a user proved who they are; unchanged over refresh (matrix AT-06).
#[derive(Debug, Clone)]
pub struct Authentication {
    /// `auth_time`.
    pub at: Instant,
    /// `sid`.
    pub sid: SessionId,
    /// `amr` (RFC 8176).
    pub amr: Vec<String>,
    /// `acr`.
    pub acr: Option<String>,
}

/// What has to be written so that the tokens may leave.
#[derive(Debug)]
pub enum Claim {
    /// Nothing: client credentials.
    Nothing,
    /// A new family begins with generation 0.
    Begin,
    /// A code is spent, and a family begins with generation 0.
    Redeem {
        /// As it was read.
        code: Box<AuthorizationCode>,
        /// End of the session that the family ends with; `None` for one that outlives it.
        session_ends: Option<Instant>,
    },
    /// Compare-and-swap of a family's generation.
    Rotate {
        /// As it was read.
        family: Box<Family>,
    },
    /// The newest generation once more, inside the grace; nothing is written.
    Repeat {
        /// As it was read.
        family: Box<Family>,
    },
}

/// A successful token response (RFC 6749 §5.1). Serialised in `http/respond` only.
#[derive(Debug)]
pub struct Tokens {
    /// The signed access token.
    pub access_token: Secret,
    /// Its lifetime.
    pub expires_in: Duration,
    /// The scope granted; always sent (matrix TOK-02).
    pub scope: ScopeSet,
    /// The refresh token, for clients that have the grant.
    pub refresh_token: Option<Secret>,
    /// The ID token, where the scope holds `openid`.
    pub id_token: Option<Secret>,
}
