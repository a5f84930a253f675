//! What we hand to oxide-auth's machines: facts in its words. Its types stop at this room's door.
//!
//! Known deviations of the machines from the RFCs, judged before or beside them:
//! a malformed scope is `invalid_request` there (RFC 6749 §5.2: `invalid_scope`); Basic together with
//! the same `client_id` in the body is refused there (allowed by RFC 6749 §2.3.1); the refresh machine
//! reads the clock and takes an unknown token as `invalid_grant` only when we say so.

use std::borrow::Cow;

use oxide_auth::code_grant::{client_credentials, refresh};
use oxide_auth::primitives::registrar::{BoundClient, ExactUrl, RegisteredUrl};
use shared_claims::ScopeSet;

use crate::error::Fault;
use crate::model::ClientId;

/// A request whose client has authenticated already: the machine sees one clean set of credentials.
pub(super) struct Prepared<'a> {
    pub(super) client: &'a ClientId,
    pub(super) grant_type: &'static str,
    pub(super) scope: Option<&'a str>,
    pub(super) refresh_token: Option<&'a str>,
}

impl client_credentials::Request for Prepared<'_> {
    fn valid(&self) -> bool {
        true
    }

    fn authorization(&self) -> Option<(Cow<'_, str>, Cow<'_, [u8]>)> {
        Some((Cow::Borrowed(self.client.as_str()), Cow::Borrowed(&[])))
    }

    fn scope(&self) -> Option<Cow<'_, str>> {
        self.scope.map(Cow::Borrowed)
    }

    fn grant_type(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(self.grant_type))
    }

    fn extension(&self, _key: &str) -> Option<Cow<'_, str>> {
        None
    }
}

impl refresh::Request for Prepared<'_> {
    fn valid(&self) -> bool {
        true
    }

    fn refresh_token(&self) -> Option<Cow<'_, str>> {
        self.refresh_token.map(Cow::Borrowed)
    }

    fn scope(&self) -> Option<Cow<'_, str>> {
        self.scope.map(Cow::Borrowed)
    }

    fn grant_type(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(self.grant_type))
    }

    fn authorization(&self) -> Option<(Cow<'_, str>, Cow<'_, [u8]>)> {
        Some((Cow::Borrowed(self.client.as_str()), Cow::Borrowed(&[])))
    }

    fn extension(&self, _key: &str) -> Option<Cow<'_, str>> {
        None
    }
}

/// The machines want every client bound to a redirect URI. Grants without one get a URI that no
/// browser can follow (RFC 2606 reserves the name) and that no answer ever shows.
pub(super) fn bind(client: &ClientId) -> Result<BoundClient<'static>, Fault> {
    let url = ExactUrl::new("https://no-redirect.invalid/".to_owned())
        .map_err(|error| Fault::broken("binding the client", error.to_string()))?;
    Ok(BoundClient {
        client_id: Cow::Owned(client.as_str().to_owned()),
        redirect_uri: Cow::Owned(RegisteredUrl::Exact(url)),
    })
}

/// Our scope in the machine's type.
pub(super) fn to_oxide(scope: &ScopeSet) -> Result<oxide_auth::primitives::scope::Scope, Fault> {
    scope
        .to_string()
        .parse()
        .map_err(|_| Fault::broken("reading a scope we made", "oxide-auth refused it"))
}

/// The machine's scope in our type, in our order.
pub(super) fn from_oxide(scope: &oxide_auth::primitives::scope::Scope) -> Result<ScopeSet, Fault> {
    ScopeSet::parse(&scope.to_string())
        .map_err(|error| Fault::broken("reading oxide-auth's scope", error))
}
