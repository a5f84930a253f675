//! What an ID token says (OpenID Connect Core 1.0 §2; matrix OC-01 to OC-12, RT-18, attack JV-09).

use std::time::Duration;

use auth_server::accounts::Actor;
use auth_server::model::{Algorithm, ClientId};
use auth_server::store::clients as stored_clients;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256, Sha512};
use shared_claims::NumericDate;
use shared_claims::verify::{KeySet, Policy, Rejection, TokenKind, Typ, Verifier};

use crate::authorize::{Request, VERIFIER, parameters};
use crate::support::{Answer, ISSUER, PASSWORD, World, clients, part};

const PASSWORD_CLASS: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";

impl World {
    /// The password grant of the demo's public client, with a scope.
    pub(crate) async fn log_in_for(&self, scope: &str) -> Answer {
        self.token(&[
            ("grant_type", "password"),
            ("client_id", "ats-web"),
            ("username", "candidate@example.com"),
            ("password", PASSWORD),
            ("scope", scope),
        ])
        .await
    }

    /// The code grant of a public client and a user: consent is given.
    pub(crate) async fn log_in_at(&self, client: &str, username: &str, scope: &str) -> Answer {
        let id = ClientId::new(client);
        let found = stored_clients::find(self.state.store.read(), &id).await;
        let redirect_uri = found.unwrap().unwrap().redirect_uris[0].clone();
        let request = Request::of(client, &redirect_uri).with("scope", scope);
        let url = self
            .person()
            .log_in(&request.url(), username, PASSWORD)
            .await;
        self.token(&[
            ("grant_type", "authorization_code"),
            ("client_id", client),
            ("code", &parameters(&url)["code"]),
            ("redirect_uri", &redirect_uri),
            ("code_verifier", VERIFIER),
        ])
        .await
    }

    /// The code grant of the demo's public client for the same user; `more` are parameters of the
    /// authorization request.
    pub(crate) async fn code_grant(&self, scope: &str, more: &[(&str, &str)]) -> Answer {
        let begin = Request::new().with("scope", scope);
        let request = more
            .iter()
            .fold(begin, |request, (name, value)| request.with(name, value));
        self.redeem(&self.code(&request).await).await
    }

    async fn id_of(&self, login: &str) -> String {
        let user = self.state.accounts.find(login).await.unwrap().unwrap();
        user.id.as_str().to_owned()
    }
}

impl Answer {
    /// The claims of the ID token in the body, not verified.
    pub(crate) fn id_claims(&self) -> Value {
        part(&self.member("id_token"), 1)
    }
}

/// OC-01
#[actix_web::test]
async fn oc_01_openid_makes_an_id_token() {
    let world = World::start().await;
    let with = world.code_grant("openid", &[]).await;
    with.is_ok();
    assert_eq!(with.member("id_token").split('.').count(), 3);
    for scope in ["jobs:read", "profile email"] {
        let without = world.code_grant(scope, &[]).await;
        without.is_ok();
        assert!(without.json().get("id_token").is_none(), "{scope}");
    }
}

/// OC-01, CC-04: a client alone is nobody whom an ID token could be about.
#[actix_web::test]
async fn oc_01_a_client_alone_gets_no_id_token() {
    let world = World::start().await;
    world
        .add(clients::confidential("both", "a secret of the test"))
        .await;
    let form = [("grant_type", "client_credentials"), ("scope", "openid")];
    let answer = world
        .token_as(("both", "a secret of the test"), &form)
        .await;
    answer.is_error(400, "invalid_scope");
}

/// OC-02, OC-03, OC-06 to OC-12: these members with these values, and no others.
#[actix_web::test]
async fn oc_02_to_12_who_logged_in_when_and_how_and_nothing_else() {
    let world = World::start().await;
    let answer = world
        .code_grant("openid profile email phone address", &[])
        .await;
    let header = part(&answer.member("id_token"), 0);
    let keys = world.get("/.well-known/jwks.json").await.json();
    let kid = &keys["keys"][0]["kid"];
    assert_eq!(header, json!({"typ": "JWT", "alg": "RS256", "kid": kid}));
    let now = world.state.clock.now().as_seconds();
    let mut claims = answer.id_claims();
    assert!(claims["at_hash"].take().is_string());
    assert_eq!(
        claims,
        json!({
            "iss": ISSUER,
            "sub": world.id_of("candidate@example.com").await,
            "aud": "ats-web",
            "exp": now + 900,
            "iat": now,
            "auth_time": now,
            "acr": PASSWORD_CLASS,
            "amr": ["pwd"],
            "sid": answer.claims()["sid"],
            "at_hash": null,
        })
    );
    let sub = claims["sub"].as_str().unwrap();
    assert!(sub.is_ascii() && sub.len() <= 255);
    for claim in ["auth_time", "acr", "amr"] {
        assert_eq!(answer.claims()[claim], claims[claim], "{claim}");
    }
}

