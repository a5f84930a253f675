//! What each page is allowed to do.

use std::time::Duration;

use actix_web::http::header::{CONTENT_SECURITY_POLICY, RETRY_AFTER};

use super::*;

/// The sources of one directive.
fn sources(response: &HttpResponse, directive: &str) -> String {
    header(response, CONTENT_SECURITY_POLICY)
        .split("; ")
        .find_map(|part| part.strip_prefix(directive))
        .unwrap()
        .trim()
        .to_owned()
}

/// GEN-19, LC-02
#[tokio::test]
async fn lc_02_gen_19_no_page_runs_or_frames_what_is_not_ours() {
    let ctx = context().await;
    let page = negotiate(&ctx, &[], None);
    for (name, response) in every_page(&page, "x; script-src *, y") {
        assert_eq!(sources(&response, "default-src"), "'none'", "{name}");
        assert_eq!(sources(&response, "script-src"), "'self'", "{name}");
        assert_eq!(sources(&response, "style-src"), "'self'", "{name}");
        assert_eq!(sources(&response, "frame-ancestors"), "'none'", "{name}");
        assert_eq!(sources(&response, "base-uri"), "'none'", "{name}");
        let policy = header(&response, CONTENT_SECURITY_POLICY);
        assert!(
            !policy.contains("unsafe") && !policy.contains('*'),
            "{policy}"
        );
        assert_eq!(policy.matches("script-src").count(), 1, "{policy}");
    }
}

/// RM-04: only where the response goes.
#[tokio::test]
async fn rm_04_a_form_post_page_sends_its_form_to_the_redirect_origin_only() {
    let ctx = context().await;
    let page = negotiate(&ctx, &[], None);
    for (action, allowed) in [
        (
            "https://client.example:8443/cb?x=1",
            "https://client.example:8443",
        ),
        ("https://client.example/cb", "https://client.example"),
        ("http://127.0.0.1:3000/cb", "http://127.0.0.1:3000"),
        ("https://x; script-src *", "'none'"),
    ] {
        let view = FormPostView {
            action,
            fields: &[],
        };
        let response = render::form_post(&page, &view);
        assert_eq!(sources(&response, "form-action"), allowed, "{action}");
    }
}

/// The end of the form's way, whatever kind of redirect URI that is (RFC 8252 §7), and the steps that
/// the client adds to it (decision 0011).
#[tokio::test]
async fn a_login_may_end_at_the_client_of_its_request_and_beyond() {
    let ctx = context().await;
    let page = negotiate(&ctx, &[], None);
    for (redirect_uri, allowed) in [
        (None, "'self'"),
        (Some("https://client.example/cb"), "'self' https:"),
        (Some("com.example.app:/cb"), "'self' com.example.app:"),
        (Some("http://[::1]:3000/cb"), "'self' http: https:"),
    ] {
        let view = LoginView {
            request: "r",
            csrf: "c",
            client_name: "n",
            redirect_uri,
            username: None,
            problem: None,
            is_popup: false,
        };
        let response = render::login(&page, &view);
        assert_eq!(
            sources(&response, "form-action"),
            allowed,
            "{redirect_uri:?}"
        );
    }
}

/// LO-30: exactly the origins of the frames.
#[tokio::test]
async fn lo_30_the_frames_of_a_logout_are_allowed_and_no_others() {
    let ctx = context().await;
    let page = negotiate(&ctx, &[], None);
    let frames = [
        "https://a.example/logout?iss=i&sid=s",
        "https://b.example:444/x",
        "https://a.example/other",
        "ftp://c.example/",
    ];
    let view = LoggedOutView {
        frames: frames.map(str::to_owned).to_vec(),
        next: None,
    };
    let response = render::logged_out(&page, &view);
    let allowed = sources(&response, "frame-src");
    assert_eq!(allowed, "https://a.example https://b.example:444");
    assert_eq!(text(response).await.matches("<iframe").count(), 3);
    let nobody = LoggedOutView {
        frames: Vec::new(),
        next: None,
    };
    assert_eq!(
        sources(&render::logged_out(&page, &nobody), "frame-src"),
        "'none'"
    );
}

/// A throttled login says when to come back, to people and to programs.
#[tokio::test]
async fn the_status_of_a_login_page_says_what_went_wrong() {
    let ctx = context().await;
    let page = negotiate(&ctx, &[], None);
    let too_many = |millis| LoginProblem::TooManyAttempts {
        retry_after: Duration::from_millis(millis),
    };
    for (problem, status, after, words) in [
        (None, 200, None, "Sign in"),
        (
            Some(LoginProblem::InteractionRequired),
            200,
            None,
            "confirm that it is you",
        ),
        (
            Some(LoginProblem::WrongCredentials),
            422,
            None,
            "is not right",
        ),
        (
            Some(LoginProblem::PasswordChangeDue),
            200,
            None,
            "choose a new one",
        ),
        (
            Some(LoginProblem::NewPassword(PasswordProblem::TooShort {
                found: 3,
                needed: 15,
            })),
            422,
            None,
            "at least \u{2068}15\u{2069} characters",
        ),
        (Some(LoginProblem::Busy), 503, Some("2"), "in a moment"),
        (Some(too_many(59_001)), 429, Some("60"), "in a minute"),
        (Some(too_many(1)), 429, Some("1"), "in a minute"),
        (Some(too_many(61_000)), 429, Some("61"), "2\u{2069} minutes"),
    ] {
        let view = LoginView {
            request: "r",
            csrf: "c",
            client_name: "n",
            redirect_uri: None,
            username: None,
            problem,
            is_popup: false,
        };
        let response = render::login(&page, &view);
        assert_eq!(response.status().as_u16(), status, "{problem:?}");
        let retry = response
            .headers()
            .get(RETRY_AFTER)
            .map(|value| value.to_str().unwrap());
        assert_eq!(retry, after, "{problem:?}");
        assert!(text(response).await.contains(words), "{problem:?}");
    }
}
