//! A client as its owner sees it: all registered metadata with defaults (RFC 7591 §3.2.1; matrix DCR-02).

use serde_json::{Map, Value, json};

use crate::model::{Algorithm, Client, GrantType};
use crate::settings::Settings;

/// The members of the answer, secrets aside. Members without a value are left out.
pub(super) fn metadata(client: &Client, settings: &Settings) -> Map<String, Value> {
    let said = &client.metadata;
    let base = settings.issuer.as_str().trim_end_matches('/');
    let grants = client.grant_types.iter().map(|grant| grant.as_str());
    let has_code = client.may_use(GrantType::AuthorizationCode);
    let id_token_alg = said.id_token_alg.unwrap_or(settings.keys.algorithm);
    let name = |algorithm: Option<Algorithm>| algorithm.map(Algorithm::as_str);
    let members = [
        ("client_id", json!(client.id.as_str())),
        ("client_id_issued_at", json!(client.created_at.as_seconds())),
        (
            "registration_client_uri",
            json!(format!("{base}/oauth2/register/{}", client.id)),
        ),
        (
            "client_secret_expires_at",
            // RFC 7591 §3.2.1: 0 means never.
            json!(client.auth_method.uses_secret().then_some(0)),
        ),
        ("client_name", json!(client.name)),
        ("application_type", json!(said.application_type.as_str())),
        ("redirect_uris", json!(client.redirect_uris)),
        (
            "token_endpoint_auth_method",
            json!(client.auth_method.as_str()),
        ),
        ("grant_types", json!(grants.collect::<Vec<_>>())),
        (
            "response_types",
            json!(if has_code { vec!["code"] } else { Vec::new() }),
        ),
        ("scope", json!(client.scopes.to_string())),
        ("subject_type", json!(said.subject_type.as_str())),
        ("id_token_signed_response_alg", json!(id_token_alg.as_str())),
        (
            "userinfo_signed_response_alg",
            json!(name(said.userinfo_alg)),
        ),
        (
            "introspection_signed_response_alg",
            json!(name(said.introspection_alg)),
        ),
        (
            "token_endpoint_auth_signing_alg",
            json!(name(said.auth_signing_alg)),
        ),
        ("sector_identifier_uri", json!(said.sector_identifier_uri)),
        ("jwks", json!(said.jwks)),
        ("jwks_uri", json!(said.jwks_uri)),
        ("default_max_age", json!(said.default_max_age)),
        ("require_auth_time", json!(said.require_auth_time)),
        ("default_acr_values", json!(said.default_acr_values)),
        ("initiate_login_uri", json!(said.initiate_login_uri)),
        (
            "post_logout_redirect_uris",
            json!(said.post_logout_redirect_uris),
        ),
        ("backchannel_logout_uri", json!(said.backchannel_logout_uri)),
        (
            "backchannel_logout_session_required",
            json!(said.backchannel_logout_session_required),
        ),
        (
            "frontchannel_logout_uri",
            json!(said.frontchannel_logout_uri),
        ),
        (
            "frontchannel_logout_session_required",
            json!(said.frontchannel_logout_session_required),
        ),
        (
            "require_pushed_authorization_requests",
            json!(said.require_pushed_authorization_requests),
        ),
        ("client_uri", json!(said.client_uri)),
        ("logo_uri", json!(said.logo_uri)),
        ("tos_uri", json!(said.tos_uri)),
        ("policy_uri", json!(said.policy_uri)),
        ("contacts", json!(said.contacts)),
        ("software_id", json!(said.software_id)),
        ("software_version", json!(said.software_version)),
    ];
    let localized = said
        .localized
        .iter()
        .map(|(name, text)| (name.clone(), json!(text)));
    members
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .chain(localized)
        .filter(|(name, value)| !is_absent(name, value))
        .collect()
}

/// Lists that say something by being empty stay.
fn is_absent(name: &str, value: &Value) -> bool {
    let may_be_empty = matches!(name, "redirect_uris" | "grant_types" | "response_types");
    value.is_null() || (!may_be_empty && value.as_array().is_some_and(Vec::is_empty))
}
