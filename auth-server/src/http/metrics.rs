//! `GET /metrics`: counters and histograms in Prometheus text. Labels are route templates, grants and
//! reasons; never a user, a client or an address.

use std::sync::OnceLock;

use actix_web::HttpResponse;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// The recorder of the process. Metrics are the one static that the house rules allow.
static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Seconds; from a cached answer to a queued password hash.
const DURATIONS: [f64; 10] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1.0, 5.0,
];

/// Installs the recorder; later calls do nothing.
pub fn install() {
    RECORDER.get_or_init(|| {
        let buckets = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &DURATIONS);
        match buckets.map(PrometheusBuilder::install_recorder) {
            Ok(Ok(handle)) => Some(handle),
            Ok(Err(error)) | Err(error) => {
                tracing::warn!(cause = %error, "metrics are off");
                None
            }
        }
    });
}

/// Frees what idle histograms hold; called by a background task.
pub fn upkeep() {
    if let Some(Some(handle)) = RECORDER.get() {
        handle.run_upkeep();
    }
}

/// Prometheus text.
#[utoipa::path(
    get, path = "/metrics", tag = "Operation", operation_id = "metrics",
    responses((status = 200, description = "Prometheus text", content_type = "text/plain")),
)]
pub(super) async fn metrics() -> HttpResponse {
    let text = RECORDER
        .get()
        .and_then(Option::as_ref)
        .map(PrometheusHandle::render);
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(text.unwrap_or_default())
}
