//! Redirect URIs: exact, or the user is told (RFC 9700 §4.1.3, RFC 8252 §7).

use super::client::confidential;
use super::{CANDIDATE, Request, native, parameters, register};
use crate::support::{PASSWORD, SECRET, World};

const WEB: &str = "https://app.example.com/cb?a=1";

async fn with_web_client() -> World {
    let world = World::start().await;
    let mut client = confidential("web");
    client.redirect_uris = vec![WEB.to_owned()];
    register(&world, client).await;
    world
}

/// AZ-03, AZ-05, AZ-08, AZ-01 to AZ-05 (attack), NAT-03: every variant ends on a page, none on its way.
#[tokio::test]
async fn az_05_a_redirect_uri_that_differs_in_one_character_ends_on_a_page() {
    let world = with_web_client().await;
    let variants = [
        "https://evil.example/cb?a=1",
        "https://app.example.com/cb",
        "https://app.example.com/cb/?a=1",
        "https://app.example.com/CB?a=1",
        "https://APP.example.com/cb?a=1",
        "HTTPS://app.example.com/cb?a=1",
        "http://app.example.com/cb?a=1",
        "https://app.example.com:443/cb?a=1",
        "https://app.example.com:8443/cb?a=1",
        "https://app.example.com/cb?a=1&b=2",
        "https://app.example.com/cb?a=2",
        "https://app.example.com/c%62?a=1",
        "https://app.example.com/x/../cb?a=1",
        "https://app.example.com/..;/cb?a=1",
        "https://app.example.com/cb?a=1#frag",
        "https://app.example.com@evil.example/cb?a=1",
        "https://user@app.example.com/cb?a=1",
        "https://app.example.com.evil.example/cb?a=1",
        "https://evilapp.example.com/cb?a=1",
        "https:\\\\app.example.com/cb?a=1",
        "//app.example.com/cb?a=1",
        "/cb?a=1",
        "javascript:alert(1)",
        "",
    ];
    for variant in variants {
        for prompt in ["", "none"] {
            let request = Request::of("web", variant).with("prompt", prompt);
            let page = world.person().open(&request.url()).await.page();
            assert_eq!(page.status, 400, "{variant}");
            assert!(page.is("page-error"), "{variant}");
            assert!(page.headers.get("location").is_none());
        }
    }
}

/// AZ-04, AC-02: pure OAuth, one registered; the token request may name it all the same. AZ-03: OpenID Connect wants it sent, and of two nobody can choose.
#[tokio::test]
async fn az_04_the_only_redirect_uri_need_not_be_sent() {
    let world = with_web_client().await;
    let request = Request::of("web", WEB).without("redirect_uri");
    let pure = request.clone().with("scope", "jobs:read");
    for (named, status) in [
        (None, 200),
        (Some(WEB), 200),
        (Some("https://app.example.com/cb"), 400),
    ] {
        let code = world.code(&pure).await;
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("code_verifier", super::VERIFIER),
        ];
        form.extend(named.map(|uri| ("redirect_uri", uri)));
        let tokens = world.token_as(("web", SECRET), &form).await;
        assert_eq!(tokens.status, status, "{named:?}: {}", tokens.text);
    }
    let page = world.person().open(&request.url()).await.page();
    assert_eq!(page.status, 400, "openid");
    let several = Request::new()
        .without("redirect_uri")
        .with("scope", "jobs:read");
    let page = world.person().open(&several.url()).await.page();
    assert_eq!(page.status, 400, "three registered");
}

/// AZ-07: what was registered stays as it is.
#[tokio::test]
async fn az_07_the_registered_query_is_kept() {
    let world = with_web_client().await;
    let mut person = world.person();
    let url = person
        .log_in(&Request::of("web", WEB).url(), CANDIDATE, PASSWORD)
        .await;
    let text = url.as_str();
    assert!(
        text.starts_with("https://app.example.com/cb?a=1&code="),
        "{text}"
    );
}

/// NAT-01, NAT-02, NAT-05, NAT-10: three kinds of native redirect, and the port of loopback.
#[tokio::test]
async fn nat_10_native_applications_return_to_all_three_kinds_of_places() {
    let world = World::start().await;
    let registered = [
        "http://127.0.0.1/cb",
        "http://[::1]:1234/cb",
        "http://localhost/cb",
        "com.example.app:/cb",
        "https://claimed.example.com/cb",
    ];
    register(&world, native("phone", &registered)).await;
    for place in [
        "http://127.0.0.1:50123/cb",
        "http://[::1]:50123/cb",
        "http://localhost:7/cb",
        "com.example.app:/cb",
        "https://claimed.example.com/cb",
    ] {
        let mut person = world.person();
        let url = person
            .log_in(&Request::of("phone", place).url(), CANDIDATE, PASSWORD)
            .await;
        assert!(url.as_str().starts_with(place), "{url}");
        let code = parameters(&url)["code"].clone();
        let tokens = world
            .token(&[
                ("grant_type", "authorization_code"),
                ("client_id", "phone"),
                ("code", &code),
                ("redirect_uri", place),
                ("code_verifier", super::VERIFIER),
            ])
            .await;
        assert_eq!(tokens.status, 200, "{place}: {}", tokens.text);
    }
    for elsewhere in [
        "http://127.0.0.1:50123/other",
        "http://127.0.0.2:50123/cb",
        "https://claimed.example.com:8443/cb",
        "com.example.app:/other",
    ] {
        let request = Request::of("phone", elsewhere);
        let page = world.person().open(&request.url()).await.page();
        assert_eq!(page.status, 400, "{elsewhere}");
    }
}

/// AZ-03: what was registered when the request came may be gone when the user has decided.
#[tokio::test]
async fn az_03_a_redirect_uri_that_was_removed_meanwhile_gets_no_answer() {
    let world = with_web_client().await;
    let mut person = world.person();
    let login = person.open(&Request::of("web", WEB).url()).await.page();
    let moved = ["--redirect-uri", "https://app.example.com/moved"];
    let output = world.command(&["client", "update", "web", moved[0], moved[1]], "");
    assert!(output.status.success(), "{output:?}");
    world.state.directory.refresh().await.unwrap();
    let fields = [("login-username", CANDIDATE), ("login-password", PASSWORD)];
    let page = person.press(&login, "login-submit", &fields).await.page();
    assert_eq!(page.status, 400);
    assert!(page.is("page-error"), "{}", page.text);
}

/// NAT-03: a web client's loopback port is part of its address.
#[tokio::test]
async fn nat_03_the_port_of_a_web_client_does_not_vary() {
    let world = World::start().await;
    let request = Request::of("ats-web", "http://127.0.0.1:3001/callback");
    assert_eq!(world.person().open(&request.url()).await.page().status, 400);
}

/// AZ-24, LC-06: nothing on our pages leads where a parameter says.
#[tokio::test]
async fn az_24_no_parameter_of_our_pages_sends_the_browser_elsewhere() {
    let world = World::start().await;
    let mut person = world.person();
    let login = person.open(&Request::new().url()).await.page();
    let query = login.url.query().unwrap().to_owned();
    for target in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "%2f%2fevil.example",
    ] {
        for name in ["next", "return_to", "redirect_uri", "continue"] {
            let url = format!("/login?{query}&{name}={target}");
            let page = person.open(&url).await.page();
            assert!(!page.text.contains("evil.example"), "{url}");
        }
    }
    let fields = [("login-username", CANDIDATE), ("login-password", PASSWORD)];
    let consent = person.press(&login, "login-submit", &fields).await.page();
    assert_eq!(consent.url.path(), "/consent");
}
