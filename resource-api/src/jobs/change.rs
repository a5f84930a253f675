//! Changing a job: its text, and the steps `draft → open → closed`.
//!
//! All three are one thing: read the version, decide, replace exactly that version. When somebody was
//! faster, a caller who named the version gets 412, another one is decided again on the new version.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use shared_claims::actix::{Admin, Caller, OneOf, Recruiter};

use super::input::{self, JobPatch};
use super::model::Job;
use super::store::{self, Command};
use crate::access::{JobsWrite, jobs_commanded_by};
use crate::app::State;
use crate::http::body::Body;
use crate::http::path_id::PathId;
use crate::http::precondition::IfMatch;
use crate::http::reply;
use crate::openapi::responses::{
    BadBody, BadParameter, Conflict, Missing, Precondition, Protected,
};
use crate::problem::{Problem, Reason};
use crate::store::with_retry;

type Commander = Caller<OneOf<(Recruiter, Admin)>, JobsWrite>;

/// How often a change without `If-Match` is decided again before the caller gets 409. Whoever loses a
/// round lost it to a change that was kept, so that as many at once all get in.
pub(super) const ATTEMPTS: usize = 64;

/// Change a job
///
/// Who: the recruiter who owns it and administrators, with scope `jobs:write`. A JSON merge patch
/// (RFC 7396). Without `If-Match` it applies to whatever version there is.
#[utoipa::path(
    patch,
    path = "/jobs/{id}",
    operation_id = "change_job",
    tag = "jobs",
    params(
        ("id" = String, Path, description = "Identifier of the job."),
        ("If-Match" = Option<String>, Header, description = "Entity tag of the version to change; another version: 412."),
    ),
    request_body(content((JobPatch = "application/json"), (JobPatch = "application/merge-patch+json"))),
    responses(
        (status = 200, description = "The changed job.", body = Job, headers(("ETag" = String, description = "Tag of the new version."))),
        Protected, BadBody, Missing, Conflict, Precondition,
    ),
    security(("oauth2" = ["jobs:write"]), ("bearer" = [])),
)]
pub async fn patch(
    caller: Commander,
    id: PathId,
    request: HttpRequest,
    body: Body,
    state: Data<State>,
) -> Result<HttpResponse, Problem> {
    let patch = body.merge_patch().await?;
    change(&caller, id, &request, &state, |job| {
        job.content = input::patched(job.content.clone(), patch.clone())?;
        Ok(())
    })
    .await
}

/// Publish a job
///
/// Who: the recruiter who owns it and administrators, with scope `jobs:write`. Only a draft can be
/// published; from then on candidates see it and can apply.
#[utoipa::path(
    post,
    path = "/jobs/{id}/publish",
    operation_id = "publish_job",
    tag = "jobs",
    params(
        ("id" = String, Path, description = "Identifier of the job."),
        ("If-Match" = Option<String>, Header, description = "Entity tag of the version to publish; another version: 412."),
    ),
    responses(
        (status = 200, description = "The open job.", body = Job, headers(("ETag" = String, description = "Tag of the new version."))),
        Protected, BadParameter, Missing, Conflict, Precondition,
    ),
    security(("oauth2" = ["jobs:write"]), ("bearer" = [])),
)]
pub async fn publish(
    caller: Commander,
    id: PathId,
    request: HttpRequest,
    state: Data<State>,
) -> Result<HttpResponse, Problem> {
    change(&caller, id, &request, &state, |job| Ok(job.publish()?)).await
}

/// Close a job
///
/// Who: the recruiter who owns it and administrators, with scope `jobs:write`. Only an open job can be
/// closed; from then on nobody can apply. It stays visible and cannot be opened again.
#[utoipa::path(
    post,
    path = "/jobs/{id}/close",
    operation_id = "close_job",
    tag = "jobs",
    params(
        ("id" = String, Path, description = "Identifier of the job."),
        ("If-Match" = Option<String>, Header, description = "Entity tag of the version to close; another version: 412."),
    ),
    responses(
        (status = 200, description = "The closed job.", body = Job, headers(("ETag" = String, description = "Tag of the new version."))),
        Protected, BadParameter, Missing, Conflict, Precondition,
    ),
    security(("oauth2" = ["jobs:write"]), ("bearer" = [])),
)]
pub async fn close(
    caller: Commander,
    id: PathId,
    request: HttpRequest,
    state: Data<State>,
) -> Result<HttpResponse, Problem> {
    change(&caller, id, &request, &state, |job| Ok(job.close()?)).await
}

async fn change(
    caller: &Commander,
    id: PathId,
    request: &HttpRequest,
    state: &State,
    decide: impl Fn(&mut Job) -> Result<(), Problem>,
) -> Result<HttpResponse, Problem> {
    let id = id.require()?;
    let if_match = IfMatch::of(request)?;
    let command = jobs_commanded_by(caller);
    for _ in 0..ATTEMPTS {
        let mut job = require(state, &id, &command).await?;
        if_match.check(job.version)?;
        let version = job.version;
        decide(&mut job)?;
        job.version += 1;
        job.updated_at = state.clock.now();
        if with_retry(async || store::replace(&state.db, &job, version).await).await? {
            return Ok(reply::versioned(&job, job.version));
        }
    }
    Err(Reason::ChangedMeanwhile.into())
}

/// The job, if the caller may change it.
pub(super) async fn require(
    state: &State,
    id: &crate::id::Id,
    command: &Command,
) -> Result<Job, Problem> {
    let job = store::find_commanded(&state.db, id, command).await?;
    Ok(job.ok_or(Reason::NotFound)?)
}
