//! Facts about the client and the server that a judgement needs, loaded first.

use std::sync::Arc;

use super::Problem;
use crate::context::RequestContext;
use crate::error::{Fault, TokenError};
use crate::model::{AuthorizationRequest, Client, ClientId, ReturnAddress};
use crate::protocol::authorization::{self, Server};
use crate::protocol::form::AuthorizationForm;

use super::hint;

/// The client of a request (matrix AZ-02).
pub(super) async fn require_client(
    ctx: &RequestContext,
    form: &AuthorizationForm,
) -> Result<Result<Arc<Client>, Problem>, Fault> {
    if form.is_repeated("client_id") {
        return Ok(Err(Problem::RepeatedClient));
    }
    let Some(id) = form.find("client_id") else {
        return Ok(Err(Problem::UnknownClient));
    };
    let found = ctx.directory().find_client(&ClientId::new(id)).await?;
    Ok(match found {
        None => Err(Problem::UnknownClient),
        Some(client) if client.disabled_at.is_some() => Err(Problem::DisabledClient),
        Some(client) => Ok(client),
    })
}

/// Everything about the request but where its answer goes.
///
/// # Errors
/// As [`authorization::judge`].
pub(super) fn judge(
    ctx: &RequestContext,
    client: &Client,
    form: &AuthorizationForm,
    address: ReturnAddress,
    pushed: Option<&str>,
) -> Result<AuthorizationRequest, TokenError> {
    let catalogue = ctx.directory().catalogue();
    let scopes = catalogue.scopes.iter().map(String::as_str).collect();
    let server = Server {
        scopes: &scopes,
        pushed,
    };
    let mut request = authorization::judge(form, client, address, server)?;
    if let Some(hint) = form.find("id_token_hint") {
        let subject = hint::subject(ctx, client, hint)?;
        request.subject = Some(hint::agree(request.subject, subject)?);
    }
    Ok(request)
}
