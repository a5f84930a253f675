//! The client credentials grant as a judgement (RFC 6749 §4.4; matrix CC-01 to CC-04).

use oxide_auth::code_grant::client_credentials::{ClientCredentials, Input, Output};
use oxide_auth::primitives::grant::Extensions;
use oxide_auth::primitives::registrar::PreGrant;
use shared_claims::ScopeSet;

use super::{oxide, scope};
use crate::error::{Fault, Reason, TokenError};
use crate::model::{Client, GrantType};

/// Decides what an authenticated client gets for itself.
///
/// # Errors
/// [`Reason::PublicClient`], the reasons of [`scope::judge`], and [`Reason::ScopeNotAllowed`] for
/// scope that speaks of a user.
pub fn judge(client: &Client, requested: Option<&str>) -> Result<ScopeSet, TokenError> {
    if client.is_public() {
        return Err(Reason::PublicClient.into());
    }
    // Before the machine: it would call a malformed scope `invalid_request`.
    let granted = scope::judge(requested, client)?;
    if scope::needs_user(&granted) {
        return Err(Reason::ScopeNotAllowed.into());
    }

    let request = oxide::Prepared {
        client: &client.id,
        grant_type: GrantType::ClientCredentials.as_str(),
        scope: requested,
        refresh_token: None,
    };
    let mut machine = ClientCredentials::new(&request);
    let mut input = Input::None;
    // Four questions and the verdict; more would be a machine we do not know.
    for _ in 0..6 {
        input = match machine.advance(input) {
            Output::Authenticate { client: id, .. } if id == client.id.as_str() => {
                Input::Authenticated
            }
            Output::Binding { client_id } if client_id == client.id.as_str() => Input::Bound {
                bound_client: oxide::bind(&client.id)?,
            },
            Output::Extend => Input::Extended {
                extensions: Extensions::new(),
            },
            Output::Negotiate { bound_client, .. } => Input::Negotiated {
                pre_grant: PreGrant {
                    client_id: bound_client.client_id.clone().into_owned(),
                    redirect_uri: bound_client.redirect_uri.clone().into_owned(),
                    scope: oxide::to_oxide(&granted)?,
                },
            },
            // Stop here: minting and rendering are ours.
            Output::Ok { pre_grant, .. } => return Ok(oxide::from_oxide(&pre_grant.scope)?),
            Output::Err(_) | Output::Authenticate { .. } | Output::Binding { .. } => break,
        };
    }
    Err(Fault::broken(
        "judging client credentials",
        "the machine refused prepared facts",
    )
    .into())
}
