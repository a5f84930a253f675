//! Browsers on other origins (RFC 9700 §2.6; matrix GEN-22).

use crate::support::{Answer, World};

async fn preflight(world: &World, path: &str, origin: &str, method: &str) -> Answer {
    let request = world
        .request("OPTIONS", path)
        .header("origin", origin)
        .header("access-control-request-method", method)
        .header(
            "access-control-request-headers",
            "authorization,content-type,x-requested-with,dpop",
        );
    Answer::of(request).await
}

/// GEN-22, PW-15
#[actix_web::test]
async fn gen_22_the_token_endpoint_answers_registered_origins_only() {
    let world =
        World::with(|inputs| inputs.with("cors.allowed_origins", "https://app.example")).await;
    for origin in [
        "http://localhost:8081",
        "http://127.0.0.1:3000",
        "https://app.example",
    ] {
        for path in ["/oauth2/token", "/auth/login"] {
            let answer = preflight(&world, path, origin, "POST").await;
            assert_eq!(answer.status, 204, "{origin} {path}");
            assert_eq!(answer.header("access-control-allow-origin"), origin);
            let allowed = answer
                .header("access-control-allow-headers")
                .to_ascii_lowercase();
            for name in ["authorization", "content-type", "x-requested-with", "dpop"] {
                assert!(allowed.contains(name), "{name} in {allowed}");
            }
            assert!(
                answer
                    .headers
                    .get("access-control-allow-credentials")
                    .is_none()
            );
        }
    }
    let stranger = preflight(&world, "/oauth2/token", "https://evil.example", "POST").await;
    assert!(
        stranger
            .headers
            .get("access-control-allow-origin")
            .is_none()
    );
}

/// GEN-22: the answer itself, errors included, can be read by the page that asked.
#[actix_web::test]
async fn gen_22_errors_are_readable_by_the_registered_origin() {
    let world = World::start().await;
    let ask = async |origin: &str| {
        let request = world
            .request("POST", "/oauth2/token")
            .header("origin", origin)
            .form(&[("grant_type", "password")]);
        Answer::of(request).await
    };
    let known = ask("http://localhost:8081").await;
    known.is_error(401, "invalid_client");
    assert_eq!(
        known.header("access-control-allow-origin"),
        "http://localhost:8081"
    );
    let exposed = known
        .header("access-control-expose-headers")
        .to_ascii_lowercase();
    assert!(exposed.contains("www-authenticate"), "{exposed}");
    let stranger = ask("https://evil.example").await;
    assert!(
        stranger
            .headers
            .get("access-control-allow-origin")
            .is_none()
    );
}

/// GEN-22, MD-08
#[actix_web::test]
async fn gen_22_keys_and_metadata_are_for_everyone() {
    let world = World::start().await;
    for path in [
        "/.well-known/jwks.json",
        "/.well-known/openid-configuration",
    ] {
        let request = world
            .request("GET", path)
            .header("origin", "https://anybody.example");
        let answer = Answer::of(request).await;
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
        assert!(
            answer
                .headers
                .get("access-control-allow-credentials")
                .is_none()
        );
    }
}

/// A client that is registered while the server runs is let in without a restart.
#[actix_web::test]
async fn a_new_redirect_uri_opens_its_origin() {
    let world = World::start().await;
    let origin = "https://new.example";
    let before = preflight(&world, "/oauth2/token", origin, "POST").await;
    assert!(before.headers.get("access-control-allow-origin").is_none());
    let mut client = crate::support::clients::public("new");
    client.redirect_uris = vec![format!("{origin}/callback")];
    world.add(client).await;
    let after = preflight(&world, "/oauth2/token", origin, "POST").await;
    assert_eq!(after.header("access-control-allow-origin"), origin);
}
