//! Clients that prove themselves by signed assertions (RFC 7523 §2.2, §3, OpenID Connect Core 1.0 §9).

use std::time::Duration;

use auth_server::model::{Algorithm, AuthMethod, Client, ClientMetadata};
use serde_json::{Value, json};

use crate::foreign::Foreign;
use crate::support::{Answer, ISSUER, SECRET, World, clients};

pub(crate) mod signer;

use signer::Signer;

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const ID: &str = "partner";

fn client(metadata: ClientMetadata) -> Client {
    Client {
        auth_method: AuthMethod::PrivateKeyJwt,
        secrets: Vec::new(),
        metadata,
        ..clients::confidential(ID, "")
    }
}

fn by_value(signer: &Signer) -> ClientMetadata {
    ClientMetadata {
        jwks: Some(signer.jwks()),
        ..ClientMetadata::default()
    }
}

/// A server with a client of one Ed25519 key.
async fn world_of(signer: &Signer) -> World {
    let world = World::start().await;
    world.add(client(by_value(signer))).await;
    world
}

impl World {
    /// Claims that hold, each time with another `jti`.
    fn good_claims(&self) -> Value {
        let now = self.state.clock.now().as_seconds();
        json!({
            "iss": ID, "sub": ID, "aud": ISSUER,
            "iat": now, "exp": now + 60, "jti": self.state.random.text::<16>(),
        })
    }

    async fn present(&self, assertion: &str) -> Answer {
        self.token(&[
            ("grant_type", "client_credentials"),
            ("client_assertion_type", TYPE),
            ("client_assertion", assertion),
        ])
        .await
    }

    /// The claims after a change, signed as usual.
    async fn try_claims(&self, signer: &Signer, change: impl Fn(&mut Value)) -> Answer {
        let mut claims = self.good_claims();
        change(&mut claims);
        self.present(&signer.sign(&signer.header(), &claims)).await
    }
}

fn remove(claims: &mut Value, name: &str) {
    claims.as_object_mut().unwrap().remove(name);
}

/// PKJ-06, BCP-24: each algorithm, with the key set by value, with and without `alg` in the key.
#[actix_web::test]
async fn pkj_06_every_algorithm_of_ours_is_accepted_with_the_clients_own_key() {
    for alg in ["RS256", "PS256", "ES256", "EdDSA"] {
        let signer = Signer::new(alg, "k-1");
        let world = world_of(&signer).await;
        world.try_claims(&signer, |_| {}).await.is_ok();
        let answer = world.try_claims(&signer, |_| {}).await;
        assert_eq!(answer.claims()["client_id"], ID);
    }
}

/// PKJ-01, PKJ-09
#[actix_web::test]
async fn pkj_01_the_type_must_be_the_one_and_an_assertion_must_come() {
    let signer = Signer::new("EdDSA", "k-1");
    let world = world_of(&signer).await;
    let assertion = signer.sign(&signer.header(), &world.good_claims());
    let grant = ("grant_type", "client_credentials");
    for form in [
        vec![grant, ("client_assertion", &*assertion)],
        vec![grant, ("client_assertion_type", TYPE)],
        vec![
            grant,
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:saml2-bearer",
            ),
            ("client_assertion", &*assertion),
        ],
        vec![
            grant,
            ("client_assertion_type", TYPE),
            ("client_assertion", "a.b.c"),
        ],
        vec![
            grant,
            ("client_assertion_type", TYPE),
            ("client_assertion", "nonsense"),
        ],
    ] {
        world.token(&form).await.is_error(401, "invalid_client");
    }
    world.present(&assertion).await.is_ok();
}

