//! What a token is worth, for those who may ask (RFC 7662, RFC 9701; matrix INT and JWI rows, attacks
//! IR-01, IR-02).

use std::time::Duration;

use auth_server::model::SubjectType;
use serde_json::{Value, json};
use shared_claims::NumericDate;
use shared_claims::verify::{KeySet, Policy, TokenKind, Typ, Verifier};

use crate::revocation::pair;
use crate::support::{Answer, ISSUER, PASSWORD, SECRET, World, clients, part};

const PATH: &str = "/oauth2/introspect";
const SIGNED: &str = "application/token-introspection+jwt";
const API: &str = "http://localhost:8081";

impl World {
    async fn ask_as(&self, client: (&str, &str), token: &str) -> Answer {
        let request = self
            .request("POST", PATH)
            .basic_auth(client.0, Some(client.1));
        Answer::of(request.form(&[("token", token)])).await
    }

    /// The signed answer and the key set that verifies it.
    async fn ask_signed(&self, client: (&str, &str), token: &str) -> (Answer, KeySet) {
        let request = self
            .request("POST", PATH)
            .basic_auth(client.0, Some(client.1))
            .header("accept", SIGNED);
        let answer = Answer::of(request.form(&[("token", token)])).await;
        let keys = self.get("/.well-known/jwks.json").await;
        (
            answer,
            KeySet::from_jwks_json(keys.text.as_bytes()).unwrap(),
        )
    }
}

fn nothing() -> Value {
    json!({ "active": false })
}

/// INT-01, INT-06, INT-09: the members of an active token are those it says itself.
#[actix_web::test]
async fn int_06_an_active_token_is_described_as_it_describes_itself() {
    let world = World::start().await;
    let (access, _) = pair(&world).await;
    let answer = world.ask_as(("ats-introspect", SECRET), &access).await;
    answer.is_ok();
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("content-type"), "application/json");
    let told = answer.json();
    let mut said = part(&access, 1);
    said.as_object_mut().unwrap().remove("status");
    for (name, value) in said.as_object().unwrap() {
        assert_eq!(&told[name], value, "{name}");
    }
    assert_eq!(told["active"], true);
    assert_eq!(told["token_type"], "Bearer");
    assert_eq!(told["username"], "candidate@example.com");
    let names = said.as_object().unwrap().len() + 3;
    assert_eq!(told.as_object().unwrap().len(), names, "{told}");
    for name in [
        "scope",
        "client_id",
        "exp",
        "iat",
        "sub",
        "aud",
        "iss",
        "jti",
        "roles",
        "auth_time",
    ] {
        assert!(!told[name].is_null(), "{name}");
    }
    let service = world.service_token().await.member("access_token");
    let told = world.introspect(&service).await;
    assert_eq!(
        (told["active"].clone(), told["sub"].clone()),
        (json!(true), json!("ats-service"))
    );
    assert!(told.get("username").is_none());
}

/// INT-02, INT-03, INT-08, INT-11, IR-01: who asks, and how.
#[actix_web::test]
async fn int_02_03_nobody_asks_without_saying_who() {
    let world = World::start().await;
    let (access, _) = pair(&world).await;
    world
        .post(PATH, &[("token", &access)])
        .await
        .is_error(401, "invalid_client");
    world
        .ask_as(("ats-introspect", "wrong"), &access)
        .await
        .is_error(401, "invalid_client");
    let public = [("token", access.as_str()), ("client_id", "ats-web")];
    world
        .post(PATH, &public)
        .await
        .is_error(401, "invalid_client");
    let nothing_asked = world
        .request("POST", PATH)
        .basic_auth("ats-introspect", Some(SECRET));
    Answer::of(nothing_asked.form(&[("x", "y")]))
        .await
        .is_error(400, "invalid_request");
    let get = world.get(&format!("{PATH}?token={access}")).await;
    assert_eq!((get.status, get.header("allow")), (405, "POST"));
}

