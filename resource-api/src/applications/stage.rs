//! Moving an application through its stages.
//!
//! The move is decided on the version that was read and written to exactly that version: two recruiters
//! who press the same button at once make one step, not two, and the history tells who.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use shared_claims::actix::{Admin, Caller, OneOf, Recruiter};

use super::input::{self, StageMove};
use super::model::{Application, StageChange};
use super::store;
use crate::access::{ApplicationsWrite, applications_moved_by, subject};
use crate::app::State;
use crate::http::body::Body;
use crate::http::path_id::PathId;
use crate::http::precondition::IfMatch;
use crate::http::reply;
use crate::openapi::responses::{BadBody, Conflict, Missing, Precondition, Protected};
use crate::problem::{Problem, Reason};
use crate::store::{Outcome, transaction};

/// How often a move without `If-Match` is decided again before the caller gets 409.
const ATTEMPTS: usize = 8;

/// Move an application to another stage
///
/// Who: the recruiter who owns the job and administrators, with scope `applications:write`. Legal moves:
/// `applied → screening → interview → offer → hired`, one step at a time, and `rejected` from any other
/// stage. Everything else is 409.
#[utoipa::path(
    post,
    path = "/applications/{id}/stage",
    operation_id = "move_application",
    tag = "applications",
    params(
        ("id" = String, Path, description = "Identifier of the application."),
        ("If-Match" = Option<String>, Header, description = "Entity tag of the version to move; another version: 412."),
    ),
    request_body = StageMove,
    responses(
        (status = 200, description = "The application in its new stage.", body = Application, headers(("ETag" = String, description = "Tag of the new version."))),
        Protected, BadBody, Missing, Conflict, Precondition,
    ),
    security(("oauth2" = ["applications:write"]), ("bearer" = [])),
)]
pub async fn move_stage(
    caller: Caller<OneOf<(Recruiter, Admin)>, ApplicationsWrite>,
    id: PathId,
    request: HttpRequest,
    body: Body,
    state: Data<State>,
) -> Result<HttpResponse, Problem> {
    let by = subject(&caller)?;
    let wanted = input::stage_move(body.object().await?)?;
    let id = id.require()?;
    let if_match = IfMatch::of(&request)?;
    let sight = applications_moved_by(&caller);
    for _ in 0..ATTEMPTS {
        let found = store::find_visible(&state.db, &id, &sight)
            .await?
            .ok_or(Reason::NotFound)?;
        if_match.check(found.version)?;
        let version = found.version;
        let moved = decide(found, &wanted, by, &state)?;
        let kept = transaction(&state.db, async |transaction| {
            let is_ours = store::move_stage(transaction, &moved, version).await?;
            Ok(if is_ours {
                Outcome::Commit(())
            } else {
                Outcome::RollBack(())
            })
        });
        if kept.await?.is_ok() {
            return Ok(reply::versioned(&moved, moved.version));
        }
    }
    Err(Reason::ChangedMeanwhile.into())
}

fn decide(
    application: Application,
    wanted: &StageMove,
    by: &str,
    state: &State,
) -> Result<Application, Problem> {
    let (from, to) = (application.stage, wanted.stage);
    if !from.may_become(to) {
        let detail = format!("`{}` cannot follow `{}`.", to.as_str(), from.as_str());
        return Err(Problem::from(Reason::IllegalStage).with_detail(detail));
    }
    let at = state.clock.now();
    let note = wanted.note.clone();
    Ok(application.moved(StageChange {
        stage: to,
        at,
        by: by.to_owned(),
        note,
    }))
}
