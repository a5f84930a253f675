//! Applying to a job: once per candidate, only while the job is open, and safely repeated when the
//! answer was lost (`Idempotency-Key`).
//!
//! One transaction claims the key and keeps the application; the unique index and the condition on the
//! job's status decide at that moment, whatever was read before.

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use shared_claims::actix::{Caller, Candidate};

use super::model::{Application, Content};
use super::{input, store};
use crate::access::{ApplicationsWrite, jobs_seen_by, subject};
use crate::app::State;
use crate::http::body::Body;
use crate::http::path_id::PathId;
use crate::http::reply;
use crate::id::Id;
use crate::idempotency::Ticket;
use crate::jobs::{self, model::Status};
use crate::openapi::responses::{BadBody, Conflict, Missing, Protected};
use crate::problem::{Problem, Reason};
use crate::store::{Outcome, StoreError, transaction};

/// Apply to a job
///
/// Who: candidates, with scope `applications:write`. The job must be open, and a candidate applies
/// once. With an `Idempotency-Key` a repeated request within 24 hours is answered with the application
/// that the first one made, as it is now (header `Idempotency-Replayed: true`).
#[utoipa::path(
    post,
    path = "/jobs/{id}/applications",
    operation_id = "apply",
    tag = "applications",
    params(
        ("id" = String, Path, description = "Identifier of the job."),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible ASCII characters, new for every application. The same key with another body: 422."),
    ),
    request_body = Content,
    responses(
        (status = 201, description = "The application.", body = Application, headers(("Location" = String, description = "URL of the application."))),
        Protected, BadBody, Missing, Conflict,
    ),
    security(("oauth2" = ["applications:write"]), ("bearer" = [])),
)]
pub async fn apply(
    caller: Caller<Candidate, ApplicationsWrite>,
    id: PathId,
    request: HttpRequest,
    body: Body,
    state: Data<State>,
) -> Result<HttpResponse, Problem> {
    let candidate = subject(&caller)?;
    let content = input::new(body.object().await?)?;
    let job_id = id.require()?;
    let ticket = Ticket::of(&request, candidate, &content)?;
    let now = state.clock.now();
    if let Some(earlier) = earlier(&state, ticket.as_ref()).await? {
        return replay(&state, &earlier).await;
    }
    let job = jobs::store::find_visible(&state.db, &job_id, &jobs_seen_by(&caller)).await?;
    if job.ok_or(Reason::NotFound)?.status != Status::Open {
        return Err(Reason::JobNotOpen.into());
    }
    let id = state.random.id(now);
    let application = Application::new(id, job_id, candidate, content, now);
    match keep(&state, &application, ticket.as_ref()).await? {
        Ok(()) => Ok(created(&state, &application)),
        Err(Refused::Because(reason)) => Err(reason.into()),
        Err(Refused::KeyIsTaken) => match earlier(&state, ticket.as_ref()).await? {
            Some(earlier) => replay(&state, &earlier).await,
            None => Err(Reason::ChangedMeanwhile.into()),
        },
    }
}

/// Why an application was not kept after all.
enum Refused {
    /// Another request with the same key was faster.
    KeyIsTaken,
    /// A condition did not hold.
    Because(Reason),
}

async fn keep(
    state: &State,
    application: &Application,
    ticket: Option<&Ticket>,
) -> Result<Result<(), Refused>, StoreError> {
    let refuse = |reason| Ok(Outcome::RollBack(Refused::Because(reason)));
    transaction(&state.db, async |transaction| {
        if let Some(ticket) = ticket {
            match ticket
                .claim(transaction, &application.id, application.created_at)
                .await
            {
                Err(StoreError::Duplicate(_)) => return Ok(Outcome::RollBack(Refused::KeyIsTaken)),
                claimed => claimed?,
            }
        }
        match store::insert(transaction, application).await {
            Ok(true) => Ok(Outcome::Commit(())),
            Ok(false) => refuse(Reason::JobNotOpen),
            Err(StoreError::Duplicate(_)) => refuse(Reason::AlreadyApplied),
            Err(StoreError::Referenced(_)) => refuse(Reason::NotFound),
            Err(cause) => Err(cause),
        }
    })
    .await
}

async fn earlier(state: &State, ticket: Option<&Ticket>) -> Result<Option<Id>, Problem> {
    match ticket {
        Some(ticket) => ticket.find_earlier(&state.db, state.clock.now()).await,
        None => Ok(None),
    }
}

/// The answer to a repeated request. The key belongs to its caller, so the application does too.
async fn replay(state: &State, earlier: &Id) -> Result<HttpResponse, Problem> {
    let application = store::find_visible(&state.db, earlier, &store::Sight::All)
        .await?
        .ok_or(Reason::IdempotentResultGone)?;
    let mut response = created(state, &application);
    let replayed = HeaderName::from_static("idempotency-replayed");
    response
        .headers_mut()
        .insert(replayed, HeaderValue::from_static("true"));
    Ok(response)
}

fn created(state: &State, application: &Application) -> HttpResponse {
    let location = state.url(&format!("/applications/{}", application.id));
    reply::created(application, application.version, location)
}
