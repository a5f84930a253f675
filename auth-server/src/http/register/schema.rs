//! How the registration routes are described. Documentation only; `registration::request` reads.

use serde::Deserialize;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi, ToSchema};

/// What a client says about itself (RFC 7591 §2, OpenID Connect Registration 1.0 §2).
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "the schema of a document that is read elsewhere")]
pub(in crate::http) struct ClientMetadata {
    /// Only in an update: the client itself.
    client_id: Option<String>,
    /// Where codes are sent, exact.
    redirect_uris: Option<Vec<String>>,
    /// `client_secret_basic` (the default of web applications), `client_secret_post`,
    /// `private_key_jwt` or `none` (the default of native ones).
    token_endpoint_auth_method: Option<String>,
    /// `RS256`, `PS256`, `ES256` or `EdDSA`, for `private_key_jwt`.
    token_endpoint_auth_signing_alg: Option<String>,
    /// `authorization_code` (the default), `refresh_token`, `client_credentials`.
    grant_types: Option<Vec<String>>,
    /// `code`.
    response_types: Option<Vec<String>>,
    /// `web` (the default) or `native`.
    application_type: Option<String>,
    /// For people; with a language tag, as `client_name#de`, in that language.
    client_name: Option<String>,
    /// Home page.
    client_uri: Option<String>,
    /// Logo.
    logo_uri: Option<String>,
    /// Terms of service.
    tos_uri: Option<String>,
    /// Privacy policy.
    policy_uri: Option<String>,
    /// E-mail addresses of the people behind it.
    contacts: Option<Vec<String>>,
    /// Space-separated; everything that registered clients may have when absent.
    scope: Option<String>,
    /// Public keys by value.
    jwks: Option<serde_json::Value>,
    /// Where the public keys are; never together with `jwks`.
    jwks_uri: Option<String>,
    /// `public` (the default) or `pairwise`.
    subject_type: Option<String>,
    /// A JSON list of redirect URIs; its host is the sector of pairwise subjects.
    sector_identifier_uri: Option<String>,
    /// Algorithm of ID tokens.
    id_token_signed_response_alg: Option<String>,
    /// Algorithm of signed userinfo answers; plain JSON when absent.
    userinfo_signed_response_alg: Option<String>,
    /// Algorithm of signed introspection answers (RFC 9701).
    introspection_signed_response_alg: Option<String>,
    /// Seconds since the last login after which the user logs in again.
    default_max_age: Option<u64>,
    /// ID tokens hold `auth_time`.
    require_auth_time: Option<bool>,
    /// `acr_values` of requests without.
    default_acr_values: Option<Vec<String>>,
    /// Where a third party may begin a login.
    initiate_login_uri: Option<String>,
    /// Where the browser may go after a logout.
    post_logout_redirect_uris: Option<Vec<String>>,
    /// Where logout tokens are posted to.
    backchannel_logout_uri: Option<String>,
    /// Logout tokens must hold `sid`.
    backchannel_logout_session_required: Option<bool>,
    /// What is loaded in a frame at logout.
    frontchannel_logout_uri: Option<String>,
    /// That URI is given `iss` and `sid`.
    frontchannel_logout_session_required: Option<bool>,
    /// Authorization requests must be pushed (RFC 9126).
    require_pushed_authorization_requests: Option<bool>,
    /// Names the software.
    software_id: Option<String>,
    /// Its version.
    software_version: Option<String>,
}

/// The part of the OpenAPI document that exists while clients may register.
#[derive(OpenApi)]
#[openapi(
    paths(super::register, super::show, super::replace, super::remove),
    components(schemas(ClientMetadata)),
    modifiers(&Scheme),
)]
pub(in crate::http) struct Document;

/// Initial and registration access tokens.
struct Scheme;

impl Modify for Scheme {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        document
            .components
            .get_or_insert_default()
            .add_security_scheme(
                "registration",
                SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)),
            );
    }
}
