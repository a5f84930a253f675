//! Deleting a job, as long as nobody has applied: drafts always, published ones only without
//! applications. A job with applications is closed instead, for its history is kept.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use shared_claims::actix::{Admin, Caller, OneOf, Recruiter};

use super::change::{ATTEMPTS, require};
use super::store;
use crate::access::{JobsWrite, jobs_commanded_by};
use crate::app::State;
use crate::http::path_id::PathId;
use crate::http::precondition::IfMatch;
use crate::http::reply;
use crate::openapi::responses::{BadParameter, Conflict, Missing, Precondition, Protected};
use crate::problem::{Problem, Reason};
use crate::store::{StoreError, with_retry};

/// Delete a job
///
/// Who: the recruiter who owns it and administrators, with scope `jobs:write`. A job with applications
/// cannot be deleted (409); close it instead.
#[utoipa::path(
    delete,
    path = "/jobs/{id}",
    operation_id = "delete_job",
    tag = "jobs",
    params(
        ("id" = String, Path, description = "Identifier of the job."),
        ("If-Match" = Option<String>, Header, description = "Entity tag of the version to delete; another version: 412."),
    ),
    responses(
        (status = 204, description = "Gone."),
        Protected, BadParameter, Missing, Conflict, Precondition,
    ),
    security(("oauth2" = ["jobs:write"]), ("bearer" = [])),
)]
pub async fn remove(
    caller: Caller<OneOf<(Recruiter, Admin)>, JobsWrite>,
    id: PathId,
    request: HttpRequest,
    state: Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = id.require()?;
    let if_match = IfMatch::of(&request)?;
    let command = jobs_commanded_by(&caller);
    for _ in 0..ATTEMPTS {
        let job = require(&state, &id, &command).await?;
        if_match.check(job.version)?;
        match with_retry(async || store::delete(&state.db, &id, job.version).await).await {
            Ok(true) => return Ok(reply::done()),
            Ok(false) => {}
            Err(StoreError::Referenced(_)) => return Err(Reason::JobHasApplications.into()),
            Err(cause) => return Err(cause.into()),
        }
    }
    Err(Reason::ChangedMeanwhile.into())
}
