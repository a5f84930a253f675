//! Headers of every answer (matrix GEN-19, GEN-26, attack LC-02).

use crate::support::{Answer, World};

/// GEN-19, LC-02: also on errors and on the API explorer.
#[actix_web::test]
async fn lc_02_every_answer_is_hardened() {
    let world = World::start().await;
    for path in [
        "/livez",
        "/docs/",
        "/docs/index.html",
        "/docs/oauth2-redirect.html",
        "/openapi.json",
        "/nowhere",
        "/oauth2/token",
        "/.well-known/jwks.json",
    ] {
        let answer = world.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        let scripts = policy
            .split(';')
            .find(|part| part.trim().starts_with("script-src"));
        assert!(
            scripts.is_none_or(|part| !part.contains("unsafe")),
            "{path}: {policy}"
        );
        assert!(
            answer.headers.get("strict-transport-security").is_none(),
            "{path}"
        );
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
        assert!(answer.headers.get("server").is_none(), "{path}");
    }
}

/// GEN-26
#[actix_web::test]
async fn gen_26_https_issuers_demand_https() {
    let world = World::with(|inputs| inputs.with("issuer", "https://login.example.com")).await;
    let answer = world.get("/livez").await;
    assert!(
        answer
            .header("strict-transport-security")
            .starts_with("max-age=")
    );
}

/// RFC 9457 for what is no OAuth endpoint.
#[actix_web::test]
async fn unknown_paths_and_methods_are_problems() {
    let world = World::start().await;
    let missing = world.get("/nowhere").await;
    assert_eq!(missing.status, 404);
    assert_eq!(missing.header("content-type"), "application/problem+json");
    let wrong = Answer::of(world.request("DELETE", "/livez")).await;
    assert_eq!((wrong.status, wrong.header("allow")), (405, "GET, HEAD"));
    let head = Answer::of(world.request("HEAD", "/.well-known/jwks.json")).await;
    assert_eq!(head.status, 200);
}

/// The API explorer: one level below `/docs`, nothing from elsewhere.
#[actix_web::test]
async fn the_docs_are_served_from_vendored_files() {
    let world = World::start().await;
    let entrance = world.get("/docs").await;
    assert_eq!(
        (entrance.status, entrance.header("location")),
        (302, "http://localhost:8080/docs/")
    );
    let page = world.get("/docs/").await;
    assert!(
        page.text.contains("swagger-ui") && !page.text.contains("https://"),
        "{}",
        page.text
    );
    let policy = page.header("content-security-policy");
    assert!(!policy.contains("unsafe-inline"), "{policy}");
    // Under 127.0.0.1, the policy refuses a document at localhost.
    let setup = world.get("/docs/swagger-initializer.js").await.text;
    assert!(setup.contains(r#""../openapi.json""#), "{setup}");
    assert_eq!(world.get("/docs/../Cargo.toml").await.status, 404);
    let off = World::with(|inputs| inputs.with("docs_ui.enabled", "false")).await;
    assert_eq!(off.get("/docs/").await.status, 404);
}
