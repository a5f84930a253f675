//! oxide-auth's access token machine, fed prepared answers.
//!
//! It demands `redirect_uri` (RFC 6749 wants it only where the authorization request had it), calls an
//! unknown code and a wrong verifier `invalid_request`, and reads the clock. All of that was judged
//! before it is asked; it stops at `Output::Issue`.

use std::borrow::Cow;

use oxide_auth::code_grant::accesstoken::{AccessToken, Authorization, Input, Output, Request};
use oxide_auth::primitives::grant::{Extensions, Grant};

use crate::error::{Fault, TokenError};
use crate::model::{AuthorizationCode, Client, GrantType};
use crate::protocol::oxide;

/// Redirect URIs were compared by us, byte by byte; the machine, which compares parsed ones, gets one
/// and the same on both sides.
struct Prepared<'a> {
    client: &'a Client,
    code: &'a AuthorizationCode,
    redirect_uri: String,
}

impl Request for Prepared<'_> {
    fn valid(&self) -> bool {
        true
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.code.id))
    }

    fn authorization(&self) -> Authorization<'_> {
        Authorization::Username(Cow::Borrowed(self.client.id.as_str()))
    }

    fn client_id(&self) -> Option<Cow<'_, str>> {
        None
    }

    fn redirect_uri(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.redirect_uri))
    }

    fn grant_type(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(GrantType::AuthorizationCode.as_str()))
    }

    fn extension(&self, _key: &str) -> Option<Cow<'_, str>> {
        None
    }
}

/// Takes the redemption through the machine up to `Output::Issue`.
pub(super) fn drive(client: &Client, code: &AuthorizationCode) -> Result<(), TokenError> {
    let bound = oxide::bind(&client.id)?;
    let redirect_uri = bound.redirect_uri.to_url();
    let request = Prepared {
        client,
        code,
        redirect_uri: redirect_uri.to_string(),
    };
    let grant = Grant {
        owner_id: code.user_id.as_str().to_owned(),
        client_id: code.client_id.as_str().to_owned(),
        scope: oxide::to_oxide(&code.scope)?,
        redirect_uri,
        // The machine reads the wall clock; expiry was judged with `now`.
        until: chrono::DateTime::<chrono::Utc>::MAX_UTC,
        extensions: Extensions::new(),
    };
    let mut machine = AccessToken::new(&request);
    let mut input = Input::None;
    for _ in 0..5 {
        input = match machine.advance(input) {
            Output::Authenticate { client: id, .. } if id == client.id.as_str() => {
                Input::Authenticated
            }
            Output::Recover { .. } => Input::Recovered(Some(Box::new(grant.clone()))),
            Output::Extend { .. } => Input::Extended {
                access_extensions: Extensions::new(),
            },
            // Stop here: spending, minting and rendering are ours.
            Output::Issue { .. } => return Ok(()),
            Output::Authenticate { .. } | Output::Ok(_) | Output::Err(_) => break,
        };
    }
    Err(Fault::broken("judging a code", "the machine refused prepared facts").into())
}
