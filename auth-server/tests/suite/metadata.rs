//! The discovery documents (RFC 8414, OpenID Connect Discovery; matrix MD rows, attack IR-05).

use crate::support::{ISSUER, World};

const OIDC: &str = "/.well-known/openid-configuration";
const OAUTH: &str = "/.well-known/oauth-authorization-server";

/// MD-01, MD-02, MD-04, MD-05, MD-08
#[actix_web::test]
async fn md_01_02_04_05_08_both_documents_are_one() {
    let world = World::start().await;
    let (oidc, oauth) = (world.get(OIDC).await, world.get(OAUTH).await);
    assert_eq!(oidc.json(), oauth.json());
    assert_eq!(oidc.json()["issuer"], ISSUER);
    assert_eq!(oidc.header("cache-control"), "public, max-age=300");
    assert_eq!(oidc.header("content-type"), "application/json");
}

/// MD-06, MD-07, IR-05
#[actix_web::test]
async fn md_06_07_only_what_works_is_listed() {
    let world = World::start().await;
    let document = world.get(OIDC).await.json();
    for (name, value) in document.as_object().unwrap() {
        assert!(
            !value.is_null() && value != &serde_json::json!([]),
            "{name}"
        );
        if let Some(url) = value.as_str() {
            assert!(url.starts_with(ISSUER), "{name} is at {url}");
            let path = url.strip_prefix(ISSUER).unwrap();
            if name.ends_with("_endpoint") || name == "jwks_uri" {
                let status = world.get(path).await.status;
                assert!(matches!(status, 200 | 405), "{name} answers {status}");
            }
        }
    }
    assert!(document.get("authorization_endpoint").is_none());
    let scopes = document["scopes_supported"].as_array().unwrap();
    assert!(scopes.contains(&"jobs:read".into()));
    assert_eq!(
        document["protected_resources"],
        serde_json::json!(["http://localhost:8081"])
    );
    assert!(
        !document.to_string().contains("none\"]")
            || document["token_endpoint_auth_methods_supported"].is_array()
    );
}

/// MD-07: what is switched off is not listed.
#[actix_web::test]
async fn md_07_the_password_grant_is_listed_while_it_is_switched_on() {
    for (enabled, is_listed) in [("true", true), ("false", false)] {
        let world = World::with(|inputs| inputs.with("password_grant.enabled", enabled)).await;
        let document = world.get(OIDC).await.json();
        let grants = document["grant_types_supported"].as_array().unwrap();
        assert_eq!(grants.contains(&"password".into()), is_listed, "{grants:?}");
        assert!(grants.contains(&"client_credentials".into()), "{grants:?}");
    }
}

/// MD-02: for an issuer with a path, the name goes between host and path.
#[actix_web::test]
async fn md_02_an_issuer_with_a_path_keeps_everything_below_it() {
    let world = World::with(|inputs| inputs.with("issuer", "http://localhost:8080/tenant")).await;
    let inserted = world.get(&format!("{OAUTH}/tenant")).await;
    assert_eq!(inserted.status, 200, "{}", inserted.text);
    let document = world.get(&format!("/tenant{OIDC}")).await.json();
    assert_eq!(document, inserted.json());
    assert_eq!(
        document["token_endpoint"],
        "http://localhost:8080/tenant/oauth2/token"
    );
    assert_eq!(world.get("/tenant/.well-known/jwks.json").await.status, 200);
    assert_eq!(world.get("/.well-known/jwks.json").await.status, 404);
    assert_eq!(world.get("/tenant/docs/").await.status, 200);
}

/// LC-07: headers of strangers change nothing.
#[actix_web::test]
async fn lc_07_forwarded_headers_do_not_move_the_issuer() {
    let world = World::start().await;
    let request = world
        .request("GET", OIDC)
        .header("host", "evil.example")
        .header("x-forwarded-host", "evil.example")
        .header("x-forwarded-proto", "https")
        .header("forwarded", "host=evil.example;proto=https");
    let answer = crate::support::Answer::of(request).await;
    assert!(!answer.text.contains("evil"), "{}", answer.text);
    assert_eq!(answer.json()["issuer"], ISSUER);
}
