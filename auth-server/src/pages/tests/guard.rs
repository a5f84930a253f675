//! Forms that others send.

use actix_web::http::header::ORIGIN;
use actix_web::test::TestRequest;

use super::super::csrf::{Forged, FormSeal};
use super::*;
use crate::secret::{Secret, SecretKey};

const ISSUER: &str = "https://id.example.com/tenant";
const OURS: &str = "https://id.example.com";

fn judge(site: Option<&str>, origin: Option<&str>, given: &str) -> Result<(), Forged> {
    let mut request = TestRequest::post();
    if let Some(site) = site {
        request = request.insert_header(("sec-fetch-site", site));
    }
    if let Some(origin) = origin {
        request = request.insert_header((ORIGIN, origin));
    }
    let key = SecretKey::new([7; 32]);
    let binding = Secret::new("this browser");
    seal(&key, &binding, "request-1").require(&request.to_http_request(), &issuer(ISSUER), given)
}

fn seal<'a>(key: &'a SecretKey, binding: &'a Secret, purpose: &'a str) -> FormSeal<'a> {
    FormSeal {
        key,
        binding,
        purpose,
    }
}

fn token(key: u8, binding: &str, purpose: &str) -> String {
    let (key, binding) = (SecretKey::new([key; 32]), Secret::new(binding));
    seal(&key, &binding, purpose).token()
}

/// AZ-19, LC-01
#[test]
fn lc_01_az_19_only_the_token_of_this_browser_and_form_is_taken() {
    let own = token(7, "this browser", "request-1");
    assert_eq!(judge(None, None, &own), Ok(()));
    for given in [
        "",
        "x",
        &own[1..],
        &own.to_lowercase(),
        &token(7, "another browser", "request-1"),
        &token(7, "this browser", "request-2"),
        &token(7, "this browserrequest", "-1"),
        &token(8, "this browser", "request-1"),
    ] {
        assert_eq!(judge(None, None, given), Err(Forged::WrongToken), "{given}");
    }
}

/// LC-01: the right token is no use to another site, whatever the browser is able to say.
#[test]
fn lc_01_az_19_what_another_site_sends_is_refused_with_the_right_token() {
    let own = token(7, "this browser", "request-1");
    for (site, origin, verdict) in [
        (Some("same-origin"), Some(OURS), Ok(())),
        (Some("same-origin"), None, Ok(())),
        // `Referrer-Policy: no-referrer` makes the origin of our own forms `null`.
        (Some("same-origin"), Some("null"), Ok(())),
        (Some("none"), None, Ok(())),
        (None, Some(OURS), Ok(())),
        (Some("cross-site"), Some(OURS), Err(Forged::ForeignSite)),
        (Some("cross-site"), Some("null"), Err(Forged::ForeignSite)),
        (Some("cross-site"), None, Err(Forged::ForeignSite)),
        (Some("same-site"), None, Err(Forged::ForeignSite)),
        (Some("SAME-ORIGIN"), None, Err(Forged::ForeignSite)),
        (Some(""), None, Err(Forged::ForeignSite)),
        (None, Some("null"), Err(Forged::ForeignOrigin)),
        (
            None,
            Some("https://evil.example"),
            Err(Forged::ForeignOrigin),
        ),
        (
            None,
            Some("http://id.example.com"),
            Err(Forged::ForeignOrigin),
        ),
        (
            None,
            Some("https://id.example.com.evil"),
            Err(Forged::ForeignOrigin),
        ),
        (
            None,
            Some("https://id.example.com/tenant"),
            Err(Forged::ForeignOrigin),
        ),
        (None, Some(""), Err(Forged::ForeignOrigin)),
        (
            Some("same-origin"),
            Some("https://evil.example"),
            Err(Forged::ForeignOrigin),
        ),
    ] {
        assert_eq!(judge(site, origin, &own), verdict, "{site:?} {origin:?}");
    }
}

/// LC-01: two headers of one name cannot hide the second.
#[test]
fn lc_01_a_second_header_of_the_same_name_is_refused() {
    let own = token(7, "this browser", "request-1");
    let request = TestRequest::post()
        .append_header((ORIGIN, OURS))
        .append_header((ORIGIN, "https://evil.example"))
        .to_http_request();
    let (key, binding) = (SecretKey::new([7; 32]), Secret::new("this browser"));
    let verdict = seal(&key, &binding, "request-1").require(&request, &issuer(ISSUER), &own);
    assert_eq!(verdict, Err(Forged::ForeignOrigin));
}
