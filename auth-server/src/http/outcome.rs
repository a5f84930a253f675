//! What becomes of an authorization request, as bytes: a redirect, a form that posts itself, or a page
//! (RFC 6749 §4.1.2, RFC 9700 §4.12; matrix AZ-15, RM-01, RM-02, DEC-12, GEN-20).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue, LOCATION, RETRY_AFTER};

use super::respond::RETRY_SECONDS;
use super::visit::Visit;
use crate::authorize::{Answer, Outcome, Problem};
use crate::error::{Fault, FaultKind, Reason};
use crate::pages::csrf::Forged;
use crate::pages::{ErrorKind, ErrorView, FormPostView, PageContext, render};
use crate::protocol::authorization::Misdirected;

/// The answer to the browser. It is marked when a request of it waits, and not otherwise: one that sends
/// no cookies, because another site brought it here, may have a mark that its other tabs rely on.
pub(super) fn respond(visit: &Visit, ui_locales: &[String], outcome: Outcome) -> HttpResponse {
    match outcome {
        Outcome::Answer(answer) => to_client(visit, ui_locales, &answer),
        Outcome::Login(handle) => visit.mark(to_page(visit, "/login", handle.expose())),
        Outcome::Consent(handle) => visit.mark(to_page(visit, "/consent", handle.expose())),
        Outcome::Page(problem) => told(visit, ui_locales, problem),
    }
}

/// A failure that has nowhere else to go. Logged here, once.
pub(super) fn failed(visit: &Visit, fault: &Fault) -> HttpResponse {
    tracing::error!(cause = fault.chain(), kind = ?fault.kind, "request failed");
    metrics::counter!("auth_faults_total", "doing" => fault.doing).increment(1);
    let (kind, code, status) = match fault.kind {
        FaultKind::Broken => (
            ErrorKind::Ours,
            "server_error",
            StatusCode::INTERNAL_SERVER_ERROR,
        ),
        FaultKind::Unavailable | FaultKind::Overloaded => (
            ErrorKind::Busy,
            "temporarily_unavailable",
            StatusCode::SERVICE_UNAVAILABLE,
        ),
    };
    let mut response = error(visit, &[], (kind, code), status);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        let after = HeaderValue::from(RETRY_SECONDS);
        response.headers_mut().insert(RETRY_AFTER, after);
    }
    response
}

/// A form that no page of ours in this browser sent (matrix AZ-19; attack LC-01).
pub(super) fn forged(visit: &Visit, forged: Forged) -> HttpResponse {
    tracing::warn!(reason = forged.as_str(), "form refused");
    metrics::counter!("auth_refusals_total", "reason" => forged.as_str()).increment(1);
    let what = (ErrorKind::ForgedForm, "invalid_request");
    error(visit, &[], what, StatusCode::FORBIDDEN)
}

/// A request that ends on a page. Logged here, once.
pub(super) fn told(visit: &Visit, ui_locales: &[String], problem: Problem) -> HttpResponse {
    tracing::info!(reason = problem.as_str(), "request refused");
    metrics::counter!("auth_refusals_total", "reason" => problem.as_str()).increment(1);
    let status = match problem {
        Problem::Unreadable(Reason::BodyTooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
        Problem::Unreadable(Reason::OversizedParameter) => StatusCode::URI_TOO_LONG,
        _ => StatusCode::BAD_REQUEST,
    };
    error(visit, ui_locales, kind(problem), status)
}

fn kind(problem: Problem) -> (ErrorKind, &'static str) {
    const INVALID: &str = "invalid_request";
    match problem {
        Problem::UnknownClient => (ErrorKind::UnknownClient, "invalid_client"),
        Problem::DisabledClient => (ErrorKind::DisabledClient, "unauthorized_client"),
        Problem::Misdirected(Misdirected::Missing) => (ErrorKind::RedirectUriMissing, INVALID),
        Problem::Misdirected(Misdirected::Malformed) => (ErrorKind::RedirectUriMalformed, INVALID),
        Problem::Misdirected(Misdirected::NotRegistered) => {
            (ErrorKind::RedirectUriNotRegistered, INVALID)
        }
        Problem::Misdirected(Misdirected::Repeated)
        | Problem::RepeatedClient
        | Problem::RepeatedRequestUri => (ErrorKind::RepeatedParameter, INVALID),
        Problem::Unreadable(Reason::BodyTooLarge | Reason::OversizedParameter) => {
            (ErrorKind::RequestTooLarge, INVALID)
        }
        Problem::Unreadable(_) => (ErrorKind::RequestMalformed, INVALID),
        Problem::PushedRequestGone => (ErrorKind::RequestUriInvalid, "invalid_request_uri"),
        Problem::Expired => (ErrorKind::RequestExpired, INVALID),
        Problem::AlreadyDecided => (ErrorKind::AlreadyDecided, INVALID),
        Problem::AnotherBrowser => (ErrorKind::WrongBrowser, INVALID),
    }
}

/// An error page.
pub(super) fn error(
    visit: &Visit,
    ui_locales: &[String],
    (kind, code): (ErrorKind, &str),
    status: StatusCode,
) -> HttpResponse {
    let view = ErrorView {
        kind,
        code,
        next: None,
    };
    render::error(&visit.page(ui_locales), &view, status)
}

fn to_client(visit: &Visit, ui_locales: &[String], answer: &Answer) -> HttpResponse {
    let page = visit.page(ui_locales);
    let form = answer.is_form_post().then_some(FormPostView {
        action: &answer.address.redirect_uri,
        fields: &answer.parameters,
    });
    if answer.is_untrusted {
        return ask_to_go_on(&page, answer, form.as_ref());
    }
    match form {
        Some(form) => render::form_post(&page, &form),
        None => see_other(&answer.url()),
    }
}

/// The user takes the error to the client, or does not (matrix AZ-18).
fn ask_to_go_on(
    page: &PageContext<'_>,
    answer: &Answer,
    form: Option<&FormPostView<'_>>,
) -> HttpResponse {
    let url = answer.url();
    let view = ErrorView {
        kind: ErrorKind::UntrustedClientError,
        code: answer.error.unwrap_or_default(),
        next: form.is_none().then_some(url.as_str()),
    };
    match form {
        Some(form) => render::error_with_form(page, &view, form, StatusCode::BAD_REQUEST),
        None => render::error(page, &view, StatusCode::BAD_REQUEST),
    }
}

fn to_page(visit: &Visit, page: &str, handle: &str) -> HttpResponse {
    let base = visit.ctx.settings().issuer.as_str().trim_end_matches('/');
    // Handles are base64url: nothing to encode.
    see_other(&format!("{base}{page}?request={handle}"))
}

/// 303: whatever was posted is not posted on (RFC 9700 §4.12).
pub(super) fn see_other(url: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, url))
        .insert_header((CACHE_CONTROL, "no-store"))
        .finish()
}