/// PKJ-02
#[actix_web::test]
async fn pkj_02_issuer_subject_and_client_are_one() {
    let signer = Signer::new("EdDSA", "k-1");
    let world = world_of(&signer).await;
    for (name, value) in [
        ("iss", json!("ats-service")),
        ("iss", json!(["partner"])),
        ("sub", json!("ats-service")),
        ("sub", json!(1)),
        ("iss", json!("nobody")),
    ] {
        let answer = world
            .try_claims(&signer, |claims| claims[name] = value.clone())
            .await;
        answer.is_error(401, "invalid_client");
    }
    for name in ["iss", "sub"] {
        let answer = world
            .try_claims(&signer, |claims| remove(claims, name))
            .await;
        answer.is_error(401, "invalid_client");
    }
    // RFC 7521 §4.2: a client_id beside it must be the same.
    for (id, status) in [("ats-service", 401), (ID, 200)] {
        let assertion = signer.sign(&signer.header(), &world.good_claims());
        let answer = world
            .token(&[
                ("grant_type", "client_credentials"),
                ("client_id", id),
                ("client_assertion_type", TYPE),
                ("client_assertion", &assertion),
            ])
            .await;
        assert_eq!(answer.status, status, "{id}");
    }
}

/// PKJ-03, DEC-05
#[actix_web::test]
async fn pkj_03_the_audience_is_the_issuer_alone() {
    let signer = Signer::new("EdDSA", "k-1");
    let endpoint = |path| format!("{ISSUER}{path}");
    let (token, par) = (endpoint("/oauth2/token"), endpoint("/oauth2/par"));
    let never = [
        json!([ISSUER, "https://other.example"]),
        json!([ISSUER, ISSUER]),
        json!("https://other.example"),
        json!(format!("{ISSUER}/")),
        json!("HTTP://LOCALHOST:8080"),
        json!([]),
        json!(null),
        json!({"x": ISSUER}),
    ];
    for legacy in [false, true] {
        let world = World::with(|inputs| {
            inputs.with("client_auth.legacy_assertion_audience", legacy.to_string())
        })
        .await;
        world.add(client(by_value(&signer))).await;
        let judge = async |aud: &Value| {
            let answer = world
                .try_claims(&signer, |claims| claims["aud"] = aud.clone())
                .await;
            if answer.status != 200 {
                answer.is_error(401, "invalid_client");
            }
            answer.status
        };
        for aud in [json!(ISSUER), json!([ISSUER])] {
            assert_eq!(judge(&aud).await, 200, "{aud}");
        }
        for aud in [json!(token), json!([par])] {
            assert_eq!(judge(&aud).await, if legacy { 200 } else { 401 }, "{aud}");
        }
        for aud in &never {
            assert_eq!(judge(aud).await, 401, "{aud}");
        }
    }
}

/// PKJ-04, GEN-27
#[actix_web::test]
async fn pkj_04_an_assertion_lives_now_and_not_for_long() {
    let signer = Signer::new("EdDSA", "k-1");
    let world = world_of(&signer).await;
    let now = world.state.clock.now().as_seconds();
    for (name, value) in [
        ("exp", json!(now - 31)),
        ("exp", json!(now + 331)),
        ("exp", json!(now + 86_400)),
        ("exp", json!("soon")),
        ("iat", json!(now + 61)),
        ("nbf", json!(now + 61)),
    ] {
        let answer = world
            .try_claims(&signer, |claims| claims[name] = value.clone())
            .await;
        answer.is_error(401, "invalid_client");
    }
    let answer = world
        .try_claims(&signer, |claims| remove(claims, "exp"))
        .await;
    answer.is_error(401, "invalid_client");
    for (name, value) in [("exp", now + 300), ("exp", now - 8), ("nbf", now + 8)] {
        let answer = world.try_claims(&signer, |claims| {
            claims["iat"] = (now - 20).into();
            claims[name] = value.into();
        });
        answer.await.is_ok();
    }
    world
        .try_claims(&signer, |claims| remove(claims, "iat"))
        .await
        .is_ok();
}

