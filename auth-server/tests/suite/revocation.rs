//! Tokens given back (RFC 7009; matrix REV rows, attacks IR-03, IR-04): what the caller hears, and what
//! becomes of the token for everybody else.

mod causes;

use serde_json::Value;
use shared_claims::NumericDate;
use shared_claims::verify::{KeySet, StatusList, TokenStatus};

use crate::support::{Answer, ISSUER, PASSWORD, SECRET, World, clients, part};

pub(crate) const REVOKE: &str = "/oauth2/revoke";
const CANDIDATE: &str = "candidate@example.com";

impl World {
    /// Gives a token of the demo's public client back.
    pub(crate) async fn give_back(&self, token: &str) -> Answer {
        self.post(REVOKE, &[("client_id", "ats-web"), ("token", token)])
            .await
    }

    async fn give_back_as(&self, client: (&str, &str), form: &[(&str, &str)]) -> Answer {
        let request = self
            .request("POST", REVOKE)
            .basic_auth(client.0, Some(client.1));
        Answer::of(request.form(form)).await
    }

    /// What the demo's introspection client is told.
    pub(crate) async fn introspect(&self, token: &str) -> Value {
        let request = self
            .request("POST", "/oauth2/introspect")
            .basic_auth("ats-introspect", Some(SECRET));
        let answer = Answer::of(request.form(&[("token", token)])).await;
        answer.is_ok();
        answer.json()
    }

    /// What a verifier finds that never calls about a single token: the bit of the token in the list
    /// that the token names, checked like any verifier does (matrix TSL-20).
    pub(crate) async fn is_bit_set(&self, token: &str) -> bool {
        let place = part(token, 1)["status"]["status_list"].clone();
        let uri = place["uri"].as_str().unwrap();
        let list = self.get(uri.strip_prefix(ISSUER).unwrap()).await;
        list.is_ok();
        let keys = self.get("/.well-known/jwks.json").await;
        let keys = KeySet::from_jwks_json(keys.text.as_bytes()).unwrap();
        let now = NumericDate::from_seconds(self.state.clock.now().as_seconds());
        let list = StatusList::verify(&keys, ISSUER, uri, &list.text, now).unwrap();
        match list.find(place["idx"].as_u64().unwrap()).unwrap() {
            TokenStatus::Valid => false,
            TokenStatus::Invalid => true,
            other => panic!("{other:?}"),
        }
    }

    /// The standing oracle: introspection and the list agree, and this is what they say.
    pub(crate) async fn is_good(&self, token: &str) -> bool {
        let active = self.introspect(token).await["active"].as_bool().unwrap();
        assert_eq!(
            self.is_bit_set(token).await,
            !active,
            "list and introspection differ"
        );
        active
    }

    /// Refreshes as the demo's public client.
    pub(crate) async fn renew(&self, refresh_token: &str) -> Answer {
        self.token(&[
            ("grant_type", "refresh_token"),
            ("client_id", "ats-web"),
            ("refresh_token", refresh_token),
        ])
        .await
    }
}

/// An access token and a refresh token of the candidate.
pub(crate) async fn pair(world: &World) -> (String, String) {
    let login = world.log_in(CANDIDATE, PASSWORD).await;
    login.is_ok();
    (login.member("access_token"), login.member("refresh_token"))
}

/// REV-01, REV-07, IR-03: a refresh token ends everything of its grant, and nothing else.
#[actix_web::test]
async fn rev_07_a_refresh_token_takes_its_access_tokens_along() {
    let world = World::start().await;
    let (access, refresh) = pair(&world).await;
    let (other_access, other_refresh) = pair(&world).await;
    assert!(world.is_good(&access).await);
    let second = world.renew(&refresh).await;
    let answer = world.give_back(&second.member("refresh_token")).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    assert_eq!(answer.header("cache-control"), "no-store");
    for token in [&access, &second.member("access_token")] {
        assert!(!world.is_good(token).await);
    }
    for token in [&refresh, &second.member("refresh_token")] {
        world.renew(token).await.is_error(400, "invalid_grant");
    }
    assert!(world.is_good(&other_access).await);
    world.renew(&other_refresh).await.is_ok();
    let events = world.audit("token.revoke").await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].client_id.as_deref(), Some("ats-web"));
    assert!(
        events[0].detail.contains("refresh_token"),
        "{}",
        events[0].detail
    );
}

