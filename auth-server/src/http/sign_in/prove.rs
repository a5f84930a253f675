//! From name and password to a session, or to what the page says about them.

use crate::accounts::{AccountError, LoggedIn, PasswordProblem};
use crate::audit::Actor;
use crate::context::RequestContext;
use crate::error::{Fault, FaultKind, Reason, Refusal, TokenError};
use crate::http::visit::Visit;
use crate::lifecycle;
use crate::model::{ClientId, User};
use crate::pages::LoginProblem;
use crate::protocol::form::OAuthForm;
use crate::secret::Secret;

/// Why there is no session.
pub(super) enum Unproven {
    /// Who it is was not proven, or could not be.
    Refused(TokenError),
    /// It was, but the new password cannot be set.
    NewPassword(PasswordProblem),
}

impl<E: Into<TokenError>> From<E> for Unproven {
    fn from(error: E) -> Self {
        Self::Refused(error.into())
    }
}

/// Name and password become a session with a handle of its own.
pub(super) async fn prove(
    visit: &Visit,
    form: &OAuthForm,
    client: Option<&ClientId>,
) -> Result<(Secret, LoggedIn), Unproven> {
    let ctx = &visit.ctx;
    let proof = match authenticate(ctx, form, "password").await {
        Err(TokenError::Refused(refusal)) if refusal.reason == Reason::PasswordChangeDue => {
            change_password(ctx, form, refusal).await?
        }
        proof => proof,
    };
    let proof = proof.map_err(|error| match client {
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

/// The user whose password is in this field.
async fn authenticate(
    ctx: &RequestContext,
    form: &OAuthForm,
    field: &str,
) -> Result<User, TokenError> {
    let username = form.find("username").unwrap_or_default();
    let password = form.find_secret(field).unwrap_or_else(|| Secret::new(""));
    ctx.state
        .accounts
        .authenticate(username, &password, ctx.peer, ctx.now)
        .await
}

/// Sets the new password, if the form brings one, and proves it like any other (matrix NP-18).
async fn change_password(
    ctx: &RequestContext,
    form: &OAuthForm,
    due: Refusal,
) -> Result<Result<User, TokenError>, Unproven> {
    let (Some(old), Some(new), Some(id)) = (
        form.find_secret("password"),
        form.find_secret("new_password"),
        due.subject.clone(),
    ) else {
        return Ok(Err(due.into()));
    };
    let by = Actor::person(ctx.now, (ctx.peer, &ctx.request_id), id.clone());
    let accounts = &ctx.state.accounts;
    match accounts.choose_password(&id, (&old, &new), &by).await {
        Ok(()) => Ok(authenticate(ctx, form, "new_password").await),
        Err(AccountError::Password(problem)) => Err(Unproven::NewPassword(problem)),
        Err(AccountError::Fault(fault)) => Err(fault.into()),
        // Somebody else was faster: the password of this form is not right any more.
        Err(_) => Ok(Err(Refusal::from(Reason::WrongPassword).about(id).into())),
    }
}

/// What the page says about it: the same text for every kind of wrong credentials. Logged here, once.
pub(super) fn problem(error: Unproven) -> Result<LoginProblem, Fault> {
    let refusal = match error {
        Unproven::NewPassword(problem) => return Ok(LoginProblem::NewPassword(problem)),
        Unproven::Refused(TokenError::Fault(fault)) if fault.kind == FaultKind::Overloaded => {
            return Ok(LoginProblem::Busy);
        }
        Unproven::Refused(TokenError::Fault(fault)) => return Err(fault),
        Unproven::Refused(TokenError::Refused(refusal)) => refusal,
    };
    let reason = refusal.reason;
    tracing::info!(reason = reason.as_str(), "login refused");
    metrics::counter!("auth_refusals_total", "reason" => reason.as_str()).increment(1);
    Ok(match reason {
        Reason::AccountThrottled | Reason::AddressThrottled => LoginProblem::TooManyAttempts {
            retry_after: refusal.retry_after.unwrap_or_default(),
        },
        Reason::PasswordChangeDue => LoginProblem::PasswordChangeDue,
        _ => LoginProblem::WrongCredentials,
    })
}
