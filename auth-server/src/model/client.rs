//! A client application and what it may do (RFC 6749 §2, RFC 7591 §2).

use std::time::Duration;

use shared_claims::{Role, ScopeSet};

use super::{Algorithm, ClientId, ClientMetadata, GrantType};
use crate::clock::Instant;
use crate::secret::SecretDigest;

/// Whether a client can keep a secret (RFC 6749 §2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientKind {
    /// It can: a server.
    Confidential,
    /// It cannot: a browser or native application.
    Public,
}

impl ClientKind {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confidential => "confidential",
            Self::Public => "public",
        }
    }

    /// From the stored word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Confidential, Self::Public]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

/// `token_endpoint_auth_method` (RFC 7591 §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthMethod {
    /// HTTP Basic (RFC 6749 §2.3.1).
    Basic,
    /// `client_secret` in the body (RFC 6749 §2.3.1).
    Post,
    /// Either of the two above. Ours; reported as `client_secret_basic`.
    AnySecret,
    /// A signed assertion (RFC 7523 §2.2).
    PrivateKeyJwt,
    /// No authentication: public clients.
    None,
}

impl AuthMethod {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Basic => "client_secret_basic",
            Self::Post => "client_secret_post",
            Self::AnySecret => "client_secret",
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::None => "none",
        }
    }

    /// From the stored word.
    pub fn parse(text: &str) -> Option<Self> {
        let known = [
            Self::Basic,
            Self::Post,
            Self::AnySecret,
            Self::PrivateKeyJwt,
            Self::None,
        ];
        known.into_iter().find(|method| method.as_str() == text)
    }

    /// True for the methods that need a shared secret.
    pub const fn uses_secret(self) -> bool {
        matches!(self, Self::Basic | Self::Post | Self::AnySecret)
    }
}

/// One live secret of a client. Two may live while one is rotated (matrix CA-19).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientSecret {
    /// Row id.
    pub id: String,
    /// SHA-256 of the 256-bit secret.
    pub digest: SecretDigest,
    /// When it was made.
    pub created_at: Instant,
    /// When it stops to be accepted; `None` for never.
    pub expires_at: Option<Instant>,
}

/// A registered client with all that issuing needs. Comes from the store or the cache, never half.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// `client_id`.
    pub id: ClientId,
    /// `client_name`, for people.
    pub name: String,
    /// Whether it keeps a secret.
    pub kind: ClientKind,
    /// How it authenticates at the token endpoint.
    pub auth_method: AuthMethod,
    /// Live and expired secrets; empty for public clients.
    pub secrets: Vec<ClientSecret>,
    /// Grants it may use.
    pub grant_types: Vec<GrantType>,
    /// Exact redirect URIs (RFC 9700 §4.1.3).
    pub redirect_uris: Vec<String>,
    /// Scope it may ask for.
    pub scopes: ScopeSet,
    /// Scope it gets when it asks for none (RFC 6749 §3.3).
    pub default_scopes: ScopeSet,
    /// Resource identifiers that become `aud` (RFC 9068 §3).
    pub audiences: Vec<String>,
    /// Roles of the client itself, for client credentials.
    pub roles: Vec<Role>,
    /// Lifetime of its access tokens, where it differs from the setting.
    pub access_ttl: Option<Duration>,
    /// Algorithm that signs its access tokens, where it differs from the setting.
    pub token_alg: Option<Algorithm>,
    /// Authorization requests must carry a PKCE challenge; always true for public clients (DEC-02).
    pub require_pkce: bool,
    /// The client may call the introspection endpoint.
    pub may_introspect: bool,
    /// When the permission to use the password grant ends; `None` for no end.
    pub password_grant_until: Option<Instant>,
    /// Everything else it, or an administrator, said about it.
    pub metadata: ClientMetadata,
    /// Set when it is switched off.
    pub disabled_at: Option<Instant>,
    /// When it was registered.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

impl Client {
    /// A registration that may do nothing yet.
    pub fn new(id: ClientId, kind: ClientKind, now: Instant) -> Self {
        Self {
            name: id.as_str().to_owned(),
            id,
            kind,
            auth_method: match kind {
                ClientKind::Confidential => AuthMethod::AnySecret,
                ClientKind::Public => AuthMethod::None,
            },
            secrets: Vec::new(),
            grant_types: Vec::new(),
            redirect_uris: Vec::new(),
            scopes: ScopeSet::default(),
            default_scopes: ScopeSet::default(),
            audiences: Vec::new(),
            roles: Vec::new(),
            access_ttl: None,
            token_alg: None,
            require_pkce: true,
            may_introspect: false,
            password_grant_until: None,
            metadata: ClientMetadata::default(),
            disabled_at: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// True for a client that keeps no secret.
    pub fn is_public(&self) -> bool {
        self.kind == ClientKind::Public
    }

    /// True when its authorization requests need a PKCE challenge. No flag lets a public client off
    /// (RFC 9700 §2.1.1).
    pub fn needs_pkce(&self) -> bool {
        self.require_pkce || self.is_public()
    }

    /// True when its refresh tokens change at each use; no flag lets a public client off (DEC-11).
    pub fn rotates_refresh_tokens(&self) -> bool {
        self.metadata.rotates_refresh_tokens || self.is_public()
    }

    /// True for the operator's own applications, whose users are not asked for consent. A public client
    /// never is: its name proves nothing (matrix AZ-20).
    pub fn is_first_party(&self) -> bool {
        self.metadata.is_first_party && !self.is_public()
    }

    /// True when the client's registration lists the grant.
    pub fn may_use(&self, grant: GrantType) -> bool {
        self.grant_types.contains(&grant)
    }
}