/// REV-08: an access token dies; the session goes on with the next refresh, in a new place.
#[actix_web::test]
async fn rev_08_an_access_token_dies_and_its_session_lives() {
    let world = World::start().await;
    let (access, refresh) = pair(&world).await;
    let answer = world.give_back(&access).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    assert!(!world.is_good(&access).await);
    let next = world.renew(&refresh).await;
    next.is_ok();
    let next_access = next.member("access_token");
    assert!(world.is_good(&next_access).await);
    assert!(!world.is_good(&access).await);
    assert_ne!(
        part(&access, 1)["status"]["status_list"]["idx"],
        next.claims()["status"]["status_list"]["idx"]
    );
}

/// REV-08: one token of a service dies alone.
#[actix_web::test]
async fn rev_08_a_token_for_client_credentials_dies_alone() {
    let world = World::start().await;
    let [one, other] = [world.service_token().await, world.service_token().await]
        .map(|answer| answer.member("access_token"));
    let answer = world
        .give_back_as(("ats-service", SECRET), &[("token", &one)])
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(!world.is_good(&one).await);
    assert!(world.is_good(&other).await);
}

/// REV-02, REV-03, REV-11
#[actix_web::test]
async fn rev_02_03_11_who_asks_and_how() {
    let world = World::start().await;
    let (access, _) = pair(&world).await;
    world
        .give_back_as(("ats-service", "wrong"), &[("token", &access)])
        .await
        .is_error(401, "invalid_client");
    world
        .post(REVOKE, &[("token", &access)])
        .await
        .is_error(401, "invalid_client");
    world
        .post(REVOKE, &[("client_id", "ats-web")])
        .await
        .is_error(400, "invalid_request");
    let answer = world.get(&format!("{REVOKE}?token={access}")).await;
    assert_eq!((answer.status, answer.header("allow")), (405, "POST"));
    let path = format!("{REVOKE}?token={access}");
    let in_query = world.post(&path, &[("client_id", "ats-web")]);
    in_query.await.is_error(400, "invalid_request");
    assert!(world.is_good(&access).await);
}

/// REV-04: there is nothing to say about a token that is worth nothing.
#[actix_web::test]
async fn rev_04_what_is_worth_nothing_is_no_error() {
    let world = World::start().await;
    let (access, refresh) = pair(&world).await;
    let tampered = format!("{}A", &refresh[..refresh.len() - 1]);
    let long = "x".repeat(20_000);
    for token in ["garbage", "a.b.c", "rt_x_1_y", &tampered, &long, "\u{0}"] {
        assert_eq!(world.give_back(token).await.status, 200, "{token}");
    }
    for token in [&refresh, &refresh, &access, &access] {
        assert_eq!(world.give_back(token).await.status, 200);
    }
    let (expired, _) = pair(&world).await;
    world.clock.advance(std::time::Duration::from_hours(1));
    assert_eq!(world.give_back(&expired).await.status, 200);
    assert_eq!(
        world.audit("token.revoke").await.len(),
        1,
        "one was worth something"
    );
}

/// REV-05, DEC-09, IR-03: another client's tokens stay as they are.
#[actix_web::test]
async fn rev_05_nobody_revokes_the_tokens_of_another_client() {
    let world = World::start().await;
    world.add(clients::confidential("other", SECRET)).await;
    let (access, refresh) = pair(&world).await;
    let service = world.service_token().await.member("access_token");
    for token in [&access, &refresh, &service] {
        world
            .give_back_as(("other", SECRET), &[("token", token)])
            .await
            .is_error(400, "unauthorized_client");
    }
    assert!(world.is_good(&access).await);
    assert!(world.is_good(&service).await);
    world.renew(&refresh).await.is_ok();
}

