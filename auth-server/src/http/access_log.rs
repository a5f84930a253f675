//! One line per request: request id, route template, status, duration. Never a query, a body or an
//! address at this level (matrix GEN-18).

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage as _};
use tracing::Instrument as _;

use crate::context::AppState;

/// Names a request in the log, in the answer and in error texts.
#[derive(Debug, Clone)]
pub(super) struct RequestId(pub(super) String);

/// Gives the request an id and a span, and writes its line.
pub async fn record(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = request
        .app_data::<Data<AppState>>()
        .map_or_else(String::new, |state| state.random.text::<9>());
    request.extensions_mut().insert(RequestId(id.clone()));
    // Who knows whose request it is writes the client down (`authorize::begin`).
    let client_id = tracing::field::Empty;
    let span = tracing::info_span!("request", request_id = %id, client_id);
    async move {
        let method = method_label(request.method());
        let begun = Instant::now();
        let mut response = next.call(request).await?;
        let route = response
            .request()
            .match_pattern()
            .unwrap_or_else(|| "unmatched".to_owned());
        let status = response.status().as_u16();
        let elapsed = begun.elapsed();
        tracing::info!(
            target: "access",
            method,
            route = %route,
            status,
            duration_ms = elapsed.as_secs_f64() * 1000.0,
            "request answered"
        );
        let labels = [
            ("method", method.to_owned()),
            ("route", route),
            ("status", status.to_string()),
        ];
        metrics::counter!("http_requests_total", &labels).increment(1);
        metrics::histogram!("http_request_duration_seconds", &labels[..2])
            .record(elapsed.as_secs_f64());
        if let Ok(value) = HeaderValue::from_str(&id) {
            response
                .headers_mut()
                .insert(HeaderName::from_static("x-request-id"), value);
        }
        Ok(response)
    }
    .instrument(span)
    .await
}

/// Methods are tokens of the caller's choosing: only the usual ones become labels.
fn method_label(method: &actix_web::http::Method) -> &'static str {
    use actix_web::http::Method;
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