/// PKJ-05; attack TE-08: one after the other, and twenty at once.
#[actix_web::test]
async fn te_08_pkj_05_an_assertion_is_good_for_one_request() {
    let signer = Signer::new("EdDSA", "k-1");
    let world = world_of(&signer).await;
    let answer = world
        .try_claims(&signer, |claims| remove(claims, "jti"))
        .await;
    answer.is_error(401, "invalid_client");

    let assertion = signer.sign(&signer.header(), &world.good_claims());
    world.present(&assertion).await.is_ok();
    for _ in 0..2 {
        world
            .present(&assertion)
            .await
            .is_error(401, "invalid_client");
    }
    let told = world.audit("client.refuse").await;
    let last = told.last().unwrap();
    assert_eq!(last.reason.as_deref(), Some("replayed_assertion"));

    let assertion = signer.sign(&signer.header(), &world.good_claims());
    let all = (0..20).map(|_| world.present(&assertion));
    let answers = futures_util::future::join_all(all).await;
    let winners = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(winners, 1);
    for loser in answers.iter().filter(|answer| answer.status != 200) {
        loser.is_error(401, "invalid_client");
    }
}

/// PKJ-05: what was spent is remembered until it has expired by itself, and over a restart.
#[actix_web::test]
async fn pkj_05_a_spent_assertion_stays_spent_over_a_restart() {
    let signer = Signer::new("EdDSA", "k-1");
    let world = world_of(&signer).await;
    let assertion = signer.sign(&signer.header(), &world.good_claims());
    world.present(&assertion).await.is_ok();
    let world = world.restart();
    auth_server::lifecycle::prune(&world.state).await.unwrap();
    world
        .present(&assertion)
        .await
        .is_error(401, "invalid_client");
    world.clock.advance(Duration::from_secs(100));
    let pruned = auth_server::lifecycle::prune(&world.state).await.unwrap();
    assert!(pruned >= 1);
    world
        .present(&assertion)
        .await
        .is_error(401, "invalid_client");
}

/// PKJ-06; attacks JV-01, JV-02, JV-03.
#[actix_web::test]
async fn pkj_06_only_the_clients_own_key_and_algorithm_count() {
    let (signer, other) = (Signer::new("EdDSA", "k-1"), Signer::new("EdDSA", "k-1"));
    let metadata = ClientMetadata {
        auth_signing_alg: Some(Algorithm::EdDSA),
        ..by_value(&signer)
    };
    let world = World::start().await;
    world.add(client(metadata)).await;
    let claims = || world.good_claims();
    let mut wrong = vec![other.sign(&signer.header(), &claims())];
    for header in [
        json!({"alg": "none", "kid": "k-1"}),
        json!({"alg": "HS256", "kid": "k-1"}),
        json!({"alg": "RS256", "kid": "k-1"}),
        json!({"alg": "EdDSA", "kid": "k-2"}),
        json!({"alg": "EdDSA", "kid": "../k-1"}),
        json!({"alg": "EdDSA", "kid": "k-1", "crit": ["exp"]}),
    ] {
        wrong.push(signer.sign(&header, &claims()));
    }
    // A key that comes along proves nothing.
    let smuggled = json!({"alg": "EdDSA", "kid": "k-1", "jwk": other.jwk()});
    wrong.push(other.sign(&smuggled, &claims()));
    let unsigned = signer.sign(&json!({"alg": "none"}), &claims());
    wrong.push(format!("{}.", unsigned.rsplit_once('.').unwrap().0));
    for assertion in wrong {
        world
            .present(&assertion)
            .await
            .is_error(401, "invalid_client");
    }
    // The only key needs no name (OpenID Connect Core 1.0 §10.1).
    let unnamed = signer.sign(&json!({"alg": "EdDSA"}), &claims());
    world.present(&unnamed).await.is_ok();
}

/// PKJ-08
#[actix_web::test]
async fn pkj_08_the_type_of_the_token_is_its_own_or_none() {
    let signer = Signer::new("EdDSA", "k-1");
    let world = world_of(&signer).await;
    for (typ, status) in [
        ("client-authentication+jwt", 200),
        ("JWT", 200),
        ("at+jwt", 401),
        ("logout+jwt", 401),
        ("", 401),
    ] {
        let header = json!({"alg": "EdDSA", "kid": "k-1", "typ": typ});
        let answer = world
            .present(&signer.sign(&header, &world.good_claims()))
            .await;
        assert_eq!(answer.status, status, "{typ}");
    }
}

