//! oxide-auth's authorization machine, fed prepared answers.
//!
//! It would accept a redirect URI with a fragment, and any port for `localhost` only; it calls a missing
//! `response_type` an unsupported one. All three were judged before it is asked.

use std::borrow::Cow;

use oxide_auth::code_grant::authorization::{Authorization, Input, Output, Request};
use oxide_auth::primitives::grant::Extensions;
use oxide_auth::primitives::registrar::{BoundClient, ExactUrl, PreGrant, RegisteredUrl};
use shared_claims::ScopeSet;

use crate::error::{Fault, TokenError};
use crate::model::{Client, ReturnAddress};
use crate::protocol::form::AuthorizationForm;
use crate::protocol::oxide;

struct Prepared<'a> {
    client: &'a Client,
    address: &'a ReturnAddress,
    form: &'a AuthorizationForm,
    scope: String,
}

impl Request for Prepared<'_> {
    fn valid(&self) -> bool {
        true
    }

    fn client_id(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(self.client.id.as_str()))
    }

    fn scope(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.scope))
    }

    fn redirect_uri(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.address.redirect_uri))
    }

    fn state(&self) -> Option<Cow<'_, str>> {
        self.address.state.as_deref().map(Cow::Borrowed)
    }

    fn response_type(&self) -> Option<Cow<'_, str>> {
        self.form.find("response_type").map(Cow::Borrowed)
    }

    fn extension(&self, key: &str) -> Option<Cow<'_, str>> {
        self.form.find(key).map(Cow::Borrowed)
    }
}

/// Takes the request through the machine up to the question whether the user allows it.
pub(super) fn drive(
    client: &Client,
    address: &ReturnAddress,
    form: &AuthorizationForm,
    scope: &ScopeSet,
) -> Result<(), TokenError> {
    let request = Prepared {
        client,
        address,
        form,
        scope: scope.to_string(),
    };
    let bound = || {
        ExactUrl::new(address.redirect_uri.clone())
            .map(|url| BoundClient {
                client_id: Cow::Owned(client.id.as_str().to_owned()),
                redirect_uri: Cow::Owned(RegisteredUrl::Exact(url)),
            })
            .map_err(|error| Fault::broken("binding the redirect URI", error.to_string()))
    };
    let mut machine = Authorization::new(&request);
    let mut input = Input::None;
    for _ in 0..5 {
        input = match machine.advance(input) {
            Output::Bind { client_id, .. } if client_id == client.id.as_str() => Input::Bound {
                request: &request,
                bound_client: bound()?,
            },
            Output::Extend => Input::Extended(Extensions::new()),
            Output::Negotiate { bound_client, .. } => Input::Negotiated {
                pre_grant: PreGrant {
                    client_id: bound_client.client_id.clone().into_owned(),
                    redirect_uri: bound_client.redirect_uri.clone().into_owned(),
                    scope: oxide::to_oxide(scope)?,
                },
                state: address.state.clone(),
            },
            // Stop here: asking the user, the code and the redirect are ours.
            Output::Ok { .. } => return Ok(()),
            Output::Bind { .. } | Output::Err(_) => break,
        };
    }
    let doing = "judging an authorization request";
    Err(Fault::broken(doing, "the machine refused prepared facts").into())
}
