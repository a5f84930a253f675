//! What an authorization request may say, and where the answer to a wrong one goes.

use super::{CANDIDATE, RECRUITER, Request, error_of, parameters};
use crate::person::Seen;
use crate::support::{PASSWORD, World};

/// AZ-01, AZ-15: by query and by form, the same.
#[tokio::test]
async fn az_01_get_and_post_lead_to_a_code() {
    let world = World::start().await;
    let by_get = world.authorize(&Request::new()).await;
    let mut person = world.person();
    let login = person
        .post("/oauth2/authorize", &Request::new().pairs())
        .await
        .page();
    let consent = person
        .press(
            &login,
            "login-submit",
            &[("login-username", RECRUITER), ("login-password", PASSWORD)],
        )
        .await
        .page();
    let by_post = person.press(&consent, "consent-allow", &[]).await.away();
    for answer in [by_get, parameters(&by_post)] {
        let names: Vec<&str> = answer.keys().map(String::as_str).collect();
        assert_eq!(names, ["code", "iss", "state"]);
        assert_eq!(answer["state"], "s-1");
    }
}

/// AZ-02: nothing goes to a client that nobody knows, or that is switched off.
#[tokio::test]
async fn az_02_an_unknown_or_disabled_client_ends_on_a_page() {
    let world = World::start().await;
    let mut disabled = super::client::confidential("off");
    disabled.disabled_at = Some(disabled.created_at);
    super::register(&world, disabled).await;
    let requests = [
        Request::new().without("client_id"),
        Request::new().with("client_id", ""),
        Request::new().with("client_id", "nobody"),
        Request::new()
            .with("client_id", "nobody")
            .with("prompt", "none"),
        Request::of("off", "https://app.example.com/cb"),
    ];
    for request in requests {
        let page = world.person().open(&request.url()).await.page();
        assert_eq!(page.status, 400, "{}", request.url());
        assert!(page.is("page-error") && page.is("error-description"));
    }
}

/// AZ-10, AZ-11, AZ-12, RM-06, OC-14, OC-27, OC-38, OC-39, AZ-28, OC-23, OC-29, OC-52: refused, and the client is told.
#[tokio::test]
async fn az_10_what_a_request_may_not_say_is_answered_to_the_client() {
    let world = World::start().await;
    super::register(&world, {
        let mut client = super::client::confidential("machine");
        client.grant_types = vec![auth_server::model::GrantType::ClientCredentials];
        client
    })
    .await;
    let new = Request::new;
    let long = "x".repeat(4097);
    let table = [
        (new().without("response_type"), "invalid_request"),
        (
            new().with("response_type", "token"),
            "unsupported_response_type",
        ),
        (
            new().with("response_type", "code id_token"),
            "unsupported_response_type",
        ),
        (
            new().with("response_type", "nonsense"),
            "unsupported_response_type",
        ),
        (
            Request::of("machine", "https://app.example.com/cb"),
            "unauthorized_client",
        ),
        (new().with("response_mode", "fragment"), "invalid_request"),
        (new().with("request", "e30.e30."), "request_not_supported"),
        (
            new().with("request_uri", "https://a.example/r"),
            "request_uri_not_supported",
        ),
        (
            new().with("registration", "{}"),
            "registration_not_supported",
        ),
        (new().with("prompt", "create"), "invalid_request"),
        (new().with("prompt", "none login"), "invalid_request"),
        (new().with("max_age", "-1"), "invalid_request"),
        (new().with("max_age", "+1"), "invalid_request"),
        (new().with("max_age", "soon"), "invalid_request"),
        (new().with("claims", "{"), "invalid_request"),
        (
            new().with("id_token_hint", "no.id.token"),
            "invalid_request",
        ),
        (new().with("nonce", &long), "invalid_request"),
        (new().with("nonce", "a\u{0}b"), "invalid_request"),
        (new().and("nonce", "1").and("nonce", "2"), "invalid_request"),
        (new().and("state", "s-2"), "invalid_request"),
    ];
    for (request, expected) in table {
        let answer = parameters(&world.person().open(&request.url()).await.away());
        assert_eq!(answer["error"], expected, "{}", request.url());
        assert_eq!(answer["state"], "s-1");
        assert_eq!(answer["iss"], crate::support::ISSUER);
        assert!(!answer.contains_key("code"));
        // Somebody has to find the mistake.
        assert_ne!(answer["error_description"], "The request is malformed.");
    }
}

