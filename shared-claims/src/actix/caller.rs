//! The extractor: from a request to somebody who may do this, or to a refusal.

use std::{fmt, future::Future, marker::PhantomData, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};

use super::{Refusal, ResourceServer};
use crate::{
    AccessTokenClaims, Role, Roles, ScopeSet,
    access::{AllowedRoles, AnyScope, Denial, RequiredScopes, find_token},
    verify::{AccessToken, Rejection},
};

/// Somebody with a valid token, one of the roles `R`, and all of the scopes `S`.
///
/// There is no other way to get one than from a request that was let in, and no default for `R`:
/// what a handler does not state, it does not grant.
pub struct Caller<R: AllowedRoles, S: RequiredScopes = AnyScope> {
    token: AccessToken,
    policy: PhantomData<fn() -> (R, S)>,
}

impl<R: AllowedRoles, S: RequiredScopes> Caller<R, S> {
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

impl<R: AllowedRoles, S: RequiredScopes> fmt::Debug for Caller<R, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("subject", &self.subject())
            .field("client_id", &self.client_id())
            .finish_non_exhaustive()
    }
}

impl<R: AllowedRoles, S: RequiredScopes> FromRequest for Caller<R, S> {
    type Error = Refusal;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Refusal>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let Some(server) = request.app_data::<ResourceServer>() else {
                tracing::error!("no ResourceServer in the application: every caller is refused");
                return Err(Refusal::new(Denial::NotConfigured, &[], None));
            };
            admit::<R, S>(server, &request)
                .await
                .map(|token| Self {
                    token,
                    policy: PhantomData,
                })
                .map_err(|denial| Refusal::new(denial, S::SCOPES, Some(server.metadata())))
        })
    }
}

/// Judges a request. Every refusal is logged here, once, with its reason and never with the token.
async fn admit<R: AllowedRoles, S: RequiredScopes>(
    server: &ResourceServer,
    request: &HttpRequest,
) -> Result<AccessToken, Denial> {
    let headers = request.headers().get_all(header::AUTHORIZATION);
    let presented =
        find_token(headers.map(header::HeaderValue::as_bytes)).inspect_err(|denial| {
            tracing::info!(reason = denial.as_str(), "request refused");
        })?;
    let token = server.verifier().verify(presented).await.map_err(refused)?;
    let claims = token.claims();
    // Role first: whoever lacks it gains nothing by asking for more scopes.
    let denial = if !R::admits(&claims.roles) {
        Denial::RoleMissing
    } else if !S::granted_in(&claims.scope) {
        Denial::ScopeMissing
    } else {
        return Ok(token);
    };
    tracing::info!(
        reason = denial.as_str(),
        client.id = claims.client_id,
        user.id = claims.sub,
        "request refused"
    );
    Err(denial)
}

fn refused(reason: Rejection) -> Denial {
    if reason.is_outage() {
        tracing::warn!(reason = reason.as_str(), "request not judged");
        Denial::Unavailable
    } else {
        tracing::info!(reason = reason.as_str(), "request refused");
        Denial::InvalidToken
    }
}
