//! The two discovery documents, derived from what is registered and enabled
//! (RFC 8414 §2, OpenID Connect Discovery 1.0 §3; matrix MD-01 to MD-08).

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Data;
use serde_json::{Map, Value, json};

use crate::context::AppState;
use crate::protocol::scope::USER_SCOPES;
use crate::settings::RegistrationMode;
use crate::{client_auth, grants};

mod authorization;
mod logout;
mod openid;
mod revocation;

/// Server metadata under the name of OpenID Connect.
#[utoipa::path(
    get,
    path = "/.well-known/openid-configuration",
    tag = "Discovery",
    operation_id = "openidConfiguration",
    responses((status = 200, description = "Server metadata", content_type = "application/json")),
)]
pub(super) async fn openid_configuration(state: Data<AppState>) -> HttpResponse {
    answer(&state)
}

/// Server metadata under the name of RFC 8414.
#[utoipa::path(
    get,
    path = "/.well-known/oauth-authorization-server",
    tag = "Discovery",
    operation_id = "oauthAuthorizationServer",
    responses((status = 200, description = "Server metadata", content_type = "application/json")),
)]
pub(super) async fn oauth_authorization_server(state: Data<AppState>) -> HttpResponse {
    answer(&state)
}

/// One document under both names, so that they cannot disagree (matrix MD-05).
fn answer(state: &AppState) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "public, max-age=300"))
        .json(document(state))
}

fn document(state: &AppState) -> Map<String, Value> {
    let settings = &state.settings;
    let catalogue = state.directory.catalogue();
    // Those of OpenID Connect are nobody's to register.
    let registered = catalogue.scopes.iter().map(String::as_str);
    let scopes: BTreeSet<&str> = registered.chain(USER_SCOPES).collect();
    let issuer = settings.issuer.as_str();
    let at = |path: &str| json!(format!("{}{path}", issuer.trim_end_matches('/')));
    let grant_types: Vec<&str> = grants::offered(settings)
        .map(|grant| grant.grant_type().as_str())
        .collect();
    let members = [
        ("issuer", json!(issuer)),
        ("token_endpoint", at("/oauth2/token")),
        ("jwks_uri", at("/.well-known/jwks.json")),
        ("scopes_supported", json!(scopes)),
        ("grant_types_supported", json!(grant_types)),
        (
            "token_endpoint_auth_methods_supported",
            json!(client_auth::METHODS),
        ),
        (
            "token_endpoint_auth_signing_alg_values_supported",
            json!(client_auth::SIGNING_ALGORITHMS),
        ),
        (
            "registration_endpoint",
            match settings.registration.mode {
                RegistrationMode::Off => Value::Null,
                _ => at("/oauth2/register"),
            },
        ),
        ("protected_resources", json!(catalogue.resources)),
        (
            "service_documentation",
            if settings.docs_ui.enabled {
                at("/docs")
            } else {
                Value::Null
            },
        ),
    ];
    members
        .into_iter()
        .chain(authorization::members(&settings.authorization, at))
        .chain(logout::members(at))
        .chain(revocation::members(state, at))
        .chain(openid::members(state, at))
        // RFC 8414 §3.2: claims with zero elements are omitted.
        .filter(|(_, value)| {
            !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty())
        })
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