/// REV-06: a wrong hint hides nothing.
#[actix_web::test]
async fn rev_06_hints_are_only_hints() {
    let world = World::start().await;
    for hint in ["access_token", "refresh_token", "id_token", "nonsense", ""] {
        let (access, refresh) = pair(&world).await;
        let form = |token| {
            [
                ("client_id", "ats-web"),
                ("token", token),
                ("token_type_hint", hint),
            ]
        };
        assert_eq!(world.post(REVOKE, &form(&access)).await.status, 200);
        assert!(!world.is_good(&access).await, "{hint}");
        let next = world.renew(&refresh).await.member("access_token");
        assert_eq!(world.post(REVOKE, &form(&refresh)).await.status, 200);
        assert!(!world.is_good(&next).await, "{hint}");
    }
}

/// REV-10
#[actix_web::test]
async fn rev_10_an_id_token_cannot_be_revoked() {
    let world = World::start().await;
    let login = world.code_grant("openid", &[]).await;
    world
        .give_back(&login.member("id_token"))
        .await
        .is_error(400, "unsupported_token_type");
}

/// REV-12, JWI-05, TSL-12: what is there is in the metadata.
#[actix_web::test]
async fn rev_12_the_metadata_names_the_endpoints() {
    let world = World::start().await;
    let document = world.get("/.well-known/openid-configuration").await.json();
    for (name, path) in [
        ("revocation_endpoint", "/oauth2/revoke"),
        ("introspection_endpoint", "/oauth2/introspect"),
        ("status_list_aggregation_endpoint", "/oauth2/status"),
    ] {
        assert_eq!(document[name], format!("{ISSUER}{path}"));
    }
    let methods = |name: &str| document[name].as_array().unwrap().len();
    assert_eq!(methods("revocation_endpoint_auth_methods_supported"), 4);
    assert_eq!(methods("introspection_endpoint_auth_methods_supported"), 3);
    let algorithms = &document["introspection_signing_alg_values_supported"];
    assert_eq!(algorithms, &serde_json::json!(["RS256"]));
}

/// IR-04: an answer that claims more than happened would be a lie.
#[actix_web::test]
async fn ir_04_a_revocation_that_cannot_be_written_is_not_acknowledged() {
    let world = World::start().await;
    let (access, refresh) = pair(&world).await;
    world.state.store.close().await;
    for token in [&refresh, &access] {
        let answer = world.give_back(token).await;
        answer.is_error(503, "temporarily_unavailable");
        assert!(!answer.header("retry-after").is_empty());
    }
    let world = world.restart();
    assert!(world.is_good(&access).await);
    assert_eq!(world.give_back(&refresh).await.status, 200);
    assert!(!world.is_good(&access).await);
}

/// REV-09: another instance on the same database says the same at its next look.
#[actix_web::test]
async fn rev_09_introspection_needs_no_look_to_know() {
    let world = World::start().await;
    let (access, refresh) = pair(&world).await;
    // As the command line or another instance would, behind the back of this one.
    let family = refresh
        .split('_')
        .nth(1)
        .map(|_| refresh[3..25].to_owned())
        .unwrap();
    let id = auth_server::model::FamilyId::new(family);
    let now = world.state.clock.now();
    let revoke = world
        .state
        .store
        .write(async move |txn| auth_server::store::families::revoke(txn, &id, now, "test").await);
    assert!(revoke.await.unwrap());
    assert_eq!(
        world.introspect(&access).await,
        serde_json::json!({"active": false})
    );
    world.state.revocation.refresh().await.unwrap();
    assert!(world.is_bit_set(&access).await);
}
