//! What happens to every request on its way in and out: a request id, one access line, one count.
//!
//! The line has the route template and never the path, the query or a header: tokens and personal data
//! cannot get into the log. A failure is logged here once, with its whole chain of causes.

use std::error::Error as _;
use std::time::{Duration, Instant};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpResponse};
use shared_claims::actix::Refusal;
use tracing::Instrument as _;

use super::State;
use crate::problem::{Problem, causes};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The middleware.
pub(super) async fn observe<B: MessageBody>(
    state: Data<State>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<impl MessageBody + use<B>>, Error> {
    let began = Instant::now();
    let id = state.random.request_id();
    let method = known_method(request.method());
    let route = request
        .match_pattern()
        .unwrap_or_else(|| "unmatched".to_owned());
    let span = tracing::info_span!("request", request_id = id);
    let mut response = next.call(request).instrument(span.clone()).await?;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let status = response.status().as_u16();
    let took = began.elapsed();
    span.in_scope(|| {
        if let Some(fault) = fault(response.response()) {
            tracing::error!(route, error = causes(fault), "request failed");
        }
        tracing::info!(
            method,
            route,
            status,
            duration_ms = millis(took),
            reason = reason(response.response()),
            "request answered"
        );
    });
    state.metrics.observe(method, route, status, took);
    Ok(response)
}

/// Milliseconds with three decimals.
fn millis(took: Duration) -> f64 {
    f64::from(u32::try_from(took.as_micros()).unwrap_or(u32::MAX)) / 1_000.0
}

/// Foreign words would be unbounded labels.
fn known_method(method: &Method) -> &'static str {
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
        .into_iter()
        .find(|known| method.as_str() == *known)
        .unwrap_or("OTHER")
}

/// Why the request was refused, in one word.
fn reason<B>(response: &HttpResponse<B>) -> Option<&'static str> {
    let error = response.error()?;
    let problem = error
        .as_error::<Problem>()
        .map(|problem| problem.reason().code());
    problem.or_else(|| {
        error
            .as_error::<Refusal>()
            .map(|refusal| refusal.denial().as_str())
    })
}

/// The fault behind an answer, if it is one.
fn fault<B>(response: &HttpResponse<B>) -> Option<&(dyn std::error::Error + 'static)> {
    response.error()?.as_error::<Problem>()?.source()
}
