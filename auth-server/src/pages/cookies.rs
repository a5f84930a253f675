//! The two cookies of a browser (matrix AZ-22; attack LC-04): the session, and a value that binds
//! what happens before the login to this browser.
//!
//! On https both have the prefix `__Host-`: no other host, path or http page can set them (RFC 6265bis
//! §4.1.3.2). On loopback http they have plain names. They end with the browser.

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::{HttpRequest, HttpResponse};

use crate::secret::Secret;
use crate::settings::Issuer;

const SESSION: &str = "session";
const BROWSER: &str = "browser";
/// More than any value of ours; what is longer was not set by us.
const LONGEST: usize = 128;

/// The handle of the session, if the browser has one.
pub fn session_handle(request: &HttpRequest, issuer: &Issuer) -> Option<Secret> {
    find(request, &name(SESSION, issuer))
}

/// Gives the browser a session. Always with a new handle (matrix AZ-22: fixation).
pub fn set_session(response: &mut HttpResponse, issuer: &Issuer, handle: &Secret) {
    set(response, cookie(SESSION, issuer, handle.expose()));
}

/// Takes the session from the browser.
pub fn clear_session(response: &mut HttpResponse, issuer: &Issuer) {
    let mut cookie = cookie(SESSION, issuer, "");
    cookie.set_max_age(Duration::ZERO);
    set(response, cookie);
}

/// What binds this browser to what it began.
pub fn browser(request: &HttpRequest, issuer: &Issuer) -> Option<Secret> {
    find(request, &name(BROWSER, issuer))
}

/// Binds this browser.
pub fn set_browser(response: &mut HttpResponse, issuer: &Issuer, value: &Secret) {
    set(response, cookie(BROWSER, issuer, value.expose()));
}

fn name(what: &str, issuer: &Issuer) -> String {
    let prefix = if issuer.is_https() { "__Host-" } else { "" };
    format!("{prefix}chancery-{what}")
}

fn cookie(what: &str, issuer: &Issuer, value: &str) -> Cookie<'static> {
    Cookie::build(name(what, issuer), value.to_owned())
        .path("/")
        .secure(issuer.is_https())
        .http_only(true)
        .same_site(SameSite::Lax)
        .finish()
}

fn set(response: &mut HttpResponse, cookie: Cookie<'static>) {
    // Only a value that is no header text fails; ours are base64url.
    if let Err(error) = response.add_cookie(&cookie) {
        tracing::error!(cause = %error, "a cookie could not be set");
    }
}

/// The one cookie of that name. Two of one name mean that somebody else set one of them: on loopback
/// http any port of the machine can.
fn find(request: &HttpRequest, name: &str) -> Option<Secret> {
    let cookies = request.cookies().ok()?;
    let mut named = cookies.iter().filter(|cookie| cookie.name() == name);
    let value = named.next().filter(|_| named.next().is_none())?.value();
    let is_ours = (1..=LONGEST).contains(&value.len())
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    is_ours.then(|| Secret::new(value))
}