/// INT-05, IR-01: whatever is wrong with it, the answer is the same eighteen bytes.
#[actix_web::test]
async fn int_05_a_token_that_is_worth_nothing_is_not_described() {
    let world = World::start().await;
    let (access, refresh) = pair(&world).await;
    let (head, signature) = access.rsplit_once('.').unwrap();
    let first = if signature.starts_with('A') { 'B' } else { 'A' };
    let forged = format!("{head}.{first}{}", &signature[1..]);
    let (revoked, _) = pair(&world).await;
    world.give_back(&revoked).await;
    let id_token = world.code_grant("openid", &[]).await.member("id_token");
    let long = "x".repeat(50_000);
    for token in [
        "garbage", "a.b.c", "..", "rt_x", &forged, &revoked, &id_token, &long,
    ] {
        let answer = world.ask_as(("ats-introspect", SECRET), token).await;
        assert_eq!(
            (answer.status, answer.text.as_str()),
            (200, r#"{"active":false}"#),
            "{token}"
        );
    }
    let too_long = "x".repeat(100 * 1024);
    let answer = world.ask_as(("ats-introspect", SECRET), &too_long).await;
    answer.is_error(413, "invalid_request");
    assert_eq!(world.introspect(&access).await["active"], true);
    // `exp` itself is too late, without any leeway: one clock made it and reads it.
    let exp = part(&access, 1)["exp"].as_i64().unwrap();
    let at = |seconds| auth_server::clock::Instant::from_seconds(seconds);
    world.clock.set(at(exp - 1));
    assert_eq!(world.introspect(&access).await["active"], true);
    world.clock.set(at(exp));
    assert_eq!(world.introspect(&access).await, nothing());
    drop(refresh);
}

/// INT-05: a token of another server, signed by another key under the same name.
#[actix_web::test]
async fn int_05_another_servers_token_is_worth_nothing_here() {
    let (world, other) = (World::start().await, World::start().await);
    let (foreign, _) = pair(&other).await;
    assert_eq!(other.introspect(&foreign).await["active"], true);
    assert_eq!(world.introspect(&foreign).await, nothing());
}

/// INT-04, IR-02: a resource learns about tokens meant for it, a client about its own, and nobody else
/// anything.
#[actix_web::test]
async fn ir_02_a_token_for_somebody_else_is_not_described() {
    let world = World::start().await;
    let mut elsewhere = clients::confidential("elsewhere", SECRET);
    elsewhere.audiences = vec!["https://elsewhere.example".into()];
    elsewhere.may_introspect = true;
    world.add(elsewhere).await;
    world.add(clients::confidential("curious", SECRET)).await;
    let (access, _) = pair(&world).await;
    for client in ["elsewhere", "curious"] {
        assert_eq!(
            world.ask_as((client, SECRET), &access).await.json(),
            nothing(),
            "{client}"
        );
    }
    let own = world
        .token_as(("curious", SECRET), &[("grant_type", "client_credentials")])
        .await
        .member("access_token");
    assert_eq!(
        world.ask_as(("curious", SECRET), &own).await.json()["active"],
        true
    );
    assert_eq!(
        world.ask_as(("elsewhere", SECRET), &own).await.json(),
        nothing()
    );
    assert_eq!(
        world.introspect(&own).await["active"],
        true,
        "it is meant for the demo's resource"
    );
}

/// INT-07, INT-10: refresh tokens are described to their own client only, whatever the hint; being
/// looked at neither spends nor revokes them.
#[actix_web::test]
async fn int_10_refresh_tokens_are_described_to_their_own_client_only() {
    let world = World::start().await;
    world.add(clients::confidential("app", SECRET)).await;
    let login = world
        .token_as(
            ("app", SECRET),
            &[
                ("grant_type", "password"),
                ("username", "candidate@example.com"),
                ("password", PASSWORD),
            ],
        )
        .await;
    let first = login.member("refresh_token");
    for hint in ["", "refresh_token", "access_token", "nonsense"] {
        let request = world.request("POST", PATH).basic_auth("app", Some(SECRET));
        let form = [("token", first.as_str()), ("token_type_hint", hint)];
        let told = Answer::of(request.form(&form)).await.json();
        assert_eq!(told["active"], true, "{hint}");
        assert_eq!(
            (told["client_id"].as_str(), told["scope"].as_str()),
            (Some("app"), Some("jobs:read"))
        );
        assert_eq!(told["sub"], login.claims()["sub"]);
    }
    assert_eq!(world.introspect(&first).await, nothing());
    let refresh = |token: String| {
        let form = [
            ("grant_type", "refresh_token".to_owned()),
            ("refresh_token", token),
        ];
        let request = world
            .request("POST", "/oauth2/token")
            .basic_auth("app", Some(SECRET));
        Answer::of(request.form(&form))
    };
    let second = refresh(first.clone()).await.member("refresh_token");
    world.clock.advance(Duration::from_mins(2));
    assert_eq!(
        world.ask_as(("app", SECRET), &first).await.json(),
        nothing(),
        "spent"
    );
    assert_eq!(
        world.ask_as(("app", SECRET), &second).await.json()["active"],
        true
    );
    refresh(second).await.is_ok();
}

/// INT-10, OC-60: the user has the same name in what is told of a refresh token as in the access tokens
/// it gives: a pairwise client does not learn the public subject.
#[actix_web::test]
async fn int_10_oc_60_a_refresh_token_names_its_user_as_its_access_tokens_do() {
    let world = World::start().await;
    for (id, audiences) in [
        ("alone", vec![]),
        ("registered", vec![ISSUER.to_owned()]),
        ("with-service", vec![API.to_owned()]),
    ] {
        let mut client = clients::confidential(id, SECRET);
        client.metadata.subject_type = SubjectType::Pairwise;
        client.audiences = audiences;
        world.add(client).await;
        let login = log_in(&world, id, "openid").await;
        let refresh = login.member("refresh_token");
        let told = world.ask_as((id, SECRET), &refresh).await.json();
        assert_eq!(told["active"], true, "{id}");
        assert_eq!(told["sub"], login.claims()["sub"], "{id}");
        let audiences = |aud: &Value| match aud {
            Value::Array(many) => many.clone(),
            one => vec![one.clone()],
        };
        assert_eq!(audiences(&told["aud"]), audiences(&login.claims()["aud"]));
    }
}

/// INT-06, OC-60: what a user is called is for resources, and for a client that the user has told it.
#[actix_web::test]
async fn int_06_a_client_learns_no_name_that_its_user_did_not_give_it() {
    let world = World::start().await;
    let mut client = clients::confidential("app", SECRET);
    client.scopes = shared_claims::ScopeSet::parse("openid profile").unwrap();
    world.add(client).await;
    for (scope, is_told) in [("openid", false), ("openid profile", true)] {
        let login = log_in(&world, "app", scope).await;
        for token in ["access_token", "refresh_token"] {
            let token = login.member(token);
            let told = world.ask_as(("app", SECRET), &token).await.json();
            assert_eq!(told["active"], true);
            assert_eq!(told.get("username").is_some(), is_told, "{scope}: {told}");
        }
        let told = world.introspect(&login.member("access_token")).await;
        assert_eq!(told["username"], "candidate@example.com", "its resource");
    }
}

async fn log_in(world: &World, client: &str, scope: &str) -> Answer {
    let form = [
        ("grant_type", "password"),
        ("username", "candidate@example.com"),
        ("password", PASSWORD),
        ("scope", scope),
    ];
    let login = world.token_as((client, SECRET), &form).await;
    login.is_ok();
    login
}

/// INT-04: who has the role `admin` and the scope `introspect` may ask about every token; the role or
/// the scope alone opens nothing that is not the bearer's.
#[actix_web::test]
async fn int_04_an_administrator_may_ask_about_every_token() {
    let world = World::start().await;
    let (access, _) = pair(&world).await;
    for (id, roles, is_told) in [
        ("office", vec![shared_claims::Role::ADMIN], true),
        ("elsewhere", vec![shared_claims::Role::RECRUITER], false),
    ] {
        let mut client = clients::confidential(id, SECRET);
        client.scopes = shared_claims::ScopeSet::parse("introspect").unwrap();
        client.audiences = vec!["https://elsewhere.example".to_owned()];
        client.roles = roles;
        world.add(client).await;
        let form = [
            ("grant_type", "client_credentials"),
            ("scope", "introspect"),
        ];
        let bearer = world.token_as((id, SECRET), &form).await;
        let ask = world
            .request("POST", PATH)
            .bearer_auth(bearer.member("access_token"))
            .form(&[("token", &access)]);
        let told = Answer::of(ask).await.json();
        assert_eq!(told["active"], is_told, "{id}");
        assert_eq!(told.get("username").is_some(), is_told, "{id}");
        // The role alone, without a token of that scope.
        let by_client = world.ask_as((id, SECRET), &access).await.json();
        assert_eq!(by_client, nothing(), "{id}");
    }
}

/// INT-02: by an access token with the scope `introspect`.
#[actix_web::test]
async fn int_02_a_bearer_with_the_scope_may_ask() {
    let world = World::start().await;
    let mut gateway = clients::confidential("gateway", SECRET);
    gateway.scopes = shared_claims::ScopeSet::parse("introspect jobs:read").unwrap();
    world.add(gateway).await;
    let token = |scope: &'static str| {
        let form = [("grant_type", "client_credentials"), ("scope", scope)];
        let request = world
            .request("POST", "/oauth2/token")
            .basic_auth("gateway", Some(SECRET));
        Answer::of(request.form(&form))
    };
    let (with, without) = (token("introspect").await, token("jobs:read").await);
    let (access, _) = pair(&world).await;
    let ask = |bearer: String| {
        Answer::of(
            world
                .request("POST", PATH)
                .bearer_auth(bearer)
                .form(&[("token", &access)]),
        )
    };
    let answer = ask(with.member("access_token")).await;
    answer.is_ok();
    assert_eq!(answer.json()["active"], true);
    let refused = ask(without.member("access_token")).await;
    assert_eq!(refused.status, 403);
    let challenge = refused.header("www-authenticate").to_owned();
    assert!(
        challenge.contains("insufficient_scope") && challenge.contains("introspect"),
        "{challenge}"
    );
    for bad in ["garbage", access.as_str()] {
        let refused = ask(bad.to_owned()).await;
        let expected = if bad == "garbage" {
            (401, "invalid_token")
        } else {
            (403, "insufficient_scope")
        };
        assert_eq!(refused.status, expected.0, "{}", refused.text);
        assert!(refused.header("www-authenticate").contains(expected.1));
    }
}

