//! `/docs`: Swagger UI from vendored files, and `/openapi.json`.
//!
//! The Authorize button logs in at the issuer: with user name and password, or by authorization code with
//! PKCE (RFC 7636) and a redirect to `/docs/oauth2-redirect.html`. The content security policy allows no
//! inline script and no foreign host but the issuer.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, LOCATION};
use actix_web::web::{Bytes, Data, Path};
use url::Url;
use utoipa_swagger_ui::{Config, oauth};

use crate::openapi::{self, SCOPES};
use crate::problem::{Problem, Reason};
use crate::settings::Settings;

/// The page. Its addresses are relative to `/docs`, so that it also works below a path prefix.
const PAGE: &str = r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Jobs API</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="stylesheet" href="docs/index.css">
<link rel="icon" type="image/png" href="docs/favicon-32x32.png" sizes="32x32">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/swagger-ui-standalone-preset.js"></script>
<script src="docs/swagger-initializer.js"></script>
</body>
</html>
"#;

/// What `/docs` and `/openapi.json` serve, made once.
pub struct Docs {
    document: Bytes,
    swagger: Arc<Config<'static>>,
    policy: String,
}

impl Docs {
    /// For these settings.
    ///
    /// # Errors
    /// The document cannot be written as JSON.
    pub fn new(settings: &Settings) -> Result<Self, serde_json::Error> {
        let client = oauth::Config::new()
            .client_id(&settings.docs_client_id)
            .scopes(
                SCOPES
                    .iter()
                    .map(|(scope, _)| (*scope).to_owned())
                    .collect(),
            )
            .use_pkce_with_authorization_code_grant(true);
        let swagger = Config::with_oauth_config(["openapi.json"], client)
            .oauth2_redirect_url(format!("{}/docs/oauth2-redirect.html", settings.public_url))
            .validator_url("none")
            .use_base_layout()
            .try_it_out_enabled(true);
        let issuer = Url::parse(&settings.auth.issuer)
            .map(|issuer| issuer.origin().ascii_serialization())
            .unwrap_or_default();
        Ok(Self {
            document: serde_json::to_vec(&openapi::served(settings))?.into(),
            swagger: Arc::new(swagger),
            policy: format!(
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                 connect-src 'self' {issuer}; form-action 'none'; base-uri 'none'; \
                 frame-ancestors 'none'"
            ),
        })
    }
}

/// The page.
pub async fn page(docs: Data<Docs>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_SECURITY_POLICY, docs.policy.as_str()))
        .content_type("text/html; charset=utf-8")
        .body(PAGE)
}

/// `/docs/` is the page, too; its relative addresses need it without the slash.
pub async fn slash() -> HttpResponse {
    HttpResponse::PermanentRedirect()
        .insert_header((LOCATION, "../docs"))
        .finish()
}

/// One vendored file.
pub async fn file(path: Path<String>, docs: Data<Docs>) -> Result<HttpResponse, Problem> {
    let found = utoipa_swagger_ui::serve(&path, docs.swagger.clone());
    let file = found
        .map_err(|_| Reason::Internal)?
        .ok_or(Reason::NotFound)?;
    let mut response = HttpResponse::Ok();
    response.insert_header((CONTENT_SECURITY_POLICY, docs.policy.as_str()));
    response.insert_header((CACHE_CONTROL, "public, max-age=3600"));
    if file.gzpipped {
        response.insert_header((CONTENT_ENCODING, "gzip"));
    }
    Ok(response
        .content_type(file.content_type)
        .body(file.bytes.into_owned()))
}

/// The OpenAPI document.
pub async fn openapi_json(docs: Data<Docs>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "public, no-cache"))
        .content_type("application/json")
        .body(docs.document.clone())
}
