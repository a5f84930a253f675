//! Who the user is, for tokens that may know (OpenID Connect Core 1.0 §5.3; matrix UI rows, RS rows,
//! OC-50, OC-54, OC-61, attack IR-06).

use auth_server::accounts::Actor;
use auth_server::model::{Algorithm, ClientId, GrantType};
use auth_server::store::{clients as stored_clients, users};
use serde_json::{Value, json};
use shared_claims::ScopeSet;

use crate::authorize::{Request, VERIFIER, parameters};
use crate::support::{Answer, ISSUER, PASSWORD, SECRET, World, clients, part};

const PATH: &str = "/oauth2/userinfo";
const EVERYTHING: &str = "openid profile email phone address";
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
    let login = world.log_in_for("openid email").await;
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

/// RS-07: a token in the URL is not seen.
#[actix_web::test]
async fn rs_07_a_token_in_the_query_is_no_token() {
    let world = World::start().await;
    let token = world.access_token_for("openid").await;
    let path = format!("{PATH}?access_token={token}");
    for method in ["GET", "POST"] {
        let answer = Answer::of(world.request(method, &path)).await;
        is_asked_for_a_token(&answer);
        let form = world.request(method, &path).form(&[("x", "y")]);
        is_asked_for_a_token(&Answer::of(form).await);
    }
}

/// RS-02: who brought nothing is told how to authenticate, not what went wrong.
#[track_caller]
fn is_asked_for_a_token(answer: &Answer) {
    assert_eq!(answer.status, 401, "{}", answer.text);
    let challenge = answer.header("www-authenticate");
    assert_eq!(
        challenge,
        format!("Bearer realm=\"{ISSUER}\", scope=\"openid\"")
    );
}

/// UI-05, RS-02, RS-03, RS-06
#[actix_web::test]
async fn ui_05_rs_02_06_refusals_are_those_of_rfc_6750() {
    let world = World::start().await;
    let token = world.access_token_for("openid").await;
    is_asked_for_a_token(&world.get(PATH).await);
    let basic = world
        .request("GET", PATH)
        .basic_auth("ats-service", Some(SECRET));
    is_asked_for_a_token(&Answer::of(basic).await);
    for header in ["Bearer", "Bearer  "] {
        let request = world.request("GET", PATH).header("authorization", header);
        refuses(&Answer::of(request).await, 400, "invalid_request");
    }
    let twice = world
        .request("GET", PATH)
        .bearer_auth(&token)
        .header("authorization", format!("Bearer {token}"));
    refuses(&Answer::of(twice).await, 400, "invalid_request");
    let both = world.request("POST", PATH).bearer_auth(&token);
    let both = both.form(&[("access_token", &token)]);
    refuses(&Answer::of(both).await, 400, "invalid_request");
    let mut forged = token.clone();
    forged.truncate(token.len() - 4);
    for bad in [
        "x",
        "a.b.c",
        &forged,
        &format!("{token}."),
        &"a".repeat(6000),
    ] {
        refuses(&world.userinfo(bad).await, 401, "invalid_token");
    }
}

/// IR-06, UI-04: an ID token, a client's own token, one without `openid`, one of another server.
#[actix_web::test]
async fn ir_06_ui_04_tokens_of_another_kind_learn_nothing() {
    let world = World::start().await;
    let login = world.log_in_for("openid").await;
    let id_token = world.userinfo(&login.member("id_token")).await;
    refuses(&id_token, 401, "invalid_token");
    let refresh = world.userinfo(&login.member("refresh_token")).await;
    refuses(&refresh, 401, "invalid_token");
    let service = world.service_token().await.member("access_token");
    let without = world.access_token_for("jobs:read profile email").await;
    for token in [service, without] {
        let answer = world.userinfo(&token).await;
        refuses(&answer, 403, "insufficient_scope");
        assert!(
            answer
                .header("www-authenticate")
                .ends_with("scope=\"openid\"")
        );
    }
    let elsewhere = World::start().await;
    let foreign = elsewhere.access_token_for("openid").await;
    refuses(&world.userinfo(&foreign).await, 401, "invalid_token");
}

