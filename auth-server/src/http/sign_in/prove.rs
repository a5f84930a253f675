//! From name and password to a session, or to what the page says about them.

use crate::accounts::LoggedIn;
use crate::error::{Fault, FaultKind, Reason, TokenError};
use crate::http::visit::Visit;
use crate::lifecycle;
use crate::model::ClientId;
use crate::pages::LoginProblem;
use crate::protocol::form::OAuthForm;
use crate::secret::Secret;

/// Name and password become a session with a handle of its own.
pub(super) async fn prove(
    visit: &Visit,
    form: &OAuthForm,
    client: Option<&ClientId>,
) -> Result<(Secret, LoggedIn), TokenError> {
    let ctx = &visit.ctx;
    let username = form.find("username").unwrap_or_default();
    let password = form
        .find_secret("password")
        .unwrap_or_else(|| Secret::new(""));
    let proof = ctx
        .state
        .accounts
        .authenticate(username, &password, ctx.peer, ctx.now)
        .await
        .map_err(|error| match client {
            Some(client) => error.from_client(client),
            None => error,
        });
    let user = lifecycle::settle(ctx, proof).await?;
    let mut event = ctx.event("session.begin");
    event.client_id = client.map(|client| client.as_str().to_owned());
    let before = visit.logged_in.as_ref().map(|before| &before.session);
    let begun = ctx.state.accounts.begin_session(&user, before, event).await;
    let (handle, session) = begun?;
    Ok((handle, LoggedIn { session, user }))
}

/// What the page says about it: the same text for every kind of wrong credentials. Logged here, once.
pub(super) fn problem(error: TokenError) -> Result<LoginProblem, Fault> {
    let refusal = match error {
        TokenError::Fault(fault) if fault.kind == FaultKind::Overloaded => {
            return Ok(LoginProblem::Busy);
        }
        TokenError::Fault(fault) => return Err(fault),
        TokenError::Refused(refusal) => refusal,
    };
    let reason = refusal.reason;
    tracing::info!(reason = reason.as_str(), "login refused");
    metrics::counter!("auth_refusals_total", "reason" => reason.as_str()).increment(1);
    Ok(match reason {
        Reason::AccountThrottled | Reason::AddressThrottled => LoginProblem::TooManyAttempts {
            retry_after: refusal.retry_after.unwrap_or_default(),
        },
        _ => LoginProblem::WrongCredentials,
    })
}
