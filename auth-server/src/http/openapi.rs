//! `GET /openapi.json`: the OpenAPI 3.1 document, gathered from the handlers (matrix RS-16).

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Data;
use serde::Deserialize;
use utoipa::openapi::security::{
    AuthorizationCode, Flow, Http, HttpAuthScheme, OAuth2, Password, Scopes, SecurityScheme,
};
use utoipa::openapi::server::Server;
use utoipa::{IntoParams, OpenApi, ToSchema};

use super::{
    authorize, health, introspect, jwks, login, logout, metadata, metrics, par, register, respond,
    revoke, status_events, status_list, token, userinfo,
};
use crate::context::AppState;
use crate::grants;
use crate::model::GrantType;
use crate::protocol::scope::{OFFLINE_ACCESS, OPENID};
use crate::settings::{RegistrationMode, Settings};

/// What the scopes of OpenID Connect give. Those of resources are in the directory, which may change
/// while this document stays.
const SCOPES: [(&str, &str); 5] = [
    (OPENID, "An ID token, and the userinfo endpoint"),
    ("profile", "Name and other facts about the user"),
    ("email", "E-mail address"),
    ("address", "Postal address"),
    ("phone", "Telephone number"),
];
/// Only where a person can consent: the password flow leaves it out of what it grants.
const OFFLINE: (&str, &str) = (OFFLINE_ACCESS, "Access that outlives the session");

/// Form of a token request (RFC 6749 §4.1.3, §4.3.2, §4.4.2, §6; RFC 7523 §2.2, RFC 8707 §2).
// Documentation only; `protocol::form` reads.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "the schema of a form that is parsed by hand")]
pub(super) struct TokenRequest {
    /// `authorization_code`, `client_credentials`, `password` or `refresh_token`.
    grant_type: String,
    /// The client, unless it authenticates by HTTP Basic.
    client_id: Option<String>,
    /// The client's secret, unless it authenticates by HTTP Basic.
    #[schema(format = Password)]
    client_secret: Option<String>,
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`, with `client_assertion`.
    client_assertion_type: Option<String>,
    /// A JWT that the client signed, in the place of a secret.
    #[schema(format = Password)]
    client_assertion: Option<String>,
    /// Space-separated; the client's default when absent.
    scope: Option<String>,
    /// What the tokens are for; may be repeated.
    resource: Option<Vec<String>>,
    /// For `authorization_code`.
    #[schema(format = Password)]
    code: Option<String>,
    /// For `authorization_code`: the one of the authorization request.
    redirect_uri: Option<String>,
    /// For `authorization_code`: what `code_challenge` was made of.
    #[schema(format = Password)]
    code_verifier: Option<String>,
    /// For `password`.
    username: Option<String>,
    /// For `password`.
    #[schema(format = Password)]
    password: Option<String>,
    /// For `refresh_token`.
    #[schema(format = Password)]
    refresh_token: Option<String>,
}

/// Parameters of an authorization request (RFC 6749 §4.1.1, RFC 7636 §4.3, OpenID Connect Core §3.1.2.1).
// Documentation only; `protocol::authorization` reads.
#[derive(Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the schema of parameters that are parsed by hand")]
pub(super) struct AuthorizationParameters {
    /// `code`.
    response_type: Option<String>,
    /// The client.
    client_id: Option<String>,
    /// One of the client's, exactly.
    redirect_uri: Option<String>,
    /// Space-separated; the client's default when absent.
    scope: Option<String>,
    /// Comes back unchanged.
    state: Option<String>,
    /// SHA-256 of the verifier, base64url.
    code_challenge: Option<String>,
    /// `S256`.
    code_challenge_method: Option<String>,
    /// `query` or `form_post`.
    response_mode: Option<String>,
    /// Comes back in the ID token.
    nonce: Option<String>,
    /// `none`, or some of `login`, `consent`, `select_account`.
    prompt: Option<String>,
    /// Oldest authentication that will do, in seconds.
    max_age: Option<u64>,
    /// Who should log in.
    login_hint: Option<String>,
    /// An ID token of the user who should be logged in.
    id_token_hint: Option<String>,
    /// Languages, best first.
    ui_locales: Option<String>,
    /// Classes of authentication, best first.
    acr_values: Option<String>,
    /// Claims asked for by name, as JSON.
    claims: Option<String>,
    /// What the tokens are for; may be repeated.
    resource: Option<Vec<String>>,
    /// A request that was pushed before (RFC 9126).
    request_uri: Option<String>,
}

/// Form of `POST /auth/login`.
// Documentation only; `protocol::form` reads.
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
    /// What the tokens are for; may be repeated.
    resource: Option<Vec<String>>,
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Chancery authorization server",
        description = "OAuth 2 and OpenID Connect: issues signed tokens that services verify offline.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    paths(
        authorize::by_query,
        authorize::by_post,
        par::par,
        token::token,
        revoke::revoke,
        introspect::introspect,
        status_list::all,
        status_list::list,
        status_events::events,
        userinfo::by_get,
        userinfo::by_post,
        login::login,
        logout::by_query,
        logout::by_post,
        metadata::openid_configuration,
        metadata::oauth_authorization_server,
        jwks::jwks,
        health::livez,
        health::readyz,
        metrics::metrics,
    ),
    components(schemas(AuthorizationParameters, TokenRequest, LoginRequest, logout::LogoutParameters, respond::TokenBody<'_>, respond::ErrorBody<'_>, userinfo::TokenForm, userinfo::UserClaims, revoke::TokenToRevoke, introspect::TokenToIntrospect)),
)]
struct Document;

/// The document as JSON text; the operations are at the issuer.
pub fn openapi_json(settings: &Settings) -> String {
    describe(settings, settings.issuer.as_str().trim_end_matches('/'))
}

/// The document as this server hands it out: the operations are where it came from, whatever name of
/// the machine that was. So the API explorer always calls the server it belongs to.
pub fn served_openapi_json(settings: &Settings) -> String {
    let path = settings.issuer.path();
    describe(settings, if path.is_empty() { "/" } else { path })
}

fn describe(settings: &Settings, operations: &str) -> String {
    let mut document = Document::openapi();
    let base = settings.issuer.as_str().trim_end_matches('/');
    if settings.registration.mode != RegistrationMode::Off {
        document.merge(register::Document::openapi());
    }
    document.servers = Some(vec![Server::new(operations)]);
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(
        "client",
        SecurityScheme::Http(Http::new(HttpAuthScheme::Basic)),
    );
    components.add_security_scheme(
        "bearer",
        SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)),
    );
    let offers_password =
        grants::offered(settings).any(|grant| grant.grant_type() == GrantType::Password);
    let token = format!("{base}/oauth2/token");
    let authorize = format!("{base}/oauth2/authorize");
    let mut flows = vec![Flow::AuthorizationCode(AuthorizationCode::new(
        authorize,
        token.as_str(),
        SCOPES.into_iter().chain([OFFLINE]).collect::<Scopes>(),
    ))];
    if offers_password {
        flows.push(Flow::Password(Password::new(
            token,
            Scopes::from_iter(SCOPES),
        )));
    }
    components.add_security_scheme("login", SecurityScheme::OAuth2(OAuth2::new(flows)));
    document.to_json().unwrap_or_default()
}

/// The document.
pub(super) async fn document(state: Data<AppState>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "public, max-age=300"))
        .content_type("application/json")
        .body(state.openapi.clone())
}