/// PKJ-07; attack JV-06: a new key is found, and made-up key ids cause one call in a window.
#[actix_web::test]
async fn pkj_07_a_rotated_key_is_fetched_and_strangers_cause_no_crowd() {
    let foreign = Foreign::start();
    let (old, new) = (Signer::new("ES256", "old"), Signer::new("ES256", "new"));
    let uri = foreign.put("/jwks", old.jwks());
    let world = World::with(|inputs| inputs.with("outgoing.allow_private", "true")).await;
    let metadata = ClientMetadata {
        jwks_uri: Some(uri),
        ..ClientMetadata::default()
    };
    world.add(client(metadata)).await;
    for _ in 0..3 {
        world.try_claims(&old, |_| {}).await.is_ok();
    }
    assert_eq!(foreign.requests(), 1, "the set is kept");

    foreign.put("/jwks", new.jwks());
    world.clock.advance(Duration::from_secs(11));
    world.try_claims(&new, |_| {}).await.is_ok();
    assert_eq!(foreign.requests(), 2);
    world
        .try_claims(&old, |_| {})
        .await
        .is_error(401, "invalid_client");

    world.clock.advance(Duration::from_secs(11));
    for number in 0..15 {
        let header = json!({"alg": "ES256", "kid": format!("made-up-{number}")});
        let answer = world
            .present(&new.sign(&header, &world.good_claims()))
            .await;
        answer.is_error(401, "invalid_client");
    }
    assert_eq!(foreign.requests(), 3, "one call in a window");
    world.try_claims(&new, |_| {}).await.is_ok();
}

/// PKJ-07, SS-03: while the key set is away, what is known goes on.
#[actix_web::test]
async fn pkj_07_a_key_set_that_is_away_keeps_its_known_keys() {
    let foreign = Foreign::start();
    let signer = Signer::new("EdDSA", "k-1");
    let uri = foreign.put("/jwks", signer.jwks());
    let world = World::with(|inputs| inputs.with("outgoing.allow_private", "true")).await;
    let metadata = ClientMetadata {
        jwks_uri: Some(uri),
        ..ClientMetadata::default()
    };
    world.add(client(metadata)).await;
    world.try_claims(&signer, |_| {}).await.is_ok();
    drop(foreign);
    world.clock.advance(Duration::from_mins(10));
    world.try_claims(&signer, |_| {}).await.is_ok();
}

/// SS-01, GEN-28: without the switch, a key set inside is never asked for.
#[actix_web::test]
async fn ss_01_a_key_set_inside_is_never_fetched() {
    let foreign = Foreign::start();
    let signer = Signer::new("EdDSA", "k-1");
    let uri = foreign.put("/jwks", signer.jwks());
    let world = World::start().await;
    for uri in [
        uri.clone(),
        uri.replace("http://", "https://"),
        uri.replace("localhost", "127.0.0.1"),
    ] {
        let metadata = ClientMetadata {
            jwks_uri: Some(uri.clone()),
            ..ClientMetadata::default()
        };
        let id = format!("partner-{}", world.state.random.text::<6>());
        let client = Client {
            id: auth_server::model::ClientId::new(id.as_str()),
            ..client(metadata)
        };
        world.add(client).await;
        let answer = world.try_claims(&signer, |claims| {
            claims["iss"] = id.as_str().into();
            claims["sub"] = id.as_str().into();
        });
        answer.await.is_error(401, "invalid_client");
    }
    assert_eq!(foreign.requests(), 0);
}

