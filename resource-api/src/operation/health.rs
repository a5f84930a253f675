//! `/livez`: the process answers. `/readyz`: it can do its work, or what is missing for that.
//!
//! Nothing here calls the authorization server: keys are fetched in the background, and the service
//! becomes ready by itself when they arrive.

use actix_web::HttpResponse;
use actix_web::http::header::RETRY_AFTER;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::State;
use crate::store;

/// State of the service and of what it needs.
#[derive(Debug, Serialize, ToSchema)]
pub struct Readiness {
    /// Whether everything is there.
    #[schema(example = true)]
    ready: bool,
    /// `ok`, or what is wrong with the database.
    #[schema(example = "ok")]
    database: &'static str,
    /// `ok`, or what is wrong with the issuer's keys.
    #[schema(example = "ok")]
    keys: &'static str,
}

/// Is the process alive
///
/// Who: everybody.
#[utoipa::path(
    get,
    path = "/livez",
    operation_id = "livez",
    tag = "operation",
    responses((status = 200, description = "It answers.", body = Object, example = json!({"alive": true}))),
)]
pub async fn livez() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({"alive": true}))
}

/// Can the service do its work
///
/// Who: everybody.
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "readyz",
    tag = "operation",
    responses(
        (status = 200, description = "Everything is there.", body = Readiness),
        (status = 503, description = "Something is missing.", body = Readiness),
    ),
)]
pub async fn readyz(state: Data<State>) -> HttpResponse {
    let database = match store::ping(&state.db).await {
        Ok(()) => "ok",
        Err(_) => "does not answer",
    };
    let keys = match (
        state.resource.keys().is_ready(),
        state.resource.keys().age(),
    ) {
        (true, _) => "ok",
        (false, None) => "not fetched from the issuer yet",
        (false, Some(_)) => {
            "too old: the issuer has not answered for longer than auth.max_staleness"
        }
    };
    let ready = database == "ok" && keys == "ok";
    let body = Readiness {
        ready,
        database,
        keys,
    };
    if ready {
        HttpResponse::Ok().json(body)
    } else {
        HttpResponse::ServiceUnavailable()
            .insert_header((RETRY_AFTER, "1"))
            .json(body)
    }
}
