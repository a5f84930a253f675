//! Reading a form body: media type, cap and time first, then the strict parser
//! (matrix GEN-09, GEN-12, GEN-13; attacks TE-02, DS-01, DS-02).

use actix_web::HttpRequest;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::web::{BytesMut, Payload};
use futures_util::StreamExt as _;
use zeroize::Zeroize as _;

use crate::error::{Reason, Refusal};
use crate::protocol::form::{AuthorizationForm, OAuthForm};
use crate::settings::HttpSettings;

/// Parameters that must not travel in a URL, where logs and histories keep them.
const NEVER_IN_QUERY: [&str; 12] = [
    "access_token",
    "client_assertion",
    "client_id",
    "client_secret",
    "code",
    "code_verifier",
    "grant_type",
    "password",
    "refresh_token",
    "scope",
    "token",
    "username",
];

/// Reads and parses the body of a POST.
///
/// # Errors
/// The `invalid_request` reasons, and [`Reason::BodyTooLarge`] (413).
pub(super) async fn read(
    request: &HttpRequest,
    payload: Payload,
    limits: &HttpSettings,
) -> Result<OAuthForm, Refusal> {
    let form = read_own(request, payload, limits).await?;
    // Once here and once there is twice as well (matrix GEN-05).
    if query(request).any(|(name, _)| form.find(&name).is_some()) {
        return Err(Reason::RepeatedParameter.into());
    }
    Ok(form)
}

/// The same for a form of our pages, which a program may send back to where the page was: the query of
/// that URL says nothing that the form does not.
///
/// # Errors
/// As [`read`].
pub(super) async fn read_own(
    request: &HttpRequest,
    payload: Payload,
    limits: &HttpSettings,
) -> Result<OAuthForm, Refusal> {
    refuse_query(request)?;
    read_as(request, payload, limits, OAuthForm::parse).await
}

/// The same for the authorization endpoint, whose parameters are no secrets and may repeat until it is
/// known whose they are.
///
/// # Errors
/// As [`read`].
pub(super) async fn read_authorization(
    request: &HttpRequest,
    payload: Payload,
    limits: &HttpSettings,
) -> Result<AuthorizationForm, Refusal> {
    let query = request.query_string().as_bytes();
    let parse = |body: &[u8]| AuthorizationForm::parse_beside(body, query);
    read_as(request, payload, limits, parse).await
}

/// The same by another parser, and without a look at the query.
///
/// # Errors
/// As [`read`].
pub(super) async fn read_as<T>(
    request: &HttpRequest,
    payload: Payload,
    limits: &HttpSettings,
    parse: impl FnOnce(&[u8]) -> Result<T, Reason>,
) -> Result<T, Refusal> {
    if !is_form(request) {
        return Err(Refusal::from(Reason::WrongMediaType)
            .with_hint("Send the parameters as application/x-www-form-urlencoded."));
    }
    let mut body = tokio::time::timeout(limits.request_timeout, collect(request, payload, limits))
        .await
        .map_err(|_| Reason::IncompleteBody)??;
    let form = parse(&body);
    body.as_mut().zeroize();
    form.map_err(Refusal::from)
}

pub(super) async fn collect(
    request: &HttpRequest,
    mut payload: Payload,
    limits: &HttpSettings,
) -> Result<BytesMut, Reason> {
    let announced = request
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limits.max_body) {
        return Err(Reason::BodyTooLarge);
    }
    let mut body = BytesMut::with_capacity(announced.unwrap_or(512));
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Reason::IncompleteBody)?;
        if body.len() + chunk.len() > limits.max_body {
            return Err(Reason::BodyTooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Media-type parameters such as `charset=UTF-8` are tolerated; two content types are not.
pub(super) fn is_form(request: &HttpRequest) -> bool {
    let mut values = request.headers().get_all(CONTENT_TYPE);
    let (Some(one), None) = (values.next(), values.next()) else {
        return false;
    };
    one.to_str().is_ok_and(|value| {
        let essence = value.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
    })
}

fn query(request: &HttpRequest) -> url::form_urlencoded::Parse<'_> {
    url::form_urlencoded::parse(request.query_string().as_bytes())
}

fn refuse_query(request: &HttpRequest) -> Result<(), Refusal> {
    if query(request).any(|(name, _)| NEVER_IN_QUERY.contains(&name.as_ref())) {
        return Err(Refusal::from(Reason::ParametersInQuery)
            .with_hint("Send the parameters in the body, never in the URL."));
    }
    Ok(())
}
