//! What a request body may be (RFC 6749 §3.2, Appendix B; matrix GEN rows, attacks TE-01, TE-02,
//! TE-06, TE-07, DS-02, DS-05).

use crate::support::{Answer, SECRET, World};

const FORM: &str = "application/x-www-form-urlencoded";

async fn raw(world: &World, content_type: Option<&str>, body: impl Into<reqwest::Body>) -> Answer {
    let mut request = world
        .request("POST", "/oauth2/token")
        .basic_auth("ats-service", Some(SECRET));
    if let Some(content_type) = content_type {
        request = request.header("content-type", content_type);
    }
    Answer::of(request.body(body)).await
}

/// GEN-05, TE-01
#[actix_web::test]
async fn te_01_repeated_parameters_and_wrong_case_are_refused() {
    let world = World::start().await;
    let base = "grant_type=client_credentials";
    for name in [
        "grant_type",
        "client_id",
        "code",
        "scope",
        "refresh_token",
        "redirect_uri",
    ] {
        let body = format!("{base}&{name}=a&{name}=a");
        raw(&world, Some(FORM), body)
            .await
            .is_error(400, "invalid_request");
    }
    let wrong_name = raw(&world, Some(FORM), "Grant_Type=client_credentials").await;
    wrong_name.is_error(400, "invalid_request");
    for value in [
        "Authorization_Code",
        "CLIENT_CREDENTIALS",
        "password ",
        "implicit",
    ] {
        let answer = raw(&world, Some(FORM), format!("grant_type={value}")).await;
        answer.is_error(400, "unsupported_grant_type");
    }
}

/// GEN-07, GEN-08, GEN-09
#[actix_web::test]
async fn gen_07_08_09_empty_is_absent_and_unknown_is_ignored() {
    let world = World::start().await;
    let body = "grant_type=client_credentials&scope=&extra=foobar&client_secret=";
    let answer = raw(
        &world,
        Some("application/x-www-form-urlencoded; charset=UTF-8"),
        body,
    )
    .await;
    answer.is_ok();
    assert_eq!(
        answer.member("scope"),
        "applications:read applications:write jobs:read jobs:write"
    );
}

/// GEN-09, TE-02
#[actix_web::test]
async fn te_02_other_media_types_are_refused() {
    let world = World::start().await;
    let json = r#"{"grant_type":"client_credentials"}"#;
    for (content_type, body) in [
        (Some("application/json"), json),
        (Some("multipart/form-data; boundary=x"), "--x--"),
        (Some("text/plain"), "grant_type=client_credentials"),
        (None, "grant_type=client_credentials"),
        (Some(FORM), ""),
    ] {
        raw(&world, content_type, body)
            .await
            .is_error(400, "invalid_request");
    }
}

/// GEN-13, TE-02
#[actix_web::test]
async fn gen_13_credentials_in_the_url_are_refused() {
    let world = World::start().await;
    for query in [
        "grant_type=client_credentials",
        "client_secret=x",
        "client%5Fsecret=x",
    ] {
        let request = world
            .request("POST", &format!("/oauth2/token?{query}"))
            .basic_auth("ats-service", Some(SECRET))
            .form(&[("grant_type", "client_credentials")]);
        Answer::of(request).await.is_error(400, "invalid_request");
    }
}

/// GEN-10, TE-01
#[actix_web::test]
async fn gen_10_only_post_obtains_tokens() {
    let world = World::start().await;
    for path in ["/oauth2/token", "/auth/login"] {
        for method in ["GET", "PUT", "DELETE", "PATCH", "HEAD"] {
            let answer = Answer::of(world.request(method, path)).await;
            assert_eq!(
                (answer.status, answer.header("allow")),
                (405, "POST"),
                "{method} {path}"
            );
        }
    }
}

/// GEN-11, TE-06
#[actix_web::test]
async fn te_06_control_bytes_and_broken_encoding_never_break_anything() {
    let world = World::start().await;
    for broken in ["%", "%4", "%zz", "%ff%fe", "%ed%a0%80"] {
        let body = format!("grant_type=client_credentials&scope={broken}");
        raw(&world, Some(FORM), body)
            .await
            .is_error(400, "invalid_request");
    }
    for control in ["%00", "%0d%0aX: y", "%1b%5b31m", "%E2%80%AE"] {
        let scope = format!("grant_type=client_credentials&scope=a{control}");
        raw(&world, Some(FORM), scope)
            .await
            .is_error(400, "invalid_scope");
        for name in ["username", "password"] {
            let other = if name == "username" {
                "password"
            } else {
                "username"
            };
            let body = format!("grant_type=password&client_id=ats-web&{name}=a{control}&{other}=x");
            let request = world
                .request("POST", "/oauth2/token")
                .header("content-type", FORM)
                .body(body);
            Answer::of(request).await.is_error(400, "invalid_grant");
        }
        let client = format!("grant_type=client_credentials&client_id=a{control}&client_secret=x");
        let request = world
            .request("POST", "/oauth2/token")
            .header("content-type", FORM)
            .body(client);
        Answer::of(request).await.is_error(401, "invalid_client");
    }
    world.service_token().await.is_ok();
}

