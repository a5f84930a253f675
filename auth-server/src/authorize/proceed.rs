//! The user has done something: what comes next, down to the code or the error.

use std::sync::Arc;

use super::begin::to_answer;
use super::{Answer, Outcome, Pending, Problem};
use crate::accounts::LoggedIn;
use crate::context::RequestContext;
use crate::error::{Fault, Reason, Refusal, TokenError};
use crate::issue::{self, Decision};
use crate::model::{AuthorizationRequest, Client};
use crate::protocol::interaction::{self, Present, Progress, Step};
use crate::secret::Secret;
use crate::store::authorization_requests;
use crate::store::consents::{self, Consent};

/// What a step is taken on.
#[derive(Clone, Copy)]
pub(super) struct Basis<'a> {
    pub(super) client: &'a Arc<Client>,
    pub(super) request: &'a AuthorizationRequest,
    /// Row of the request, if it waits.
    pub(super) waiting: Option<&'a str>,
}

/// Goes on with a request that waits. `is_allowed` when the user has just allowed it.
pub async fn proceed(
    ctx: &RequestContext,
    pending: &Pending,
    logged_in: Option<&LoggedIn>,
    is_allowed: bool,
) -> Outcome {
    let progress = Progress {
        asked_at: Some(pending.waiting.created_at),
        is_allowed,
        now: ctx.now,
    };
    let basis = Basis {
        client: &pending.client,
        request: &pending.waiting.request,
        waiting: Some(&pending.waiting.id),
    };
    match step(ctx, basis, logged_in, progress).await {
        Ok(Outcome::Login(_)) => Outcome::Login(pending.handle.clone()),
        Ok(Outcome::Consent(_)) => Outcome::Consent(pending.handle.clone()),
        Ok(Outcome::Answer(answer)) if answer.error.is_some() => end(ctx, pending, answer).await,
        Ok(outcome) => outcome,
        Err(TokenError::Refused(refusal)) if refusal.reason == Reason::AlreadyDecided => {
            Outcome::Page(Problem::AlreadyDecided)
        }
        Err(error) => {
            let address = pending.waiting.request.address.clone();
            Outcome::Answer(to_answer(ctx, &pending.client, address, error))
        }
    }
}

/// The user says no (matrix AZ-16).
pub async fn deny(ctx: &RequestContext, pending: &Pending) -> Outcome {
    let address = pending.waiting.request.address.clone();
    let refusal = Refusal::from(Reason::Denied);
    let answer = Answer::refused(ctx, &pending.client, address, &refusal);
    end(ctx, pending, answer).await
}

/// An error ends the request as well: it is decided once (matrix AZ-23), and a pushed one has led to its
/// answer (matrix PAR-07).
async fn end(ctx: &RequestContext, pending: &Pending, answer: Answer) -> Outcome {
    let (id, now) = (pending.waiting.id.clone(), ctx.now);
    let pushed = pending.waiting.request.pushed.clone();
    let spent = ctx.store().write(async move |txn| {
        let is_spent = authorization_requests::spend(txn, &id, now).await?;
        if let (true, Some(pushed)) = (is_spent, &pushed) {
            authorization_requests::spend(txn, pushed, now).await?;
        }
        Ok(is_spent)
    });
    match spent.await.map_err(Fault::from) {
        Ok(true) => Outcome::Answer(answer),
        Ok(false) => Outcome::Page(Problem::AlreadyDecided),
        Err(fault) => {
            let answer = Answer::failed(ctx, &pending.client, answer.address, &fault);
            Outcome::Answer(answer)
        }
    }
}

/// One step. The handles of `Login` and `Consent` are left empty: the caller has them.
pub(super) async fn step(
    ctx: &RequestContext,
    basis: Basis<'_>,
    logged_in: Option<&LoggedIn>,
    progress: Progress,
) -> Result<Outcome, TokenError> {
    let Basis {
        client, request, ..
    } = basis;
    let consent = match logged_in {
        Some(logged_in) => {
            consents::find(ctx.store().read(), &logged_in.user.id, &client.id).await?
        }
        None => None,
    };
    let subject = match logged_in {
        Some(logged_in) => {
            issue::subject::of(ctx.state.keys.pairwise_key(), client, &logged_in.user.id)?
        }
        None => String::new(),
    };
    let present = logged_in.map(|logged_in| Present {
        authenticated_at: logged_in.session.authenticated_at,
        acr: logged_in.session.acr.as_deref(),
        subject: &subject,
        consented: consent.as_ref().map(|consent| &consent.scope),
    });
    let next = interaction::next(request, client, present, progress);
    match (next, logged_in) {
        (Step::Allow, Some(logged_in)) => allow(ctx, basis, logged_in, consent, progress).await,
        (Step::Login, _) | (Step::Allow, None) => Ok(Outcome::Login(Secret::new(""))),
        (Step::Consent, _) => Ok(Outcome::Consent(Secret::new(""))),
        (Step::Refuse(reason), _) => {
            let address = request.address.clone();
            let answer = Answer::refused(ctx, client, address, &reason.into());
            Ok(Outcome::Answer(answer))
        }
    }
}

async fn allow(
    ctx: &RequestContext,
    basis: Basis<'_>,
    logged_in: &LoggedIn,
    before: Option<Consent>,
    progress: Progress,
) -> Result<Outcome, TokenError> {
    let decision = Decision {
        client: basis.client,
        request: basis.request,
        session: &logged_in.session,
        waiting: basis.waiting,
        consent: progress
            .is_allowed
            .then(|| united(&basis, logged_in, before, progress)),
    };
    let code = issue::authorize(ctx, decision).await?;
    ctx.state
        .accounts
        .touch_session(&logged_in.session, ctx.now)
        .await?;
    let address = basis.request.address.clone();
    Ok(Outcome::Answer(Answer::code(ctx, address, &code)))
}

/// What the user has allowed by now, over all requests of the client.
fn united(
    basis: &Basis<'_>,
    logged_in: &LoggedIn,
    before: Option<Consent>,
    progress: Progress,
) -> Consent {
    let now_allowed = basis.request.scope_to_allow(basis.client);
    let (scope, created_at) = before.map_or_else(
        || (now_allowed.clone(), progress.now),
        |before| {
            let words = before.scope.iter().chain(now_allowed.iter());
            (words.cloned().collect(), before.created_at)
        },
    );
    Consent {
        user_id: logged_in.user.id.clone(),
        client_id: basis.client.id.clone(),
        scope,
        created_at,
        updated_at: progress.now,
    }
}
