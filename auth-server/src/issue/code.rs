//! A decision of the user becomes a code: ONE transaction that spends the request, remembers the consent
//! and keeps the code (design §4 rule 1; RFC 6749 §4.1.2; matrix AC-03, AC-11, AZ-23, PAR-07).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::audit;
use crate::context::RequestContext;
use crate::error::{Reason, TokenError};
use crate::model::{AuthorizationCode, AuthorizationRequest, Client};
use crate::secret::Secret;
use crate::store::authorization_requests as requests;
use crate::store::sessions::Session;
use crate::store::{authorization_codes, consents, session_clients};

/// 256 bits in base64url.
const CODE_CHARS: usize = 43;

/// What has been decided.
#[derive(Debug)]
pub struct Decision<'a> {
    /// Who asked.
    pub client: &'a Client,
    /// For what.
    pub request: &'a AuthorizationRequest,
    /// In whose session.
    pub session: &'a Session,
    /// Row of the request that waited for this; spent by it. `None` when nobody had to be asked.
    pub waiting: Option<&'a str>,
    /// What the user allows from now on; `None` when that does not change.
    pub consent: Option<consents::Consent>,
}

/// Makes the code.
///
/// # Errors
/// [`Reason::AlreadyDecided`] when the request was decided before, [`Reason::UnknownPushedRequest`]
/// when its pushed request was; a fault when nothing could be written.
pub async fn authorize(ctx: &RequestContext, decision: Decision<'_>) -> Result<Secret, TokenError> {
    let secret = Secret::new(ctx.random().text::<32>());
    let code = code(ctx, &decision, &secret);
    let mut event = ctx.event("code.issue");
    event.client_id = Some(code.client_id.as_str().to_owned());
    event.user_id = Some(code.user_id.as_str().to_owned());
    event.detail = serde_json::json!({ "scope": code.scope, "sid": code.sid.as_str() });
    let (now, row) = (ctx.now, event.clone());
    let waiting = decision.waiting.map(str::to_owned);
    let pushed = decision.request.pushed.clone();
    let consent = decision.consent;
    let lost = ctx
        .store()
        .write(async move |txn| {
            if let Some(id) = &waiting
                && !requests::spend(txn, id, now).await?
            {
                return Ok(Some(Reason::AlreadyDecided));
            }
            if let Some(id) = &pushed
                && !requests::spend(txn, id, now).await?
            {
                return Ok(Some(Reason::UnknownPushedRequest));
            }
            // The consent first: who takes it back at this moment waits for this row, and then finds
            // the code (see `authorization_codes::spend_all_for_user`).
            if let Some(consent) = &consent {
                consents::put(txn, consent).await?;
            }
            // The client hears of the end of this session, however late that is.
            session_clients::join(txn, &code.sid, &code.client_id).await?;
            authorization_codes::insert(txn, &code).await?;
            audit::record(txn, &row).await?;
            Ok(None)
        })
        .await?;
    if let Some(reason) = lost {
        return Err(reason.into());
    }
    event.log();
    metrics::counter!("codes_issued_total").increment(1);
    Ok(secret)
}

/// The name of a code's row; `None` for what no code of ours looks like.
pub fn code_id(code: &str) -> Option<String> {
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let is_ours = code.len() == CODE_CHARS && code.bytes().all(is_base64url);
    is_ours.then(|| row_id(&Secret::new(code)))
}

/// SHA-256 in base64url: how rows are named whose handle only its owner knows.
pub fn row_id(handle: &Secret) -> String {
    URL_SAFE_NO_PAD.encode(handle.digest().as_bytes())
}

fn code(ctx: &RequestContext, decision: &Decision<'_>, secret: &Secret) -> AuthorizationCode {
    let Decision {
        client,
        request,
        session,
        ..
    } = decision;
    let ttl = client
        .metadata
        .code_ttl
        .unwrap_or(ctx.settings().tokens.code_ttl);
    let address = &request.address;
    AuthorizationCode {
        id: row_id(secret),
        client_id: client.id.clone(),
        user_id: session.user_id.clone(),
        session_id: Some(session.id.clone()),
        family_id: None,
        redirect_uri: address.was_sent.then(|| address.redirect_uri.clone()),
        scope: request.scope.clone(),
        audiences: request.audiences.clone(),
        nonce: request.nonce.clone(),
        code_challenge: request.code_challenge.clone(),
        claims: request.claims.clone(),
        auth_time: session.authenticated_at,
        sid: session.id.clone(),
        amr: session.amr.clone(),
        acr: session.acr.clone(),
        created_at: ctx.now,
        expires_at: ctx.now.plus(ttl),
        spent_at: None,
    }
}
