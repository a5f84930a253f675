//! Headers that every answer carries, errors included (matrix GEN-19, GEN-26; attack LC-02).

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;

use crate::context::AppState;

/// For everything that is no page: nothing may be loaded, framed or run.
const API_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Adds what the handler has not set itself.
pub async fn harden(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let is_https = request
        .app_data::<Data<AppState>>()
        .is_some_and(|state| state.settings.issuer.as_str().starts_with("https://"));
    let is_preflight = request.method() == Method::OPTIONS;
    let mut response = next.call(request).await?;
    let headers = response.headers_mut();
    or_insert(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    or_insert(headers, header::X_FRAME_OPTIONS, "DENY");
    or_insert(headers, header::REFERRER_POLICY, "no-referrer");
    or_insert(headers, header::CONTENT_SECURITY_POLICY, API_POLICY);
    or_insert(headers, header::CACHE_CONTROL, "no-store");
    if is_https {
        or_insert(
            headers,
            header::STRICT_TRANSPORT_SECURITY,
            "max-age=31536000; includeSubDomains",
        );
    }
    // The CORS middleware answers a preflight with an empty 200; 204 says that it is empty (GEN-22).
    let answers_preflight = headers.contains_key(header::ACCESS_CONTROL_ALLOW_METHODS);
    if is_preflight && answers_preflight && response.status() == StatusCode::OK {
        *response.response_mut().status_mut() = StatusCode::NO_CONTENT;
    }
    Ok(response)
}

fn or_insert(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    if !headers.contains_key(&name) {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
