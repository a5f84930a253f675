//! Protected resource metadata (RFC 9728): what this API says about itself to clients.

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Data;
use shared_claims::Scope;
use shared_claims::actix::{ResourceMetadata, ResourceMetadataError};

use crate::app::State;
use crate::openapi::SCOPES;
use crate::settings::Settings;

/// Where the document is when the identifier has no path; otherwise that path follows (RFC 9728 §3.1).
pub const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// Identifier, scopes, name, documentation.
///
/// # Errors
/// `public_url` is not a resource identifier.
pub fn resource(settings: &Settings) -> Result<ResourceMetadata, ResourceMetadataError> {
    let scopes = SCOPES
        .iter()
        .filter_map(|(scope, _)| Scope::parse(scope).ok());
    Ok(ResourceMetadata::new(&settings.public_url)?
        .scopes(scopes)
        .name("Jobs API")
        .documentation(format!("{}/docs", settings.public_url)))
}

/// Metadata of this protected resource
///
/// Who: everybody. RFC 9728: the identifier of this API, its issuer, its scopes.
#[utoipa::path(
    get,
    path = "/.well-known/oauth-protected-resource",
    operation_id = "protected_resource_metadata",
    tag = "operation",
    responses((status = 200, description = "The metadata.", body = Object, example = json!({
        "resource": "http://localhost:8081",
        "authorization_servers": ["http://localhost:8080"],
        "bearer_methods_supported": ["header"],
    }))),
)]
pub async fn protected_resource(state: Data<State>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "public, max-age=300"))
        .json(state.resource.metadata())
}
