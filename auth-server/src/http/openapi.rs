//! `GET /openapi.json`: the OpenAPI 3.1 document, gathered from the handlers (matrix RS-16).

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Data;
use serde::Deserialize;
use utoipa::openapi::security::{
    Flow, Http, HttpAuthScheme, OAuth2, Password, Scopes, SecurityScheme,
};
use utoipa::openapi::server::Server;
use utoipa::{OpenApi, ToSchema};

use super::{health, jwks, login, metadata, metrics, respond, token};
use crate::context::AppState;
use crate::grants;
use crate::model::GrantType;
use crate::settings::Settings;

/// Form of a token request (RFC 6749 §4.3.2, §4.4.2, §6). Documentation only; `protocol::form` reads.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "the schema of a form that is parsed by hand")]
pub(super) struct TokenRequest {
    /// `client_credentials`, `password` or `refresh_token`.
    grant_type: String,
    /// The client, unless it authenticates by HTTP Basic.
    client_id: Option<String>,
    /// The client's secret, unless it authenticates by HTTP Basic.
    #[schema(format = Password)]
    client_secret: Option<String>,
    /// Space-separated; the client's default when absent.
    scope: Option<String>,
    /// For `password`.
    username: Option<String>,
    /// For `password`.
    #[schema(format = Password)]
    password: Option<String>,
    /// For `refresh_token`.
    #[schema(format = Password)]
    refresh_token: Option<String>,
}

/// Form of `POST /auth/login`. Documentation only; `protocol::form` reads.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "the schema of a form that is parsed by hand")]
pub(super) struct LoginRequest {
    /// User name or e-mail address.
    username: String,
    /// The password.
    #[schema(format = Password)]
    password: String,
    /// Space-separated; the client's default when absent.
    scope: Option<String>,
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Chancery authorization server",
        description = "OAuth 2 and OpenID Connect: issues signed tokens that services verify offline.",
        license(name = "MIT OR Apache-2.0"),
    ),
    paths(
        token::token,
        login::login,
        metadata::openid_configuration,
        metadata::oauth_authorization_server,
        jwks::jwks,
        health::livez,
        health::readyz,
        metrics::metrics,
    ),
    components(schemas(TokenRequest, LoginRequest, respond::TokenBody<'_>, respond::ErrorBody<'_>)),
)]
struct Document;

/// The document as JSON text, with the addresses of this server.
pub fn openapi_json(settings: &Settings) -> String {
    let mut document = Document::openapi();
    let base = settings.issuer.as_str().trim_end_matches('/');
    document.servers = Some(vec![Server::new(base)]);
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(
        "client",
        SecurityScheme::Http(Http::new(HttpAuthScheme::Basic)),
    );
    let offers_password =
        grants::offered(settings).any(|grant| grant.grant_type() == GrantType::Password);
    if offers_password {
        let flow = Flow::Password(Password::new(format!("{base}/oauth2/token"), Scopes::new()));
        components.add_security_scheme("login", SecurityScheme::OAuth2(OAuth2::new([flow])));
    }
    document.to_json().unwrap_or_default()
}

/// The document.
pub(super) async fn document(state: Data<AppState>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "public, max-age=300"))
        .content_type("application/json")
        .body(state.openapi.clone())
}
