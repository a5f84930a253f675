//! From the token of a request to somebody who may do this, or to a denial.
//!
//! Every refusal is logged here, once, with its reason and never with the token.

use super::{AllowedRoles, Caller, Denial, RequiredAuthentication, RequiredScopes, ResourceServer};
use crate::verify::Rejection;

/// Judges what a request presented.
pub(crate) async fn judge<R: AllowedRoles, S: RequiredScopes, A: RequiredAuthentication>(
    server: &ResourceServer,
    presented: Result<&str, Denial>,
) -> Result<Caller<R, S, A>, Denial> {
    let presented = presented.inspect_err(|denial| {
        tracing::info!(reason = denial.as_str(), "request refused");
    })?;
    let verifier = server.verifier();
    let token = verifier.verify(presented).await.map_err(refused)?;
    let claims = token.claims();
    // Role first: whoever lacks it gains nothing by asking for more scopes or logging in again.
    let denial = if !R::admits(&claims.roles) {
        Denial::RoleMissing
    } else if !S::granted_in(&claims.scope) {
        Denial::ScopeMissing
    } else if !A::suffices(claims, verifier.now()) {
        Denial::AuthenticationInsufficient
    } else {
        return Ok(Caller::admitted(token));
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