/// OC-04: as it was sent, whatever its length; absent when none was.
#[actix_web::test]
async fn oc_04_the_nonce_comes_back_unchanged() {
    let world = World::start().await;
    for nonce in [
        "n-0S6_WzA2Mj".to_owned(),
        "x".repeat(64),
        "+ /%\"é".repeat(48),
    ] {
        let answer = world.code_grant("openid", &[("nonce", &nonce)]).await;
        answer.is_ok();
        assert_eq!(answer.id_claims()["nonce"], nonce);
    }
    let without = world.code_grant("openid", &[]).await;
    assert!(without.id_claims().get("nonce").is_none());
}

/// OC-05, OC-03: with each algorithm, verified with nothing but our key set.
#[actix_web::test]
async fn oc_05_the_hash_of_the_access_token_follows_the_algorithm() {
    for algorithm in ["RS256", "PS256", "ES256", "EdDSA"] {
        let world = World::with(|inputs| inputs.with("keys.algorithm", algorithm)).await;
        let answer = world.code_grant("openid", &[]).await;
        assert_eq!(part(&answer.member("id_token"), 0)["alg"], algorithm);
        let token = answer.member("access_token");
        let half = match algorithm {
            "EdDSA" => Sha512::digest(token.as_bytes())[..32].to_vec(),
            _ => Sha256::digest(token.as_bytes())[..16].to_vec(),
        };
        let claims = verified(&world, &answer.member("id_token"), "ats-web")
            .await
            .unwrap();
        assert_eq!(claims["at_hash"], URL_SAFE_NO_PAD.encode(half));
    }
}

/// Judged as a client would: by our key set, for itself, as an ID token.
async fn verified(world: &World, token: &str, client: &str) -> Result<Value, Rejection> {
    let kind = TokenKind {
        typ: Typ::JwtOrAbsent,
        required: &["iss", "sub", "aud", "exp", "iat"],
        refused: &[],
    };
    let set = world.get("/.well-known/jwks.json").await;
    let keys = KeySet::from_jwks_json(set.text.as_bytes()).unwrap();
    let now = NumericDate::from_seconds(world.state.clock.now().as_seconds());
    let verifier = Verifier::new(Policy::new(ISSUER, client)).unwrap();
    verifier.verify_as(&kind, &keys, token, now)
}

/// OC-11, JV-09, AT-14, JB-12, JB-13: neither is taken for the other, even with the audience of the
/// other in the policy.
#[actix_web::test]
async fn jv_09_an_id_token_is_no_access_token_and_the_other_way_round() {
    let world = World::start().await;
    let answer = world.code_grant("openid jobs:read", &[]).await;
    let (id, access) = (answer.member("id_token"), answer.member("access_token"));
    let set = world.get("/.well-known/jwks.json").await;
    let keys = KeySet::from_jwks_json(set.text.as_bytes()).unwrap();
    let now = NumericDate::from_seconds(world.state.clock.now().as_seconds());
    for audience in ["http://localhost:8081", "ats-web"] {
        let verifier = Verifier::new(Policy::new(ISSUER, audience)).unwrap();
        assert_eq!(verifier.verify(&keys, &id, now), Err(Rejection::WrongType));
    }
    let refused = verified(&world, &access, "http://localhost:8081").await;
    assert_eq!(refused, Err(Rejection::WrongType));
    assert!(verified(&world, &id, "ats-web").await.is_ok());
    let at_userinfo = world.request("GET", "/oauth2/userinfo").bearer_auth(&id);
    assert_eq!(Answer::of(at_userinfo).await.status, 401);
}

