//! Attributes of both cookies, and what is read back.

use actix_web::HttpRequest;
use actix_web::http::header::{COOKIE, SET_COOKIE};
use actix_web::test::TestRequest;

use super::super::cookies::{browser, clear_session, session_handle, set_browser, set_session};
use super::*;
use crate::secret::Secret;

const LOOPBACK: &str = "http://localhost:8080";
const HTTPS: &str = "https://id.example.com/tenant";

fn value() -> Secret {
    Secret::new("A-_9".repeat(10))
}

fn with(cookies: &str) -> HttpRequest {
    TestRequest::default()
        .insert_header((COOKIE, cookies))
        .to_http_request()
}

/// LC-04, AZ-22
#[test]
fn lc_04_az_22_cookies_are_as_strict_as_the_issuer_allows() {
    let value = value();
    let text = value.expose();
    for (issuer, prefix, secure) in [
        (issuer(LOOPBACK), "", ""),
        (issuer(HTTPS), "__Host-", "; Secure"),
    ] {
        let mut response = HttpResponse::Ok().finish();
        set_session(&mut response, &issuer, &value);
        set_browser(&mut response, &issuer, &value);
        clear_session(&mut response, &issuer);
        let set: Vec<&str> = response
            .headers()
            .get_all(SET_COOKIE)
            .map(|line| line.to_str().unwrap())
            .collect();
        assert_eq!(
            set,
            [
                format!("{prefix}chancery-session={text}; HttpOnly; SameSite=Lax{secure}; Path=/"),
                format!("{prefix}chancery-browser={text}; HttpOnly; SameSite=Lax{secure}; Path=/"),
                format!(
                    "{prefix}chancery-session=; HttpOnly; SameSite=Lax{secure}; Path=/; Max-Age=0"
                ),
            ]
        );
    }
}

/// LC-04: on https a cookie without the prefix was set by somebody else.
#[test]
fn lc_04_only_the_cookie_of_the_right_name_counts() {
    let text = "A-_9".repeat(10);
    let plain = with(&format!("chancery-session={text}; chancery-browser={text}"));
    let strict = with(&format!(
        "__Host-chancery-session={text}; __Host-chancery-browser={text}"
    ));
    for (request, right, wrong) in [(&plain, LOOPBACK, HTTPS), (&strict, HTTPS, LOOPBACK)] {
        assert_eq!(session_handle(request, &issuer(right)), Some(value()));
        assert_eq!(browser(request, &issuer(right)), Some(value()));
        assert_eq!(session_handle(request, &issuer(wrong)), None);
        assert_eq!(browser(request, &issuer(wrong)), None);
    }
}

/// LC-03: two cookies of one name leave it open whose counts; strange ones are not ours.
#[test]
fn lc_03_a_cookie_that_is_not_clearly_ours_is_none() {
    for cookies in [
        "",
        "chancery-session=",
        "chancery-session=abc; chancery-session=def",
        "chancery-session=abc; chancery-session=abc",
        "chancery-session=a%20b",
        "chancery-session=\u{e4}",
        "chancery-sessions=abc",
        "chancery-session",
    ] {
        let found = session_handle(&with(cookies), &issuer(LOOPBACK));
        assert_eq!(found, None, "{cookies}");
    }
    let long = format!("chancery-session={}", "a".repeat(200));
    assert_eq!(session_handle(&with(&long), &issuer(LOOPBACK)), None);
}