/// IR-06, RS-03: what was revoked, and what is over.
#[actix_web::test]
async fn ir_06_revoked_and_expired_tokens_learn_nothing() {
    let world = World::start().await;
    let (revoked, expired) = (
        world.access_token_for("openid").await,
        world.access_token_for("openid").await,
    );
    let form = [("client_id", "ats-web"), ("token", revoked.as_str())];
    world.post("/oauth2/revoke", &form).await.is_ok();
    refuses(&world.userinfo(&revoked).await, 401, "invalid_token");
    world.userinfo(&expired).await.is_ok();
    world.clock.advance(std::time::Duration::from_mins(16));
    refuses(&world.userinfo(&expired).await, 401, "invalid_token");
}

/// UI-07: whoever is switched off, locked or gone is nobody, and so is a client.
#[actix_web::test]
async fn ui_07_users_and_clients_that_are_switched_off_are_nobody() {
    for change in ["disable", "lock", "delete", "client"] {
        let world = World::start().await;
        let token = world.access_token_for("openid").await;
        world.userinfo(&token).await.is_ok();
        let now = world.state.clock.now();
        let by = Actor::console(now);
        let user = world.state.accounts.find(CANDIDATE).await.unwrap().unwrap();
        match change {
            "disable" => world.state.accounts.disable(&user.id, &by).await.unwrap(),
            "lock" => world.state.accounts.lock(&user.id, &by).await.unwrap(),
            "delete" => {
                let store = &world.state.store;
                let work = async move |txn: &auth_server::store::DatabaseTransaction| {
                    users::delete(txn, &user.id, now).await
                };
                assert!(store.write(work).await.unwrap());
            }
            _ => {
                let store = &world.state.store;
                let work = async move |txn: &auth_server::store::DatabaseTransaction| {
                    stored_clients::set_disabled(txn, &ClientId::new("ats-web"), Some(now), now)
                        .await
                };
                assert!(store.write(work).await.unwrap());
                world.state.directory.refresh().await.unwrap();
            }
        }
        refuses(&world.userinfo(&token).await, 401, "invalid_token");
    }
}

/// UI-07: the token stays, what it tells is of now.
#[actix_web::test]
async fn ui_07_claims_are_those_of_this_moment() {
    let world = World::start().await;
    let token = world.access_token_for("openid profile email").await;
    let before = world.userinfo(&token).await.json();
    assert_eq!(before["nickname"], "Carli");
    world.clock.advance(std::time::Duration::from_secs(5));
    let arguments = [
        "user",
        "set-profile",
        CANDIDATE,
        "--claim",
        "nickname=Lotte",
    ];
    let more = ["--remove", "picture", "--claim", "email=carla@example.com"];
    let done = world.command(&[&arguments[..], &more].concat(), "");
    assert!(done.status.success(), "{done:?}");
    let after = world.userinfo(&token).await.json();
    assert_eq!(after["nickname"], "Lotte");
    assert_eq!(after["email"], "carla@example.com");
    assert_eq!(
        after["email_verified"], false,
        "another address is not proven"
    );
    assert!(after.get("picture").is_none(), "OC-10");
    assert_eq!(after["sub"], before["sub"]);
    assert!(after["updated_at"].as_i64() > before["updated_at"].as_i64());
}

/// UI-07, OC-10: each scope stands for its claims.
#[actix_web::test]
async fn ui_07_claims_are_limited_to_the_scope() {
    let world = World::start().await;
    for (scope, some, none) in [
        ("openid", "sub", "name"),
        ("openid profile", "name", "email"),
        ("openid email", "email", "phone_number"),
        ("openid phone", "phone_number", "address"),
        ("openid address", "address", "name"),
    ] {
        let token = world.access_token_for(scope).await;
        let claims = world.userinfo(&token).await.json();
        assert!(claims.get(some).is_some(), "{scope}: {claims}");
        assert!(claims.get(none).is_none(), "{scope}: {claims}");
    }
}

