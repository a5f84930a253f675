//! HTML to bytes, with the headers of a page (matrix GEN-19, RM-02, RM-03). What every answer carries
//! is added further up.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use minijinja::Value;

use super::PageContext;
use super::policy::Policy;

/// For the case that not even a page can be made.
const NO_PAGE: &str = "Something went wrong here. This is not your fault. Try again in a moment.\n";

/// A page, never stored.
pub(super) fn html(
    page: &PageContext<'_>,
    status: StatusCode,
    policy: &Policy,
    template: &str,
    values: Value,
) -> HttpResponse {
    let presentation = &page.ctx.state.presentation;
    match presentation.render(template, page.locale, values) {
        Ok(text) => HttpResponse::build(status)
            .insert_header((CONTENT_TYPE, "text/html;charset=UTF-8"))
            .insert_header((CACHE_CONTROL, "no-cache, no-store"))
            .insert_header((CONTENT_SECURITY_POLICY, policy.header()))
            .body(text),
        Err(fault) => {
            tracing::error!(
                cause = fault.chain(),
                template,
                "a page could not be rendered"
            );
            HttpResponse::InternalServerError()
                .insert_header((CONTENT_TYPE, "text/plain;charset=UTF-8"))
                .body(NO_PAGE)
        }
    }
}
