//! How a token is presented (RFC 6750 §2, RFC 9700 §4.3.2).

use reqwest::Method;

use crate::support::{Api, Caller};

/// Attack row RS-01, matrix RS-07: a token in the query is never honoured.
#[tokio::test(flavor = "multi_thread")]
async fn rs_01_no_credentials_and_a_token_in_the_query_are_both_nobody() {
    let api = Api::start().await;
    let token = Caller::admin().token(&api.issuer);
    for path in ["/jobs".to_owned(), format!("/jobs?access_token={token}")] {
        let reply = api.anonymous(Method::GET, &path).send().await.expect(401);
        let challenge = reply.header("www-authenticate");
        assert!(
            challenge.starts_with("Bearer ") && !challenge.contains("error"),
            "{challenge}"
        );
        assert_eq!(reply.header("content-type"), "application/problem+json");
    }
}

/// Matrix RS-08: nor is one in a form body, nor (RS-15) one in a cookie.
#[tokio::test(flavor = "multi_thread")]
async fn rs_08_tokens_in_a_form_or_a_cookie_are_nobody() {
    let api = Api::start().await;
    let token = Caller::admin().token(&api.issuer);
    let form = api.anonymous(Method::POST, "/jobs").text(
        "application/x-www-form-urlencoded",
        format!("access_token={token}"),
    );
    form.send().await.expect(401);
    let cookie = api
        .anonymous(Method::GET, "/jobs")
        .header("cookie", &format!("access_token={token}"));
    cookie.send().await.expect(401);
}

/// Matrix RS-01, RS-10: the scheme is compared without case.
#[tokio::test(flavor = "multi_thread")]
async fn rs_10_the_scheme_may_be_written_in_any_case() {
    let api = Api::start().await;
    let token = Caller::admin().token(&api.issuer);
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let request = api.anonymous(Method::GET, "/jobs");
        request
            .header("authorization", &format!("{scheme} {token}"))
            .send()
            .await
            .expect(200);
    }
    let basic = api
        .anonymous(Method::GET, "/jobs")
        .header("authorization", "Basic YTpi");
    basic.send().await.expect(401);
}

/// Matrix RS-06
#[tokio::test(flavor = "multi_thread")]
async fn rs_06_two_authorization_headers_or_an_empty_token_are_a_malformed_request() {
    let api = Api::start().await;
    let token = Caller::admin().token(&api.issuer);
    let twice = api
        .anonymous(Method::GET, "/jobs")
        .bearer(&token)
        .bearer(&token)
        .send()
        .await;
    let empty = api
        .anonymous(Method::GET, "/jobs")
        .header("authorization", "Bearer")
        .send()
        .await;
    for reply in [twice, empty] {
        let reply = reply.expect(400);
        assert!(
            reply
                .header("www-authenticate")
                .contains(r#"error="invalid_request""#)
        );
    }
}

/// Matrix RS-14
#[tokio::test(flavor = "multi_thread")]
async fn rs_14_no_shared_cache_keeps_what_a_caller_sees() {
    let api = Api::start().await;
    let rita = Caller::recruiter("rita");
    let job = api.open_job(&rita).await;
    for path in ["/jobs", job.as_str(), "/applications/my"] {
        let caller = if path == "/applications/my" {
            Caller::candidate("c")
        } else {
            rita.clone()
        };
        let reply = api.get(path, &caller).await.expect(200);
        let policy = reply.header("cache-control");
        assert!(
            policy.contains("private") || policy.contains("no-store"),
            "{path}: {policy}"
        );
    }
}
