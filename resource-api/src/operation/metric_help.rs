//! Every metric and what it tells, in one sentence: the line `# HELP` of `/metrics`, and the table in
//! `docs/jobs-api.md`, which a test holds to this one.

/// Name and sentence of every metric.
pub const METRIC_HELP: &[(&str, &str)] = &[
    (
        "http_requests_total",
        "Requests answered, by method, route template and status.",
    ),
    (
        "http_request_duration_seconds",
        "Time from a request to its answer, by method and route template.",
    ),
    (
        "auth_keys_ready",
        "1 while tokens can be judged, 0 otherwise.",
    ),
    (
        "auth_keys_age_seconds",
        "Time since the issuer last confirmed its keys; absent before the first time.",
    ),
    ("auth_tokens_accepted_total", "Tokens accepted."),
    (
        "auth_tokens_recognised_total",
        "Tokens whose signature was checked before and not checked again.",
    ),
    ("auth_tokens_refused_total", "Tokens refused, by reason."),
    (
        "auth_key_fetches_total",
        "Attempts to fetch the issuer's keys.",
    ),
    (
        "auth_key_fetch_failures_total",
        "Those that failed, by reason.",
    ),
    ("auth_status_lists", "Status lists at hand."),
    ("auth_status_list_bytes", "Bytes that they take in memory."),
    (
        "auth_status_age_seconds",
        "Time since the issuer last confirmed the status list that has waited longest; absent without one.",
    ),
    (
        "auth_status_fetches_total",
        "Attempts to fetch a status list.",
    ),
    (
        "auth_status_not_modified_total",
        "Those that confirmed the list at hand.",
    ),
    (
        "auth_status_fetch_failures_total",
        "Those that failed, by reason.",
    ),
    (
        "auth_status_stream_open",
        "1 while the issuer's stream of revocations is heard, 0 otherwise.",
    ),
    (
        "auth_status_stream_connections_total",
        "How often the stream was opened.",
    ),
    (
        "auth_status_stream_failures_total",
        "Attempts to open it that failed, and streams that broke.",
    ),
    (
        "auth_status_stream_events_total",
        "Changes that came by the stream.",
    ),
    (
        "auth_status_stream_resets_total",
        "Orders of the stream to fetch all lists again.",
    ),
    (
        "auth_status_stream_denied_total",
        "Tokens and sessions that the stream ended ahead of the next list.",
    ),
];
