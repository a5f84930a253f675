//! `GET /docs`: Swagger UI from vendored assets, whose Authorize button works
//! (matrix PW-15, RS-16). No file comes from another host.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, ContentEncoding, LOCATION,
};
use actix_web::web::{Data, Path};
use utoipa_swagger_ui::{Config, oauth};

use crate::context::AppState;
use crate::protocol::scope::OPENID;
use crate::settings::{Issuer, Settings};

/// Swagger UI draws icons from data URLs; it needs neither inline scripts nor inline styles.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                      img-src 'self' data:; font-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Relative to `/docs/`, so that the policy allows it under every name of the machine.
const DOCUMENT: &str = "../openapi.json";

/// How the pages are set up: where the document is and which client the Authorize button uses.
pub(super) fn config(settings: &Settings) -> Config<'static> {
    // What userinfo wants, the one operation here that a login is for.
    let mut login = oauth::Config::new()
        .scopes(vec![OPENID.to_owned()])
        .use_pkce_with_authorization_code_grant(true);
    if let Some(client) = &settings.docs_ui.default_client_id {
        login = login.client_id(client);
    }
    Config::with_oauth_config([DOCUMENT], login)
        .oauth2_redirect_url(docs_redirect_uri(&settings.issuer))
        .validator_url("none")
        // Without the bar that explores other documents, whose logo wants an inline style.
        .use_base_layout()
        .try_it_out_enabled(true)
}

/// Where a login by authorization code comes back to. Absolute, because clients register it.
pub fn docs_redirect_uri(issuer: &Issuer) -> String {
    let base = issuer.as_str().trim_end_matches('/');
    format!("{base}/docs/oauth2-redirect.html")
}

/// `GET /docs`: the pages live one level down, so that their relative links work.
pub(super) async fn entrance(state: Data<AppState>) -> HttpResponse {
    let base = state.settings.issuer.as_str().trim_end_matches('/');
    HttpResponse::Found()
        .insert_header((LOCATION, format!("{base}/docs/")))
        .finish()
}

/// `GET /docs/{file}`.
pub(super) async fn file(path: Path<String>, config: Data<Arc<Config<'static>>>) -> HttpResponse {
    let config = Arc::clone(config.get_ref());
    match utoipa_swagger_ui::serve(&path, config) {
        Ok(Some(file)) => {
            let mut response = HttpResponse::Ok();
            response
                .insert_header((CONTENT_SECURITY_POLICY, POLICY))
                .insert_header((CACHE_CONTROL, "no-cache"));
            if file.gzpipped {
                response.insert_header((CONTENT_ENCODING, ContentEncoding::Gzip));
            }
            response
                .content_type(file.content_type)
                .body(file.bytes.into_owned())
        }
        Ok(None) => HttpResponse::NotFound().finish(),
        Err(error) => {
            tracing::error!(cause = %error, "the API explorer could not be rendered");
            HttpResponse::InternalServerError().finish()
        }
    }
}