/// REV-09, INT-05: who is locked or switched off has no active token, before any bit is read.
#[actix_web::test]
async fn the_token_of_a_client_that_is_off_is_worth_nothing() {
    let world = World::start().await;
    let token = world.service_token().await.member("access_token");
    assert_eq!(world.introspect(&token).await["active"], true);
    let id = auth_server::model::ClientId::new("ats-service");
    let now = world.state.clock.now();
    let off = world.state.store.write(async move |txn| {
        auth_server::store::clients::set_disabled(txn, &id, Some(now), now).await
    });
    assert!(off.await.unwrap());
    assert_eq!(world.introspect(&token).await, nothing());
}

/// JWI-01, JWI-02: the answer signed for its reader, and no other kind of token.
#[actix_web::test]
async fn jwi_01_02_the_answer_is_signed_for_its_reader() {
    const INTROSPECTION: TokenKind = TokenKind {
        typ: Typ::Exactly("token-introspection+jwt"),
        required: &["iss", "aud", "iat", "token_introspection"],
        refused: &["sub", "exp"],
    };
    let world = World::start().await;
    let (access, _) = pair(&world).await;
    let (answer, keys) = world.ask_signed(("ats-introspect", SECRET), &access).await;
    answer.is_ok();
    assert_eq!(answer.header("content-type"), SIGNED);
    assert_eq!(answer.header("cache-control"), "no-store");
    let now = NumericDate::from_seconds(world.state.clock.now().as_seconds());
    let verifier = |audience: &str| Verifier::new(Policy::new(ISSUER, audience)).unwrap();
    let claims: Value = verifier("ats-introspect")
        .verify_as(&INTROSPECTION, &keys, &answer.text, now)
        .unwrap();
    assert_eq!(claims.as_object().unwrap().len(), 4);
    let told = &claims["token_introspection"];
    assert_eq!(
        (told["active"].clone(), told["aud"].clone()),
        (json!(true), json!(API))
    );
    assert!(
        verifier("another")
            .verify_as::<Value>(&INTROSPECTION, &keys, &answer.text, now)
            .is_err()
    );
    assert!(
        verifier(API).verify(&keys, &answer.text, now).is_err(),
        "it is no access token"
    );

    let (answer, _) = world
        .ask_signed(("ats-introspect", SECRET), "garbage")
        .await;
    assert_eq!(part(&answer.text, 1)["token_introspection"], nothing());
}

