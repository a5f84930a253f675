//! `/metrics` in the text format of Prometheus.
//!
//! The recorder belongs to the application, not to the process, so that several applications (tests)
//! live side by side. Labels are bounded: method, route template, status, and the reasons of refusals.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::Data;
use metrics::{Key, KeyName, Label, Level, Metadata, Recorder as _, SharedString};
use metrics_exporter_prometheus::{
    Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};
use shared_claims::remote::RemoteKeys;

use super::metric_help::METRIC_HELP;
use crate::app::State;

const DURATION: &str = "http_request_duration_seconds";

/// Upper bounds of the duration buckets in seconds.
const BUCKETS: [f64; 11] = [
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0,
];

const METADATA: Metadata<'static> = Metadata::new(module_path!(), Level::INFO, None);

/// The counters of one application.
pub struct Metrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
}

impl Metrics {
    /// Empty counters.
    pub fn new() -> Self {
        let builder = PrometheusBuilder::new();
        let builder = builder
            .set_buckets_for_metric(Matcher::Full(DURATION.to_owned()), &BUCKETS)
            .unwrap_or_else(|_| PrometheusBuilder::new());
        let recorder = builder.build_recorder();
        for (name, description) in METRIC_HELP {
            // The exporter keeps one description for each name, whatever its kind.
            recorder.describe_gauge(
                KeyName::from_const_str(name),
                None,
                SharedString::const_str(description),
            );
        }
        let handle = recorder.handle();
        Self { recorder, handle }
    }

    /// Counts one answered request.
    pub fn observe(&self, method: &'static str, route: String, status: u16, took: Duration) {
        let labels = vec![
            Label::from_static_parts("method", method),
            Label::new("route", route),
        ];
        self.recorder
            .register_histogram(&Key::from_parts(DURATION, labels.clone()), &METADATA)
            .record(took.as_secs_f64());
        let mut labels = labels;
        labels.push(Label::new("status", status.to_string()));
        self.recorder
            .register_counter(&Key::from_parts("http_requests_total", labels), &METADATA)
            .increment(1);
    }

    /// Moves samples into their buckets; to be called now and then even when nobody reads.
    pub fn upkeep(&self) {
        self.handle.run_upkeep();
    }

    /// All metrics as text, with those of the verifier.
    pub fn render(&self, keys: &RemoteKeys) -> String {
        self.take_over(keys);
        self.handle.run_upkeep();
        self.handle.render()
    }

    fn take_over(&self, keys: &RemoteKeys) {
        let stats = keys.stats();
        self.gauge("auth_keys_ready", if keys.is_ready() { 1.0 } else { 0.0 });
        if let Some(age) = keys.age() {
            self.gauge("auth_keys_age_seconds", age.as_secs_f64());
        }
        self.total("auth_tokens_accepted_total", None, stats.accepted());
        self.total("auth_tokens_recognised_total", None, stats.recognised());
        for (reason, count) in stats.refusals() {
            self.total("auth_tokens_refused_total", Some(reason), count);
        }
        self.total("auth_key_fetches_total", None, stats.fetches());
        for (reason, count) in stats.failures() {
            self.total("auth_key_fetch_failures_total", Some(reason), count);
        }
        self.take_over_status(keys);
    }

    fn take_over_status(&self, keys: &RemoteKeys) {
        let (lists, stream) = (keys.stats().lists(), keys.stats().stream());
        self.gauge("auth_status_lists", exact(keys.status_lists() as u64));
        self.gauge("auth_status_list_bytes", exact(keys.status_bytes()));
        if let Some(age) = keys.status_age() {
            self.gauge("auth_status_age_seconds", age.as_secs_f64());
        }
        self.total("auth_status_fetches_total", None, lists.fetches());
        self.total("auth_status_not_modified_total", None, lists.not_modified());
        for (reason, count) in lists.failures() {
            self.total("auth_status_fetch_failures_total", Some(reason), count);
        }
        let open = if stream.is_connected() { 1.0 } else { 0.0 };
        self.gauge("auth_status_stream_open", open);
        for (name, count) in [
            ("auth_status_stream_connections_total", stream.connections()),
            ("auth_status_stream_failures_total", stream.failures()),
            ("auth_status_stream_events_total", stream.events()),
            ("auth_status_stream_resets_total", stream.resets()),
            ("auth_status_stream_denied_total", stream.denied()),
        ] {
            self.total(name, None, count);
        }
    }

    fn gauge(&self, name: &'static str, value: f64) {
        self.recorder
            .register_gauge(&Key::from_static_name(name), &METADATA)
            .set(value);
    }

    fn total(&self, name: &'static str, reason: Option<&'static str>, count: u64) {
        let labels: Vec<Label> = reason
            .map(|reason| Label::from_static_parts("reason", reason))
            .into_iter()
            .collect();
        self.recorder
            .register_counter(&Key::from_parts(name, labels), &METADATA)
            .absolute(count);
    }
}

/// Prometheus knows floats only; counts of lists and bytes stay far below where those lose precision.
fn exact(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

/// Metrics for Prometheus
///
/// Who: everybody who can reach the port; keep it inside.
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "metrics",
    tag = "operation",
    responses((status = 200, description = "Text format of Prometheus.", body = String, content_type = "text/plain")),
)]
pub async fn metrics(state: Data<State>) -> HttpResponse {
    let text = state.metrics.render(state.resource.keys());
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(text)
}
