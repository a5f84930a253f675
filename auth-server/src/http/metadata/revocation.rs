//! What the metadata says about the end of tokens (RFC 8414 §2, RFC 9701 §7,
//! draft-ietf-oauth-status-list-21 §9.1; matrix REV-12, JWI-05, TSL-12).

use serde_json::{Value, json};

use crate::client_auth;
use crate::context::AppState;
use crate::model::Algorithm;

/// Where tokens are given back and asked about, and who may.
pub(super) fn members(state: &AppState, at: impl Fn(&str) -> Value) -> Vec<(&'static str, Value)> {
    let algorithms: Vec<&str> = state
        .keys
        .algorithms()
        .into_iter()
        .map(Algorithm::as_str)
        .collect();
    // Who is nobody in particular may give tokens back, and not ask about them (matrix INT-03).
    let proofs: Vec<&str> = client_auth::METHODS
        .into_iter()
        .filter(|method| *method != "none")
        .collect();
    vec![
        ("revocation_endpoint", at("/oauth2/revoke")),
        (
            "revocation_endpoint_auth_methods_supported",
            json!(client_auth::METHODS),
        ),
        (
            "revocation_endpoint_auth_signing_alg_values_supported",
            json!(client_auth::SIGNING_ALGORITHMS),
        ),
        ("introspection_endpoint", at("/oauth2/introspect")),
        (
            "introspection_endpoint_auth_methods_supported",
            json!(proofs),
        ),
        (
            "introspection_endpoint_auth_signing_alg_values_supported",
            json!(client_auth::SIGNING_ALGORITHMS),
        ),
        (
            "introspection_signing_alg_values_supported",
            json!(algorithms),
        ),
        ("status_list_aggregation_endpoint", at("/oauth2/status")),
    ]
}