/// OC-61, OC-50: every standard claim, each of its type.
#[actix_web::test]
async fn oc_61_50_a_user_has_every_claim_in_its_own_type() {
    let world = World::start().await;
    let token = world.access_token_for(EVERYTHING).await;
    let claims = world.userinfo(&token).await.json();
    let metadata = world.get("/.well-known/openid-configuration").await.json();
    let of_the_login = ["acr", "amr", "auth_time", "sid"];
    for claim in metadata["claims_supported"].as_array().unwrap() {
        let claim = claim.as_str().unwrap();
        let value = claims.get(claim);
        assert_eq!(value.is_some(), !of_the_login.contains(&claim), "{claim}");
        assert!(!value.is_some_and(Value::is_null), "{claim}");
        match claim {
            "email_verified" | "phone_number_verified" => assert_eq!(claims[claim], true),
            "updated_at" => assert!(claims[claim].is_i64()),
            "address" => assert!(claims[claim].as_object().unwrap().len() == 6),
            claim if of_the_login.contains(&claim) => {}
            claim => assert!(claims[claim].is_string(), "{claim}"),
        }
    }
    assert_eq!(claims["birthdate"], "1990-05-01");
    assert_eq!(claims["zoneinfo"], "Europe/Vienna");
    assert_eq!(claims["locale"], "de-AT");
    assert_eq!(claims.as_object().unwrap().len(), 20);
}

/// OC-54, OC-53: asked for by name, without the scope; no error for what nobody has.
#[actix_web::test]
async fn oc_54_an_essential_claim_is_told_without_its_scope() {
    let world = World::start().await;
    let wanted =
        r#"{"userinfo":{"name":{"essential":true},"planet":{"essential":true},"zoneinfo":null}}"#;
    let login = world.code_grant("openid", &[("claims", wanted)]).await;
    login.is_ok();
    let claims = world.userinfo(&login.member("access_token")).await.json();
    assert_eq!(
        claims,
        json!({
            "sub": login.id_claims()["sub"],
            "name": "Carla Novak",
            "zoneinfo": "Europe/Vienna",
        })
    );
    assert!(login.id_claims().get("name").is_none());
}

/// OC-52: the user is asked about claims by name as about the scope they belong to; a client that may
/// not have the scope gets nothing by name either.
#[actix_web::test]
async fn oc_52_claims_by_name_are_no_way_around_consent_and_registration() {
    let world = World::start().await;
    let address = "https://app.example.com/cb";
    let mut client = clients::public("narrow");
    client.grant_types = vec![GrantType::AuthorizationCode];
    client.redirect_uris = vec![address.to_owned()];
    client.scopes = ScopeSet::parse("openid email").unwrap();
    client.default_scopes = ScopeSet::parse("openid").unwrap();
    world.add(client).await;
    let wanted = r#"{"userinfo":{"email":null,"phone_number":{"essential":true}}}"#;
    let plain = Request::of("narrow", address).with("scope", "openid");
    let by_name = plain.clone().with("claims", wanted);

    let mut person = world.person();
    person.log_in(&plain.url(), CANDIDATE, PASSWORD).await;
    // What was allowed is not asked again; the claim is more than that.
    person.open(&plain.url()).await.away();
    let page = person.open(&by_name.url()).await.page();
    assert!(page.is("page-consent"), "{}", page.text);
    assert!(
        page.text.contains("e-mail") && !page.text.contains("phone"),
        "{}",
        page.text
    );
    let back = person.press(&page, "consent-allow", &[]).await.away();
    let login = world
        .token(&[
            ("grant_type", "authorization_code"),
            ("client_id", "narrow"),
            ("code", &parameters(&back)["code"]),
            ("redirect_uri", address),
            ("code_verifier", VERIFIER),
        ])
        .await;
    login.is_ok();
    let claims = world.userinfo(&login.member("access_token")).await.json();
    assert_eq!(claims["email"], CANDIDATE);
    assert!(claims.get("phone_number").is_none());
    person.open(&by_name.url()).await.away();
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
    let none = world.log_in_at("alone", CANDIDATE, "jobs:read").await;
    none.is_error(400, "invalid_scope");
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
