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
    /// The database answers, and took the last write.
    database: bool,
    /// There is a key to sign with.
    signing_key: bool,
    /// What fails at present, in words; absent when ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    failing: Option<&'static str>,
}

impl Readiness {
    /// Before there are services.
    pub(super) fn waiting(failing: &'static str) -> Self {
        Self {
            status: "not ready",
            database: false,
            signing_key: false,
            failing: Some(failing),
        }
    }

    /// 200 or 503, never cached.
    pub(super) fn answer(self) -> HttpResponse {
        let mut response = if self.failing.is_none() {
            HttpResponse::Ok()
        } else {
            let mut unavailable = HttpResponse::ServiceUnavailable();
            unavailable.insert_header((RETRY_AFTER, "2"));
            unavailable
        };
        response
            .insert_header((CACHE_CONTROL, "no-store"))
            .json(self)
    }
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
    let database = state.store.ping().await.err();
    let signing_key = state.keys.signer(None).err();
    for fault in [&database, &signing_key].into_iter().flatten() {
        tracing::warn!(cause = fault.chain(), "not ready");
    }
    let failing = database
        .as_ref()
        .or(signing_key.as_ref())
        .map(|fault| fault.doing);
    Readiness {
        status: if failing.is_none() {
            "ready"
        } else {
            "not ready"
        },
        database: database.is_none(),
        signing_key: signing_key.is_none(),
        failing,
    }
    .answer()
}
