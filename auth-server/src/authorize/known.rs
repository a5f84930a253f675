//! Facts about the client and the server that a judgement needs, loaded first.

use std::sync::Arc;

use super::Problem;
use crate::context::RequestContext;
use crate::error::{Fault, Reason, Refusal, TokenError};
use crate::model::{AuthorizationRequest, Client, ClientId, ReturnAddress};
use crate::protocol::authorization::{self, Server};
use crate::protocol::form::AuthorizationForm;

use super::hint;

/// Longest request that is kept until its user has decided: a text column of MySQL holds 65,535 bytes.
const MAX_KEPT_BYTES: usize = 60_000;

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
        vocabulary: &catalogue.vocabulary,
        pushed,
    };
    let mut request = authorization::judge(form, client, address, server)?;
    if let Some(hint) = form.find("id_token_hint") {
        let subject = hint::subject(ctx, client, hint)?;
        request.subject = Some(hint::agree(request.subject, subject)?);
    }
    // Control characters take six bytes of JSON each: what fits the limits one by one may not fit a row.
    let kept = serde_json::to_string(&request).map_or(usize::MAX, |text| text.len());
    if kept > MAX_KEPT_BYTES {
        return Err(Refusal::from(Reason::OversizedParameter)
            .with_hint("The request is too long.")
            .into());
    }
    Ok(request)
}
