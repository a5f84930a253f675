//! The grants we offer, one file each; this file is the register (RFC 6749 §4, §6).
//!
//! Adding one: a file beside these, a line in [`ALL`], a test in `tests/suite/grants/`. Metadata, the
//! endpoint and the OpenAPI document follow from the register.

use std::sync::Arc;

use async_trait::async_trait;

use crate::context::RequestContext;
use crate::error::{Reason, Refusal, TokenError};
use crate::issue::Approval;
use crate::model::{Client, GrantType};
use crate::protocol::form::OAuthForm;
use crate::settings::Settings;

mod authorization_code;
mod client_credentials;
pub mod password;
mod refresh_token;

/// A way to obtain tokens.
#[async_trait(?Send)]
pub trait Grant: Sync {
    /// Its name on the wire.
    fn grant_type(&self) -> GrantType;

    /// True when this server's settings offer it.
    fn is_offered(&self, _settings: &Settings) -> bool {
        true
    }

    /// Reads, hashes and compares; writes nothing that spends (design §4 rule 1).
    ///
    /// # Errors
    /// A refusal for the caller's mistake, a fault for ours.
    async fn examine(
        &self,
        ctx: &RequestContext,
        client: &Arc<Client>,
        form: &OAuthForm,
    ) -> Result<Approval, TokenError>;
}

/// Every grant there is, in the order of `grant_types_supported`.
pub const ALL: [&dyn Grant; 4] = [
    &authorization_code::Code,
    &client_credentials::ClientCredentials,
    &password::Password,
    &refresh_token::RefreshToken,
];

/// The grants that the settings offer.
pub fn offered(settings: &Settings) -> impl Iterator<Item = &'static dyn Grant> {
    ALL.into_iter().filter(|grant| grant.is_offered(settings))
}

/// Finds the grant of a request (matrix TOK-04, TOK-05, TOK-06, in that order: TOK-11).
///
/// # Errors
/// [`Reason::MissingParameter`], [`Reason::UnknownGrant`], [`Reason::GrantNotAllowed`].
pub fn find(
    settings: &Settings,
    client: &Client,
    form: &OAuthForm,
) -> Result<&'static dyn Grant, Refusal> {
    let name = form.require("grant_type")?;
    let grant = offered(settings)
        .find(|grant| grant.grant_type().as_str() == name)
        .ok_or(Reason::UnknownGrant)?;
    if !client.may_use(grant.grant_type()) {
        return Err(Reason::GrantNotAllowed.into());
    }
    Ok(grant)
}
