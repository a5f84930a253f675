//! What is not there: a page for people, a problem for programs (RFC 9110 §15.5.5, RFC 9457).

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT, ACCEPT_LANGUAGE, HeaderName};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::peer;
use crate::context::AppState;
use crate::pages::{self, ErrorKind, ErrorView, render};

/// The answer where no route is.
pub(super) async fn not_found(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    let text = |name: HeaderName| request.headers().get(name)?.to_str().ok();
    // Browsers say so; programs that take anything get what they can read.
    if !text(ACCEPT).is_some_and(|accepted| accepted.contains("text/html")) {
        return HttpResponse::NotFound()
            .content_type("application/problem+json")
            .body(r#"{"type":"about:blank","title":"Not Found","status":404}"#);
    }
    let ctx = peer::context(&request, &state);
    let page = pages::negotiate(&ctx, &[], text(ACCEPT_LANGUAGE));
    let view = ErrorView {
        kind: ErrorKind::NotFound,
        code: "not_found",
        next: None,
    };
    render::error(&page, &view, StatusCode::NOT_FOUND)
}