/// AZ-13, AZ-05 (attack): where the answer would go is what is not clear.
#[tokio::test]
async fn az_13_a_repeated_client_or_redirect_uri_ends_on_a_page() {
    let world = World::start().await;
    for name in ["client_id", "redirect_uri"] {
        let request = Request::new().and(name, "https://evil.example/");
        let page = world.person().open(&request.url()).await.page();
        assert_eq!(page.status, 400);
        assert!(page.headers.get("location").is_none());
    }
}

/// GEN-05, AZ-13: once in the query and once in the body is twice as well.
#[tokio::test]
async fn gen_05_a_parameter_in_query_and_body_came_twice() {
    let world = World::start().await;
    for (query, expected) in [
        ("state=s-2", Some("invalid_request")),
        ("nonce=n", None),
        ("client_id=ats-web", Some("a page")),
    ] {
        let path = format!("/oauth2/authorize?{query}");
        let seen = world.person().post(&path, &Request::new().pairs()).await;
        match (seen, expected) {
            (Seen::Away(url), Some(error)) => assert_eq!(parameters(&url)["error"], error),
            (Seen::Page(page), Some(_)) => assert!(page.is("page-error"), "{query}"),
            (seen, None) => assert!(seen.page().is("page-login"), "{query}"),
        }
    }
}

/// AZ-14
#[tokio::test]
async fn az_14_an_unknown_parameter_is_ignored() {
    let world = World::start().await;
    let request = Request::new().with("extra", "foobar");
    assert!(world.authorize(&request).await.contains_key("code"));
}

/// AZ-17, DEC-07: what the server does not know is left out, what it knows and the client may not have
/// is refused.
#[tokio::test]
async fn az_17_unknown_scope_is_ignored_and_foreign_scope_refused() {
    let world = World::start().await;
    let request = Request::new().with("scope", "openid jobs:read unheard:of");
    let code = world.code(&request).await;
    assert_eq!(
        world.redeem(&code).await.json()["scope"],
        "jobs:read openid"
    );
    super::register(&world, super::client::confidential("web")).await;
    for scope in ["openid jobs:write", "unheard:of", "jobs:read \"x\""] {
        let request = Request::of("web", "https://app.example.com/cb").with("scope", scope);
        let seen = world.person().open(&request.url()).await;
        assert_eq!(error_of(seen), "invalid_scope", "{scope}");
    }
}

/// AZ-25: limits of the request, told to somebody.
#[tokio::test]
async fn az_25_a_long_query_ends_on_a_page_and_a_long_body_too() {
    let world = World::start().await;
    let long = "x".repeat(9_000);
    let request = Request::new().with("extra", &long);
    let page = world.person().open(&request.url()).await.page();
    assert_eq!(page.status, 414);
    let huge = "x".repeat(70_000);
    let request = Request::new().with("extra", &huge);
    let page = world
        .person()
        .post("/oauth2/authorize", &request.pairs())
        .await
        .page();
    assert_eq!(page.status, 413);
}

