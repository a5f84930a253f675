//! Who the user is, for tokens that may know (OpenID Connect Core 1.0 §5.3; matrix UI rows). What is
//! told is in `userinfo/claims.rs`, who is told nothing in `userinfo/refusals.rs`.

use auth_server::model::Algorithm;
use serde_json::json;

use crate::authorize::{Request, error_of};
use crate::support::{Answer, ISSUER, World, clients, part};

mod claims;
mod refusals;

const PATH: &str = "/oauth2/userinfo";
const CANDIDATE: &str = "candidate@example.com";

impl World {
    pub(crate) async fn userinfo(&self, token: &str) -> Answer {
        Answer::of(self.request("GET", PATH).bearer_auth(token)).await
    }

    async fn access_token_for(&self, scope: &str) -> String {
        let answer = self.log_in_for(scope).await;
        answer.is_ok();
        answer.member("access_token")
    }
}

/// Fails unless the answer refuses as RFC 6750 §3.1 has it, and tells nothing about anybody.
#[track_caller]
fn refuses(answer: &Answer, status: u16, error: &str) {
    assert_eq!(answer.status, status, "{}", answer.text);
    let challenge = answer.header("www-authenticate");
    assert!(
        challenge.starts_with(&format!("Bearer realm=\"{ISSUER}\", error=\"{error}\", ")),
        "{challenge}"
    );
    assert_eq!(challenge.matches("error_description=").count(), 1);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.json()["error"], error);
    assert!(answer.json().get("sub").is_none());
    assert!(!answer.text.contains('@'), "{}", answer.text);
}

/// UI-01, UI-03, RS-01, RS-10, RS-14
#[actix_web::test]
async fn ui_01_get_and_post_with_the_token_in_the_header() {
    let world = World::start().await;
    let login = world.code_grant("openid email", &[]).await;
    let token = login.member("access_token");
    for method in ["GET", "POST"] {
        for scheme in ["Bearer", "bearer", "BEARER"] {
            let header = format!("{scheme} {token}");
            let request = world.request(method, PATH).header("authorization", header);
            let answer = Answer::of(request).await;
            answer.is_ok();
            assert_eq!(answer.header("content-type"), "application/json");
            assert_eq!(answer.header("cache-control"), "no-store");
            assert_eq!(
                answer.json(),
                json!({
                    "sub": login.id_claims()["sub"],
                    "email": CANDIDATE,
                    "email_verified": true,
                })
            );
        }
    }
}

/// UI-02, RS-08: in the form of a POST and nowhere else.
#[actix_web::test]
async fn ui_02_the_token_may_be_in_the_form_of_a_post() {
    let world = World::start().await;
    let token = world.access_token_for("openid").await;
    let form = [("access_token", token.as_str())];
    let answer = world.post(PATH, &form).await;
    answer.is_ok();
    assert!(answer.json()["sub"].is_string());
    let by_get = Answer::of(world.request("GET", PATH).form(&form)).await;
    assert_eq!(by_get.status, 401);
    let json = world
        .request("POST", PATH)
        .json(&json!({ "access_token": token }));
    assert_eq!(Answer::of(json).await.status, 401);
}

/// UI-06
#[actix_web::test]
async fn ui_06_a_client_may_have_the_answer_signed() {
    let world = World::start().await;
    let mut client = clients::public("signed");
    client.metadata.userinfo_alg = Some(Algorithm::RS256);
    world.add(client).await;
    let login = world.log_in_at("signed", CANDIDATE, "openid").await;
    let answer = world.userinfo(&login.member("access_token")).await;
    answer.is_ok();
    assert_eq!(answer.header("content-type"), "application/jwt");
    let keys = world.get("/.well-known/jwks.json").await.json();
    assert_eq!(
        part(&answer.text, 0),
        json!({"typ": "JWT", "alg": "RS256", "kid": keys["keys"][0]["kid"]})
    );
    let claims = part(&answer.text, 1);
    let sub = &login.id_claims()["sub"];
    assert_eq!(claims, json!({"iss": ISSUER, "aud": "signed", "sub": sub}));
    // JB-13: it passes for no token.
    refuses(&world.userinfo(&answer.text).await, 401, "invalid_token");
}

/// UI-08, GEN-22
#[actix_web::test]
async fn ui_08_pages_of_registered_origins_may_ask() {
    let world = World::start().await;
    let token = world.access_token_for("openid").await;
    let ask = async |origin: &str, method: &str| {
        let preflight = world
            .request("OPTIONS", PATH)
            .header("origin", origin)
            .header("access-control-request-method", method)
            .header("access-control-request-headers", "authorization");
        Answer::of(preflight).await
    };
    for method in ["GET", "POST"] {
        let registered = ask("http://127.0.0.1:3000", method).await;
        assert_eq!(registered.status, 204);
        let allowed = registered.header("access-control-allow-origin");
        assert_eq!(allowed, "http://127.0.0.1:3000");
        let stranger = ask("https://evil.example", method).await;
        assert_eq!(stranger.header("access-control-allow-origin"), "");
    }
    let request = world.request("GET", PATH).bearer_auth(token);
    let answer = Answer::of(request.header("origin", "http://127.0.0.1:3000")).await;
    answer.is_ok();
    let allowed = answer.header("access-control-allow-origin");
    assert_eq!(allowed, "http://127.0.0.1:3000");
    let refused = world
        .request("GET", PATH)
        .header("origin", "http://127.0.0.1:3000");
    let exposed = Answer::of(refused).await;
    let exposed = exposed
        .header("access-control-expose-headers")
        .to_lowercase();
    assert!(exposed.contains("www-authenticate"), "{exposed}");
}

/// UI-09, AT-12: `openid` is what counts; without a resource, the audience is the issuer.
#[actix_web::test]
async fn ui_09_openid_is_what_makes_a_token_good_here() {
    let world = World::start().await;
    let mut alone = clients::public("alone");
    alone.audiences = Vec::new();
    let redirect_uri = alone.redirect_uris[0].clone();
    world.add(alone).await;
    let login = world.log_in_at("alone", CANDIDATE, "openid").await;
    login.is_ok();
    assert_eq!(login.claims()["aud"], ISSUER);
    world.userinfo(&login.member("access_token")).await.is_ok();
    let for_jobs = world.log_in_for("openid jobs:read").await;
    assert_eq!(for_jobs.claims()["aud"], "http://localhost:8081");
    world
        .userinfo(&for_jobs.member("access_token"))
        .await
        .is_ok();
    let none = Request::of("alone", &redirect_uri).with("scope", "jobs:read");
    let seen = world.person().open(&none.url()).await;
    assert_eq!(error_of(seen), "invalid_scope");
}

/// GEN-10: other methods are none of this endpoint.
#[actix_web::test]
async fn gen_10_other_methods_are_refused() {
    let world = World::start().await;
    for method in ["PUT", "DELETE", "PATCH"] {
        let answer = Answer::of(world.request(method, PATH)).await;
        assert_eq!(answer.status, 405);
        assert_eq!(answer.header("allow"), "GET, HEAD, POST");
    }
}
