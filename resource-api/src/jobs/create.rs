//! Making a job: always a draft.

use actix_web::HttpResponse;
use actix_web::web::Data;
use shared_claims::actix::{Admin, Caller, OneOf, Recruiter};

use super::model::{Content, Job};
use super::{input, store};
use crate::access::{JobsWrite, subject};
use crate::app::State;
use crate::http::body::Body;
use crate::http::reply;
use crate::openapi::responses::{BadBody, Protected};
use crate::problem::Problem;
use crate::store::with_retry;

/// Make a job
///
/// Who: recruiters and administrators, with scope `jobs:write`. The caller becomes the owner; the job
/// is a draft until it is published.
#[utoipa::path(
    post,
    path = "/jobs",
    operation_id = "create_job",
    tag = "jobs",
    request_body = Content,
    responses(
        (status = 201, description = "The draft.", body = Job, headers(
            ("Location" = String, description = "URL of the job."),
            ("ETag" = String, description = "Tag of this version."),
        )),
        Protected, BadBody,
    ),
    security(("oauth2" = ["jobs:write"]), ("bearer" = [])),
)]
pub async fn create(
    caller: Caller<OneOf<(Recruiter, Admin)>, JobsWrite>,
    body: Body,
    state: Data<State>,
) -> Result<HttpResponse, Problem> {
    let owner = subject(&caller)?;
    let content = input::new(body.object().await?)?;
    let now = state.clock.now();
    let job = Job::draft(state.random.id(now), owner, content, now);
    with_retry(async || store::insert(&state.db, &job).await).await?;
    let location = state.url(&format!("/jobs/{}", job.id));
    Ok(reply::created(&job, job.version, location))
}