/// AZ-25: by POST there is room for `claims` of 32 KiB, and for nothing that no database could keep.
#[tokio::test]
async fn az_25_claims_may_be_long_and_the_whole_has_a_limit() {
    let world = World::start().await;
    let claims = |bytes: usize| format!(r#"{{"userinfo":{{"{}":null}}}}"#, "c".repeat(bytes));
    let seen = async |request: Request| {
        let pairs = request.pairs();
        world.person().post("/oauth2/authorize", &pairs).await
    };
    let long = Request::new().with("claims", &claims(31_000));
    assert!(seen(long).await.page().is("page-login"));
    let controls = "\u{1}".repeat(4096);
    let wide = Request::new()
        .with("nonce", &controls)
        .with("login_hint", &controls);
    for request in [
        Request::new().with("claims", &claims(33_000)),
        wide.with("state", &controls),
    ] {
        assert_eq!(error_of(seen(request).await), "invalid_request");
    }
}

/// AZ-27: a password in a URL is not read.
#[tokio::test]
async fn az_27_a_login_by_query_logs_nobody_in() {
    let world = World::start().await;
    let mut person = world.person();
    let login = person.open(&Request::new().url()).await.page();
    let request = login.url.query().unwrap().to_owned();
    let url = format!("/login?{request}&username={CANDIDATE}&password={PASSWORD}&decision=login");
    assert!(person.open(&url).await.page().is("page-login"));
    assert!(person.cookie("chancery-session").is_none());
}

/// AZ-26, AZ-08 (attack): what a stranger sends is text in our pages and one value in our redirects.
#[tokio::test]
async fn az_26_nothing_that_is_reflected_becomes_markup_or_a_header() {
    let world = World::start().await;
    let probe = "\"'><img src=x onerror=alert(1)>";
    let request = Request::new()
        .with("login_hint", probe)
        .with("ui_locales", probe)
        .with("state", "a\r\nX-Injected: 1");
    let mut person = world.person();
    let page = person.open(&request.url()).await.page();
    assert!(!page.text.contains("<img src=x"), "{}", page.text);
    let denied = person.press(&page, "login-cancel", &[]).await.away();
    assert_eq!(parameters(&denied)["state"], "a\r\nX-Injected: 1");
    let errors = Request::new().with("redirect_uri", &format!("https://x.example/{probe}"));
    let page = world.person().open(&errors.url()).await.page();
    assert!(!page.text.contains("<img src=x"));
}

/// GEN-23: no script of another origin reads anything here.
#[tokio::test]
async fn gen_23_the_authorization_endpoint_has_no_cors() {
    let world = World::start().await;
    let answer = world
        .request("GET", &Request::new().url())
        .header("origin", "http://localhost:8081")
        .send()
        .await
        .unwrap();
    let names = answer.headers().keys();
    assert!(
        !names
            .map(|name| name.as_str().to_owned())
            .any(|name| name.starts_with("access-control-"))
    );
}

/// AZ-16: cancel at the login page, deny at the consent page.
#[tokio::test]
async fn az_16_a_user_who_says_no_is_answered_access_denied() {
    let world = World::start().await;
    let mut person = world.person();
    let login = person.open(&Request::new().url()).await.page();
    let seen = person.press(&login, "login-cancel", &[]).await;
    assert_eq!(error_of(seen), "access_denied");
    let login = person.open(&Request::new().url()).await.page();
    let fields = [("login-username", CANDIDATE), ("login-password", PASSWORD)];
    let consent = person.press(&login, "login-submit", &fields).await.page();
    let seen = person.press(&consent, "consent-deny", &[]).await;
    assert_eq!(error_of(seen), "access_denied");
}

/// GEN-24: once it is known where an answer goes, our own failure goes there as well; before that it is a
/// page, which says when to come back.
#[tokio::test]
async fn gen_24_a_database_that_is_away_is_an_answer_to_the_client() {
    let world = World::start().await;
    // The client is in memory from here on.
    assert!(matches!(
        world.person().open(&Request::new().url()).await,
        Seen::Page(_)
    ));
    world.state.store.close().await;
    let answer = parameters(&world.person().open(&Request::new().url()).await.away());
    assert!(
        ["temporarily_unavailable", "server_error"].contains(&answer["error"].as_str()),
        "{answer:?}"
    );
    assert_eq!(answer["state"], "s-1");
    let page = world.person().open("/login?request=x").await.page();
    assert_eq!(page.status, 503);
    assert!(page.is("page-error"));
    assert_eq!(page.headers["retry-after"], "2");
}
