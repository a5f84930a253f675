//! Somebody who may do this: the proof that a handler's signature asks for.

use std::{fmt, marker::PhantomData};

use super::{AllowedRoles, AnyAuthentication, AnyScope, RequiredAuthentication, RequiredScopes};
use crate::{AccessTokenClaims, Role, Roles, ScopeSet, verify::AccessToken};

/// Types that are there for the compiler only.
type Policy<R, S, A> = PhantomData<fn() -> (R, S, A)>;

/// Somebody with a valid token, one of the roles `R`, all of the scopes `S`, and a login like `A`.
///
/// There is no other way to get one than from a request that was let in, and no default for `R`:
/// what a handler does not state, it does not grant.
pub struct Caller<
    R: AllowedRoles,
    S: RequiredScopes = AnyScope,
    A: RequiredAuthentication = AnyAuthentication,
> {
    token: AccessToken,
    policy: Policy<R, S, A>,
}

impl<R: AllowedRoles, S: RequiredScopes, A: RequiredAuthentication> Caller<R, S, A> {
    pub(super) fn admitted(token: AccessToken) -> Self {
        Self {
            token,
            policy: PhantomData,
        }
    }

    /// The user, or for client credentials the client; opaque and stable.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.claims().sub
    }

    /// The client that sent the token.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.claims().client_id
    }

    /// Whether the client acts for itself rather than for a user.
    #[must_use]
    pub fn is_client(&self) -> bool {
        self.claims().is_client()
    }

    /// All roles held, not only those asked for.
    #[must_use]
    pub fn roles(&self) -> &Roles {
        &self.claims().roles
    }

    /// Whether the role is held, for handlers that do more for some than for others.
    #[must_use]
    pub fn has_role(&self, role: &Role) -> bool {
        self.roles().contains(role.as_str())
    }

    /// All scopes granted, not only those asked for.
    #[must_use]
    pub fn scopes(&self) -> &ScopeSet {
        &self.claims().scope
    }

    /// Everything the token says.
    #[must_use]
    pub fn claims(&self) -> &AccessTokenClaims {
        self.token.claims()
    }

    /// Everything the token says, to keep.
    #[must_use]
    pub fn into_claims(self) -> AccessTokenClaims {
        self.token.into_claims()
    }
}

impl<R: AllowedRoles, S: RequiredScopes, A: RequiredAuthentication> fmt::Debug for Caller<R, S, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("subject", &self.subject())
            .field("client_id", &self.client_id())
            .finish_non_exhaustive()
    }
}

// By hand, because the types of the policy need not be cloneable.
impl<R: AllowedRoles, S: RequiredScopes, A: RequiredAuthentication> Clone for Caller<R, S, A> {
    fn clone(&self) -> Self {
        Self::admitted(self.token.clone())
    }
}