/// TE-07
#[actix_web::test]
async fn te_07_a_scope_explosion_is_refused_before_it_is_work() {
    let world = World::start().await;
    let many = (0..10_000)
        .map(|i| format!("s{i}"))
        .collect::<Vec<_>>()
        .join("+");
    let repeated = vec!["jobs:read"; 6_000].join("+");
    for scope in ["a".repeat(60_000), many, repeated] {
        let body = format!("grant_type=client_credentials&scope={scope}");
        raw(&world, Some(FORM), body)
            .await
            .is_error(400, "invalid_scope");
    }
}

/// GEN-12, DS-02: at the limit, one below, one above.
#[actix_web::test]
async fn gen_12_a_body_beyond_64_kib_is_413() {
    let world = World::start().await;
    let cap = 64 * 1024;
    let body = |length: usize| {
        let start = "grant_type=client_credentials&extra=";
        format!("{start}{}", "x".repeat(length - start.len()))
    };
    raw(&world, Some(FORM), body(cap - 1)).await.is_ok();
    raw(&world, Some(FORM), body(cap)).await.is_ok();
    raw(&world, Some(FORM), body(cap + 1))
        .await
        .is_error(413, "invalid_request");
    // Without a length to look at, the bytes themselves are counted.
    let chunks =
        futures_util::stream::iter((0..40).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 4096])));
    let streamed = raw(&world, Some(FORM), reqwest::Body::wrap_stream(chunks)).await;
    streamed.is_error(413, "invalid_request");
}

/// DS-05
#[actix_web::test]
async fn ds_05_ten_thousand_parameters_are_refused() {
    let world = World::start().await;
    let body = (0..6_000)
        .map(|i| format!("k{i}=v"))
        .collect::<Vec<_>>()
        .join("&");
    raw(&world, Some(FORM), body)
        .await
        .is_error(400, "invalid_request");
}

/// TE-02: an empty body with nobody behind it is malformed, not a client that fails to prove itself.
#[actix_web::test]
async fn te_02_nothing_at_all_is_a_malformed_request() {
    let world = World::start().await;
    let empty = world.post("/oauth2/token", &[]).await;
    empty.is_error(400, "invalid_request");
    let anonymous = world.post("/oauth2/token", &[("grant_type", "password")]);
    anonymous.await.is_error(401, "invalid_client");
}

/// GEN-05: once in the URL and once in the body is twice.
#[actix_web::test]
async fn gen_05_a_parameter_in_the_url_and_in_the_body_is_repeated() {
    let world = World::start().await;
    let ask = async |query: &str| {
        let request = world
            .request("POST", &format!("/oauth2/token?{query}"))
            .basic_auth("ats-service", Some(SECRET))
            .form(&[
                ("grant_type", "client_credentials"),
                ("resource", "http://localhost:8081"),
            ]);
        Answer::of(request).await
    };
    let twice = ask("resource=http://localhost:8081").await;
    twice.is_error(400, "invalid_request");
    ask("utm_source=x").await.is_ok();
}

/// TOK-04, TOK-07: the developer of a client is told what is wrong with a request.
#[actix_web::test]
async fn tok_07_the_description_names_what_is_missing_or_too_much() {
    let world = World::start().await;
    for (body, words) in [
        ("scope=x", "grant_type is missing"),
        ("grant_type=refresh_token", "refresh_token is missing"),
        ("grant_type=password&username=x", "password is missing"),
        ("grant_type=password&scope=a&scope=b", "more than once"),
        ("grant_type=%zz", "percent-encoded"),
    ] {
        let request = world
            .request("POST", "/oauth2/token")
            .header("content-type", FORM)
            .body(format!("client_id=ats-web&{body}"));
        let answer = Answer::of(request).await;
        answer.is_error(400, "invalid_request");
        let told = answer.member("error_description");
        assert!(told.contains(words), "{body}: {told}");
    }
}
