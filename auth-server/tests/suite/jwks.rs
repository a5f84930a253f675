//! The key set (RFC 7517; matrix JWK rows, attack IR-05).

use crate::support::{Answer, World};

/// JWK-01, JWK-02, JWK-03, JWK-04, JWK-06, IR-05
#[actix_web::test]
async fn jwk_01_02_03_04_06_only_public_members_of_strong_keys_are_published() {
    let world = World::start().await;
    let answer = world.get("/.well-known/jwks.json").await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, "application/json")
    );
    let set = answer.json();
    let keys = set["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 1);
    let mut names: Vec<&str> = keys[0]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["alg", "e", "kid", "kty", "n", "use"]);
    assert_eq!(keys[0]["e"], "AQAB");
    assert_eq!(keys[0]["use"], "sig");
    assert_eq!(keys[0]["n"].as_str().unwrap().len(), 342, "2048 bits");
    assert_eq!(
        keys[0]["kid"].as_str().unwrap().len(),
        43,
        "a SHA-256 thumbprint"
    );
}

/// JWK-09, contract §2.3
#[actix_web::test]
async fn jwk_09_the_set_is_cacheable_and_revalidates() {
    let world = World::start().await;
    let first = world.get("/.well-known/jwks.json").await;
    assert_eq!(
        first.header("cache-control"),
        "public, max-age=300, stale-if-error=86400"
    );
    let etag = first.header("etag").to_owned();
    assert!(
        etag.starts_with('"') && etag.ends_with('"'),
        "strong: {etag}"
    );
    let request = world
        .request("GET", "/.well-known/jwks.json")
        .header("if-none-match", &etag);
    let second = Answer::of(request).await;
    assert_eq!((second.status, second.text.as_str()), (304, ""));
    assert_eq!(second.header("etag"), etag);
    let other = world
        .request("GET", "/.well-known/jwks.json")
        .header("if-none-match", "\"x\"");
    assert_eq!(Answer::of(other).await.status, 200);
}

/// JWK-01: by the registered type for who asks.
#[actix_web::test]
async fn jwk_01_the_registered_media_type_is_given_on_request() {
    let world = World::start().await;
    let request = world
        .request("GET", "/.well-known/jwks.json")
        .header("accept", "application/jwk-set+json");
    assert_eq!(
        Answer::of(request).await.header("content-type"),
        "application/jwk-set+json"
    );
}