/// RT-18, OC-74: the same person, session and login; issued now; no nonce.
#[actix_web::test]
async fn rt_18_a_refresh_gives_an_id_token_about_the_same_login() {
    let world = World::start().await;
    let first = world
        .code_grant(
            "openid jobs:read offline_access",
            &[("nonce", "n"), ("prompt", "consent")],
        )
        .await;
    first.is_ok();
    world.clock.advance(Duration::from_mins(5));
    let again = world
        .token(&[
            ("grant_type", "refresh_token"),
            ("client_id", "ats-web"),
            ("refresh_token", &first.member("refresh_token")),
        ])
        .await;
    again.is_ok();
    let (before, after) = (first.id_claims(), again.id_claims());
    for claim in ["iss", "sub", "aud", "auth_time", "acr", "amr", "sid"] {
        assert_eq!(before[claim], after[claim], "{claim}");
    }
    let seconds = |claims: &Value, claim: &str| claims[claim].as_i64().unwrap();
    assert_eq!(seconds(&after, "iat") - seconds(&before, "iat"), 300);
    assert_eq!(seconds(&after, "exp") - seconds(&after, "iat"), 900);
    assert_eq!(before["nonce"], "n");
    assert!(after.get("nonce").is_none() && after.get("azp").is_none());
    assert_ne!(before["at_hash"], after["at_hash"]);

    let narrowed = world
        .token(&[
            ("grant_type", "refresh_token"),
            ("client_id", "ats-web"),
            ("refresh_token", &again.member("refresh_token")),
            ("scope", "jobs:read"),
        ])
        .await;
    narrowed.is_ok();
    assert!(narrowed.json().get("id_token").is_none());
}

/// OC-75: a refresh that fails gives an error and nothing about anybody.
#[actix_web::test]
async fn oc_75_a_refused_refresh_says_nothing_about_the_user() {
    let world = World::start().await;
    let first = world.code_grant("openid", &[]).await;
    let user = world.state.accounts.find("candidate@example.com").await;
    let by = Actor::console(world.state.clock.now());
    let id = user.unwrap().unwrap().id;
    world.state.accounts.lock(&id, &by).await.unwrap();
    for token in [first.member("refresh_token"), "rt_none".to_owned()] {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", "ats-web"),
            ("refresh_token", token.as_str()),
        ];
        let refused = world.token(&form).await;
        refused.is_error(400, "invalid_grant");
        assert!(refused.json().get("id_token").is_none());
    }
}

/// OC-12, OC-52, OC-53: what is asked for by name is there if it has a value, also after a refresh.
#[actix_web::test]
async fn oc_12_claims_of_the_profile_are_there_when_asked_for_by_name() {
    let world = World::start().await;
    let wanted = json!({"id_token": {
        "email": {"essential": true}, "given_name": null, "birthdate": {"value": "1990-05-01"},
        "name#ja": {"essential": true}, "planet": {"essential": true}, "iss": {"value": "x"},
    }});
    let wanted = wanted.to_string();
    let answer = world.code_grant("openid", &[("claims", &wanted)]).await;
    answer.is_ok();
    let claims = answer.id_claims();
    assert_eq!(claims["email"], "candidate@example.com");
    assert_eq!(claims["given_name"], "Carla");
    assert_eq!(claims["birthdate"], "1990-05-01");
    assert_eq!(claims["iss"], ISSUER);
    for absent in ["name#ja", "planet", "family_name", "email_verified"] {
        assert!(claims.get(absent).is_none(), "{absent}");
    }
}

/// OC-03, OC-11: `id_token_signed_response_alg` and the lifetime of the registration.
#[actix_web::test]
async fn oc_03_a_client_has_its_own_algorithm_and_lifetime() {
    let world = World::with(|inputs| inputs.with("tokens.id_ttl", "7m")).await;
    let rotated = world.command(&["keys", "rotate", "--algorithm", "ES256"], "");
    assert!(rotated.status.success(), "{rotated:?}");
    world
        .state
        .keys
        .reload(world.state.clock.now())
        .await
        .unwrap();
    let mut client = clients::public("own");
    client.metadata.id_token_alg = Some(Algorithm::ES256);
    client.metadata.id_ttl = Some(Duration::from_mins(2));
    world.add(client).await;
    for (client, algorithm, lifetime) in [("own", "ES256", 120), ("ats-web", "RS256", 420)] {
        let answer = world.log_in_at(client, "admin@example.com", "openid").await;
        answer.is_ok();
        let claims = verified(&world, &answer.member("id_token"), client)
            .await
            .unwrap();
        let span = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
        assert_eq!(span, lifetime, "{client}");
        assert_eq!(part(&answer.member("id_token"), 0)["alg"], algorithm);
        assert_eq!(answer.token_header()["alg"], "RS256");
    }
}