/// CA-05, CA-10, CA-18; attack TE-05.
#[actix_web::test]
async fn ca_10_each_client_uses_its_own_method_and_only_one() {
    let signer = Signer::new("EdDSA", "k-1");
    let world = world_of(&signer).await;
    let grant = ("grant_type", "client_credentials");
    let assertion = signer.sign(&signer.header(), &world.good_claims());
    let proof = [
        ("client_assertion_type", TYPE),
        ("client_assertion", &*assertion),
    ];
    let with_secret = [&[grant, ("client_secret", SECRET)][..], &proof].concat();
    world
        .token(&with_secret)
        .await
        .is_error(400, "invalid_request");
    let with_basic = world
        .token_as((ID, "x"), &[&[grant][..], &proof].concat())
        .await;
    with_basic.is_error(400, "invalid_request");
    world
        .token(&[grant, ("client_id", ID)])
        .await
        .is_error(401, "invalid_client");
    let by_secret = world.token_as((ID, "whatever"), &[grant]).await;
    by_secret.is_error(401, "invalid_client");
    // A client with a secret cannot sign its way in.
    let claims = |claims: &mut Value| {
        claims["iss"] = "ats-service".into();
        claims["sub"] = "ats-service".into();
    };
    world
        .try_claims(&signer, claims)
        .await
        .is_error(401, "invalid_client");

    let at = world.state.clock.now();
    let id = auth_server::model::ClientId::new(ID);
    let off = world.state.store.write(async move |txn| {
        auth_server::store::clients::set_disabled(txn, &id, Some(at), at).await
    });
    assert!(off.await.unwrap());
    world.state.directory.refresh().await.unwrap();
    world
        .present(&assertion)
        .await
        .is_error(401, "invalid_client");
}

/// MD rows: what is accepted is said.
#[actix_web::test]
async fn pkj_06_the_metadata_name_the_method_and_its_algorithms() {
    let world = World::start().await;
    let document = world.get("/.well-known/openid-configuration").await.json();
    let methods = document["token_endpoint_auth_methods_supported"]
        .as_array()
        .unwrap();
    assert!(methods.contains(&json!("private_key_jwt")));
    // CA-22
    assert!(!methods.contains(&json!("client_secret_jwt")));
    for endpoint in ["token", "revocation", "introspection"] {
        let methods = &document[format!("{endpoint}_endpoint_auth_methods_supported")];
        let methods = methods.as_array().unwrap();
        assert!(methods.contains(&json!("private_key_jwt")), "{endpoint}");
        assert_eq!(
            document[format!("{endpoint}_endpoint_auth_signing_alg_values_supported")],
            json!(["RS256", "PS256", "ES256", "EdDSA"])
        );
    }
}

/// CA-21: where a secret is a proof, an assertion is.
#[actix_web::test]
async fn ca_21_an_assertion_is_a_proof_at_every_endpoint() {
    let signer = Signer::new("EdDSA", "k-1");
    let world = world_of(&signer).await;
    for path in ["/oauth2/revoke", "/oauth2/introspect"] {
        let assertion = signer.sign(&signer.header(), &world.good_claims());
        let form = [
            ("token", "none of ours"),
            ("client_assertion_type", TYPE),
            ("client_assertion", &*assertion),
        ];
        assert_eq!(world.post(path, &form).await.status, 200, "{path}");
        // Good for one request, whichever that was.
        let again = world.post(path, &form).await;
        again.is_error(401, "invalid_client");
    }
}

/// SS-03: a key set that never answers delays nobody but its own client, and that not for long.
#[actix_web::test]
async fn ss_03_a_silent_key_set_delays_nobody_else() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("http://{}/jwks", silent.local_addr().unwrap());
    let world = World::with(|inputs| inputs.with("outgoing.allow_private", "true")).await;
    let metadata = ClientMetadata {
        jwks_uri: Some(uri),
        ..ClientMetadata::default()
    };
    world.add(client(metadata)).await;
    let signer = Signer::new("EdDSA", "k-1");
    let begun = std::time::Instant::now();
    let others = async {
        for _ in 0..5 {
            world.service_token().await.is_ok();
        }
        begun.elapsed()
    };
    let (answer, others) = tokio::join!(world.try_claims(&signer, |_| {}), others);
    answer.is_error(401, "invalid_client");
    let delayed = begun.elapsed();
    assert!(delayed < Duration::from_secs(10), "{delayed:?}");
    assert!(others < delayed, "the others were served meanwhile");
    // Who asks again at once is not kept waiting.
    let begun = std::time::Instant::now();
    world
        .try_claims(&signer, |_| {})
        .await
        .is_error(401, "invalid_client");
    assert!(begun.elapsed() < Duration::from_secs(4));
}
