//! The OpenAPI 3.1 document, made from the handlers themselves.
//!
//! It names two ways to present a token: `oauth2` (password, or authorization code with PKCE, both at the
//! configured issuer, for the Authorize button of `/docs`) and `bearer` (a token from elsewhere).

use shared_claims::actix::RequiredScopes as _;
use url::Url;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{
    AuthorizationCode, Flow, Http, HttpAuthScheme, OAuth2, Password, Scopes, SecurityScheme,
};
use utoipa::openapi::server::Server;

use crate::access::{ApplicationsRead, ApplicationsWrite, JobsRead, JobsWrite};
use crate::problem::ProblemBody;
use crate::settings::Settings;
use crate::{applications, jobs, operation};

pub mod responses;

/// What the scopes of this API allow.
pub const SCOPES: [(&str, &str); 4] = [
    (JobsRead::SCOPES[0], "Read jobs"),
    (
        JobsWrite::SCOPES[0],
        "Make, change, publish, close and delete jobs",
    ),
    (ApplicationsRead::SCOPES[0], "Read applications"),
    (
        ApplicationsWrite::SCOPES[0],
        "Apply, withdraw, and move applications through their stages",
    ),
];

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Jobs API",
        description = "Jobs, applications and their stages. Access tokens are verified offline. \
            Refusals are `application/problem+json` (RFC 9457). Identifiers and cursors are opaque."
    ),
    paths(
        jobs::read::list,
        jobs::create::create,
        jobs::read::show,
        jobs::change::patch,
        jobs::remove::remove,
        jobs::change::publish,
        jobs::change::close,
        applications::read::list_of_job,
        applications::apply::apply,
        applications::read::list_of_candidate,
        applications::read::show,
        applications::withdraw::withdraw,
        applications::stage::move_stage,
        operation::health::livez,
        operation::health::readyz,
        operation::metrics::metrics,
        operation::metadata::protected_resource,
    ),
    components(schemas(ProblemBody<'_>)),
    tags(
        (name = "jobs", description = "Recruiters draft, publish and close; everybody reads."),
        (name = "applications", description = "Candidates apply and withdraw; recruiters decide."),
        (name = "operation", description = "Open to everybody: health, metrics, metadata."),
    )
)]
struct Document;

/// The document as this service hands it out: the operations are where it came from, whatever name or
/// port of the machine that was. So the page of the documentation always calls the service it belongs to.
pub fn served(settings: &Settings) -> OpenApi {
    let mut document = document(settings);
    let base =
        Url::parse(&settings.public_url).map_or_else(|_| "/".to_owned(), |url| url.path().into());
    document.servers = Some(vec![Server::new(base)]);
    document
}

/// The document for these settings; the operations are at the public URL.
pub fn document(settings: &Settings) -> OpenApi {
    let mut document = Document::openapi();
    env!("CARGO_PKG_VERSION").clone_into(&mut document.info.version);
    document.servers = Some(vec![Server::new(&settings.public_url)]);
    let components = document.components.get_or_insert_default();
    let issuer = &settings.auth.issuer;
    let token_url = format!("{issuer}/oauth2/token");
    let flows = [
        Flow::Password(Password::new(&token_url, Scopes::from_iter(SCOPES))),
        Flow::AuthorizationCode(AuthorizationCode::new(
            format!("{issuer}/oauth2/authorize"),
            &token_url,
            Scopes::from_iter(SCOPES),
        )),
    ];
    let oauth2 = OAuth2::with_description(flows, "A token from the authorization server.");
    components.add_security_scheme("oauth2", SecurityScheme::OAuth2(oauth2));
    let bearer = Http::builder()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("An access token (RFC 9068) that you have already."));
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer.build()));
    document
}
