//! Reading applications: those to a job, one's own, a single one.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use shared_claims::actix::{Admin, AnyRole, Caller, Candidate, OneOf, Recruiter};

use super::model::Application;
use super::store;
use crate::access::{ApplicationsRead, applications_seen_by, jobs_commanded_by, subject};
use crate::app::State;
use crate::http::parameters::Parameters;
use crate::http::path_id::PathId;
use crate::http::{precondition, reply};
use crate::jobs;
use crate::openapi::responses::{BadParameter, Missing, Protected};
use crate::paging::Paged;
use crate::problem::{Problem, Reason};

/// List the applications to a job
///
/// Who: the recruiter who owns the job and administrators, with scope `applications:read`. Newest first.
#[utoipa::path(
    get,
    path = "/jobs/{id}/applications",
    operation_id = "list_applications_to_job",
    tag = "applications",
    params(
        ("id" = String, Path, description = "Identifier of the job."),
        ("limit" = Option<u64>, Query, minimum = 1, maximum = 100, description = "Entries of a page, default 20. Out of range: 400."),
        ("cursor" = Option<String>, Query, description = "`next` of the page before."),
    ),
    responses(
        (status = 200, description = "One page.", body = Paged<Application>, headers(("Link" = String, description = "`rel=\"next\"` when there are more."))),
        Protected, BadParameter, Missing,
    ),
    security(("oauth2" = ["applications:read"]), ("bearer" = [])),
)]
pub async fn list_of_job(
    caller: Caller<OneOf<(Recruiter, Admin)>, ApplicationsRead>,
    id: PathId,
    request: HttpRequest,
    state: Data<State>,
) -> Result<HttpResponse, Problem> {
    let job_id = id.require()?;
    jobs::store::find_commanded(&state.db, &job_id, &jobs_commanded_by(&caller))
        .await?
        .ok_or(Reason::NotFound)?;
    let name = format!("applications to {job_id}");
    let page = Parameters::of(&request).page(&name)?;
    let rows = store::list_of_job(&state.db, &job_id, &page).await?;
    let paged = Paged::new(rows, &page, &name, |application| &application.id);
    let url = state.url(&format!("/jobs/{job_id}/applications"));
    Ok(reply::page(&paged, &page, &url, &[]))
}

/// List one's own applications
///
/// Who: candidates, with scope `applications:read`. Newest first.
#[utoipa::path(
    get,
    path = "/applications/my",
    operation_id = "list_my_applications",
    tag = "applications",
    params(
        ("limit" = Option<u64>, Query, minimum = 1, maximum = 100, description = "Entries of a page, default 20. Out of range: 400."),
        ("cursor" = Option<String>, Query, description = "`next` of the page before."),
    ),
    responses(
        (status = 200, description = "One page.", body = Paged<Application>, headers(("Link" = String, description = "`rel=\"next\"` when there are more."))),
        Protected, BadParameter,
    ),
    security(("oauth2" = ["applications:read"]), ("bearer" = [])),
)]
pub async fn list_of_candidate(
    caller: Caller<Candidate, ApplicationsRead>,
    request: HttpRequest,
    state: Data<State>,
) -> Result<HttpResponse, Problem> {
    let candidate = subject(&caller)?;
    let name = format!("applications of {candidate}");
    let page = Parameters::of(&request).page(&name)?;
    let rows = store::list_of_candidate(&state.db, candidate, &page).await?;
    let paged = Paged::new(rows, &page, &name, |application| &application.id);
    Ok(reply::page(
        &paged,
        &page,
        &state.url("/applications/my"),
        &[],
    ))
}

/// Read an application
///
/// Who: its candidate, the recruiter who owns the job, and administrators, with scope
/// `applications:read`.
#[utoipa::path(
    get,
    path = "/applications/{id}",
    operation_id = "read_application",
    tag = "applications",
    params(
        ("id" = String, Path, description = "Identifier of the application."),
        ("If-None-Match" = Option<String>, Header, description = "Entity tag of the version that the caller has."),
    ),
    responses(
        (status = 200, description = "The application.", body = Application, headers(("ETag" = String, description = "Tag of this version."))),
        (status = 304, description = "The caller has this version."),
        Protected, Missing,
    ),
    security(("oauth2" = ["applications:read"]), ("bearer" = [])),
)]
pub async fn show(
    caller: Caller<AnyRole, ApplicationsRead>,
    id: PathId,
    request: HttpRequest,
    state: Data<State>,
) -> Result<HttpResponse, Problem> {
    let application =
        store::find_visible(&state.db, &id.require()?, &applications_seen_by(&caller))
            .await?
            .ok_or(Reason::NotFound)?;
    if precondition::is_unchanged(&request, application.version) {
        return Ok(reply::not_modified(application.version));
    }
    Ok(reply::versioned(&application, application.version))
}
