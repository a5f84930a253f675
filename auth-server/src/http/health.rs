//! `GET /livez` and `GET /readyz`: is the process alive, and can it serve?

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, RETRY_AFTER};
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use crate::context::AppState;

/// What readiness depends on.
#[derive(Serialize, ToSchema)]
pub(super) struct Readiness {
    /// `ready` or `not ready`.
    status: &'static str,
    /// The database answers.
    database: bool,
    /// There is a key to sign with.
    signing_key: bool,
}

/// Alive: the process answers.
#[utoipa::path(
    get, path = "/livez", tag = "Operation", operation_id = "livez",
    responses((status = 200, description = "Alive")),
)]
pub(super) async fn livez() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(serde_json::json!({ "status": "alive" }))
}

/// Ready: the database answers and there is a key to sign with.
#[utoipa::path(
    get, path = "/readyz", tag = "Operation", operation_id = "readyz",
    responses(
        (status = 200, description = "Ready", body = Readiness),
        (status = 503, description = "Not ready; the body says what is missing", body = Readiness),
    ),
)]
pub(super) async fn readyz(state: Data<AppState>) -> HttpResponse {
    let database = match state.store.ping().await {
        Ok(()) => true,
        Err(fault) => {
            tracing::warn!(cause = fault.chain(), "the database does not answer");
            false
        }
    };
    let signing_key = state.keys.signer(None).is_ok();
    let is_ready = database && signing_key;
    let mut response = if is_ready {
        HttpResponse::Ok()
    } else {
        let mut unavailable = HttpResponse::ServiceUnavailable();
        unavailable.insert_header((RETRY_AFTER, "2"));
        unavailable
    };
    let status = if is_ready { "ready" } else { "not ready" };
    response
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(Readiness { status, database, signing_key })
}