/// JWI-03, DEC-13: never a plain answer, and never one for nobody.
#[actix_web::test]
async fn jwi_03_nobody_gets_a_signed_answer_without_credentials() {
    let world = World::start().await;
    let (access, _) = pair(&world).await;
    let ask = || world.request("POST", PATH).header("accept", SIGNED);
    Answer::of(ask().form(&[("token", &access)]))
        .await
        .is_error(400, "invalid_request");
    let form = [("token", access.as_str()), ("client_id", "ats-introspect")];
    Answer::of(ask().form(&form))
        .await
        .is_error(401, "invalid_client");
    let (answer, _) = world.ask_signed(("ats-introspect", "wrong"), &access).await;
    answer.is_error(401, "invalid_client");
}

/// JWI-04: scopes of other resources are nobody else's business.
#[actix_web::test]
async fn jwi_04_the_scope_is_narrowed_to_the_reader() {
    use auth_server::store::resources::{self, Resource, ScopeRecord};
    let world = World::start().await;
    let other = "https://other.example";
    world
        .state
        .store
        .write(async move |txn| {
            let at = auth_server::clock::Instant::from_seconds(0);
            let resource = Resource {
                id: other.into(),
                name: "Other".into(),
            };
            resources::upsert_resource(txn, &resource, at).await?;
            let scope = ScopeRecord {
                scope: shared_claims::Scope::parse("other:read").unwrap(),
                resource: Some(other.into()),
                description: "Reads".into(),
            };
            resources::upsert_scope(txn, &scope, at).await
        })
        .await
        .unwrap();
    let mut both = clients::confidential("both", SECRET);
    both.scopes = shared_claims::ScopeSet::parse("jobs:read other:read").unwrap();
    both.default_scopes = both.scopes.clone();
    both.audiences = vec![API.into(), other.into()];
    world.add(both).await;
    let form = [
        ("grant_type", "client_credentials"),
        ("resource", API),
        ("resource", other),
    ];
    let token = world.token_as(("both", SECRET), &form).await;
    let token = token.member("access_token");
    let scope = |text: &str| part(text, 1)["token_introspection"]["scope"].clone();
    let (answer, _) = world.ask_signed(("ats-introspect", SECRET), &token).await;
    assert_eq!(scope(&answer.text), "jobs:read");
    let (answer, _) = world.ask_signed(("both", SECRET), &token).await;
    assert_eq!(scope(&answer.text), "jobs:read other:read");
}

/// JWI-05: a client may have its answers signed with its algorithm.
#[actix_web::test]
async fn jwi_05_the_client_chooses_the_algorithm() {
    let world = World::start().await;
    let mut reader = clients::confidential("reader", SECRET);
    reader.metadata.introspection_alg = Some(auth_server::model::Algorithm::ES256);
    world.add(reader).await;
    let done = world.command(&["keys", "rotate", "--algorithm", "ES256"], "");
    assert!(done.status.success());
    let now = world.state.clock.now();
    world.state.keys.reload(now).await.unwrap();
    let (answer, keys) = world.ask_signed(("reader", SECRET), "garbage").await;
    assert_eq!(part(&answer.text, 0)["alg"], "ES256");
    assert!(keys.len() >= 2);
    let document = world.get("/.well-known/openid-configuration").await.json();
    let algorithms = &document["introspection_signing_alg_values_supported"];
    assert_eq!(algorithms, &json!(["RS256", "ES256"]));
}
