//! Reading jobs.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use shared_claims::actix::{AnyRole, Caller};

use super::model::{Job, Status};
use super::store::{self, Filter};
use crate::access::{JobsRead, jobs_seen_by};
use crate::app::State;
use crate::http::parameters::Parameters;
use crate::http::path_id::PathId;
use crate::http::{precondition, reply};
use crate::openapi::responses::{BadParameter, Missing, Protected};
use crate::paging::Paged;
use crate::problem::{Problem, Reason};

/// List jobs
///
/// Who: any role, with scope `jobs:read`. Drafts are listed for their owner and for administrators.
/// Newest first. The next page is in `next` and in the header `Link`.
#[utoipa::path(
    get,
    path = "/jobs",
    operation_id = "list_jobs",
    tag = "jobs",
    params(
        ("q" = Option<String>, Query, max_length = 200, description = "Part of title or description, case-insensitive. At most 200 characters."),
        ("location" = Option<String>, Query, max_length = 200, description = "Part of the location, case-insensitive. At most 200 characters."),
        ("status" = Option<Status>, Query, description = "Only jobs with this status."),
        ("limit" = Option<u64>, Query, minimum = 1, maximum = 100, description = "Entries of a page, default 20. Out of range: 400."),
        ("cursor" = Option<String>, Query, description = "`next` of the page before. Belongs to this list with these filters."),
    ),
    responses(
        (status = 200, description = "One page.", body = Paged<Job>, headers(("Link" = String, description = "`rel=\"next\"` when there are more."))),
        Protected, BadParameter,
    ),
    security(("oauth2" = ["jobs:read"]), ("bearer" = [])),
)]
pub async fn list(
    caller: Caller<AnyRole, JobsRead>,
    request: HttpRequest,
    state: Data<State>,
) -> Result<HttpResponse, Problem> {
    let parameters = Parameters::of(&request);
    let status =
        match parameters.find("status")? {
            None => None,
            Some(text) => Some(Status::parse(text).ok_or_else(|| {
                Problem::parameter("status", "must be one of draft, open, closed")
            })?),
        };
    let filter = Filter {
        text: parameters.filter("q")?,
        location: parameters.filter("location")?,
        status,
    };
    let name = format!("jobs {filter:?}");
    let page = parameters.page(&name)?;
    let rows = store::list(&state.db, &jobs_seen_by(&caller), &filter, &page).await?;
    let filters = [
        ("q", filter.text.as_deref()),
        ("location", filter.location.as_deref()),
        ("status", filter.status.map(Status::as_str)),
    ];
    let paged = Paged::new(rows, &page, &name, |job| &job.id);
    Ok(reply::page(&paged, &page, &state.url("/jobs"), &filters))
}

/// Read a job
///
/// Who: any role, with scope `jobs:read`. A draft exists for its owner and for administrators.
#[utoipa::path(
    get,
    path = "/jobs/{id}",
    operation_id = "read_job",
    tag = "jobs",
    params(
        ("id" = String, Path, description = "Identifier of the job."),
        ("If-None-Match" = Option<String>, Header, description = "Entity tag of the version that the caller has."),
    ),
    responses(
        (status = 200, description = "The job.", body = Job, headers(("ETag" = String, description = "Tag of this version."))),
        (status = 304, description = "The caller has this version."),
        Protected, Missing,
    ),
    security(("oauth2" = ["jobs:read"]), ("bearer" = [])),
)]
pub async fn show(
    caller: Caller<AnyRole, JobsRead>,
    id: PathId,
    request: HttpRequest,
    state: Data<State>,
) -> Result<HttpResponse, Problem> {
    let job = store::find_visible(&state.db, &id.require()?, &jobs_seen_by(&caller))
        .await?
        .ok_or(Reason::NotFound)?;
    if precondition::is_unchanged(&request, job.version) {
        return Ok(reply::not_modified(job.version));
    }
    Ok(reply::versioned(&job, job.version))
}
