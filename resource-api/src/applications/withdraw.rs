//! Withdrawing an application: it is deleted with its history, unless it is decided already.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use shared_claims::actix::{Caller, Candidate};

use super::store;
use crate::access::{ApplicationsWrite, applications_withdrawn_by};
use crate::app::State;
use crate::http::path_id::PathId;
use crate::http::precondition::IfMatch;
use crate::http::reply;
use crate::openapi::responses::{BadParameter, Conflict, Missing, Precondition, Protected};
use crate::problem::{Problem, Reason};
use crate::store::with_retry;

/// How often a withdrawal is tried again while recruiters move the application.
const ATTEMPTS: usize = 8;

/// Withdraw an application
///
/// Who: its candidate, with scope `applications:write`. The application is deleted, and the candidate
/// may apply again. In the stages `hired` and `rejected` it is decided and stays (409).
#[utoipa::path(
    delete,
    path = "/applications/{id}",
    operation_id = "withdraw_application",
    tag = "applications",
    params(
        ("id" = String, Path, description = "Identifier of the application."),
        ("If-Match" = Option<String>, Header, description = "Entity tag of the version to withdraw; another version: 412."),
    ),
    responses(
        (status = 204, description = "Withdrawn."),
        Protected, BadParameter, Missing, Conflict, Precondition,
    ),
    security(("oauth2" = ["applications:write"]), ("bearer" = [])),
)]
pub async fn withdraw(
    caller: Caller<Candidate, ApplicationsWrite>,
    id: PathId,
    request: HttpRequest,
    state: Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = id.require()?;
    let if_match = IfMatch::of(&request)?;
    let own = applications_withdrawn_by(&caller);
    for _ in 0..ATTEMPTS {
        let found = store::find_visible(&state.db, &id, &own)
            .await?
            .ok_or(Reason::NotFound)?;
        if_match.check(found.version)?;
        if found.stage.is_decided() {
            return Err(Reason::ApplicationDecided.into());
        }
        if with_retry(async || store::delete(&state.db, &id, found.version).await).await? {
            return Ok(reply::done());
        }
    }
    Err(Reason::ChangedMeanwhile.into())
}
