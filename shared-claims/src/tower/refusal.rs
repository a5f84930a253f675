//! A refused caller as an HTTP response: the whole answer (RFC 6750 §3, RFC 9457).

use http::{HeaderValue, Response, StatusCode, header};

use crate::access::{Denial, Needs, Problem, ResourceMetadata};

/// What somebody who is not let in is told.
pub(super) fn refusal<Out: From<String>>(
    denial: Denial,
    needs: &Needs,
    resource: &ResourceMetadata,
) -> Response<Out> {
    let problem = Problem::new(denial, needs, Some(resource));
    // Four members of plain text cannot fail to be written.
    let body = serde_json::to_string(&problem.body()).unwrap_or_default();
    let mut response = Response::new(Out::from(body));
    *response.status_mut() = StatusCode::from_u16(problem.denial().status())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let media_type = HeaderValue::from_static(Problem::MEDIA_TYPE);
    headers.insert(header::CONTENT_TYPE, media_type);
    if let Some(Ok(challenge)) = problem.challenge().map(HeaderValue::from_str) {
        headers.insert(header::WWW_AUTHENTICATE, challenge);
    }
    if let Some(seconds) = problem.retry_after() {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
