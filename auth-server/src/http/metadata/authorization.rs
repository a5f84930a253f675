//! What the metadata says about authorization requests (RFC 8414 §2, RFC 9126 §5, RFC 9207 §3,
//! OpenID Connect Discovery 1.0 §3; matrix ISS-02, PK-12, MD-07).

use serde_json::{Value, json};

use crate::model::ResponseMode;
use crate::settings::AuthorizationSettings;

/// The members of the authorization endpoint and of pushed requests.
pub(super) fn members(
    settings: &AuthorizationSettings,
    at: impl Fn(&str) -> Value,
) -> Vec<(&'static str, Value)> {
    vec![
        ("authorization_endpoint", at("/oauth2/authorize")),
        ("pushed_authorization_request_endpoint", at("/oauth2/par")),
        (
            "require_pushed_authorization_requests",
            json!(settings.require_pushed),
        ),
        ("response_types_supported", json!(["code"])),
        (
            "response_modes_supported",
            json!(ResponseMode::ALL.map(ResponseMode::as_str)),
        ),
        ("code_challenge_methods_supported", json!(["S256"])),
        (
            "authorization_response_iss_parameter_supported",
            json!(true),
        ),
        (
            "prompt_values_supported",
            json!(["none", "login", "consent", "select_account"]),
        ),
        // The defaults of both are the other way round (OpenID Connect Discovery 1.0 §3).
        ("request_parameter_supported", json!(false)),
        ("request_uri_parameter_supported", json!(false)),
    ]
}
