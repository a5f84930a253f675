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

/// What is counted, for those who build dashboards of it.
const COUNTERS: [(&str, &str); 9] = [
    (
        "http_requests_total",
        "Requests by method, route template and status.",
    ),
    ("tokens_issued_total", "Access tokens by grant."),
    ("codes_issued_total", "Authorization codes."),
    (
        "auth_refusals_total",
        "Requests refused, by reason (docs/errors.md).",
    ),
    (
        "auth_faults_total",
        "Requests that failed by our fault, by what was being done.",
    ),
    (
        "auth_logout_deliveries_total",
        "Logout tokens sent to clients, by outcome.",
    ),
    (
        "password_hash_refused_total",
        "Logins refused because the queue for hashing was too long.",
    ),
    ("status_lists_signed_total", "Status lists signed."),
    (
        "status_indexes_reused_total",
        "Places of status lists that several tokens share because the database was away.",
    ),
];
const GAUGES: [(&str, &str); 1] = [("status_listeners", "Open event streams of status lists.")];
const HISTOGRAMS: [(&str, &str); 2] = [
    (
        "http_request_duration_seconds",
        "Time from a request to its answer, by route template.",
    ),
    (
        "password_hash_seconds",
        "Time of one password hash, without the queue.",
    ),
];

/// Installs the recorder; later calls do nothing.
pub fn install() {
    RECORDER.get_or_init(|| {
        let buckets = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &DURATIONS);
        match buckets.map(PrometheusBuilder::install_recorder) {
            Ok(Ok(handle)) => {
                describe();
                Some(handle)
            }
            Ok(Err(error)) | Err(error) => {
                tracing::warn!(cause = %error, "metrics are off");
                None
            }
        }
    });
}

fn describe() {
    for (name, text) in COUNTERS {
        metrics::describe_counter!(name, text);
    }
    for (name, text) in GAUGES {
        metrics::describe_gauge!(name, text);
    }
    for (name, text) in HISTOGRAMS {
        metrics::describe_histogram!(name, metrics::Unit::Seconds, text);
    }
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
