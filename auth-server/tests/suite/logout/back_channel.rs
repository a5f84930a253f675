//! Logout tokens: to whom, what is in them, and what follows from the answers (Back-Channel Logout 1.0).

use std::time::Duration;

use auth_server::lifecycle::deliver_due;
use auth_server::model::{Algorithm, SubjectType};
use serde_json::{Value, json};
use shared_claims::NumericDate;
use shared_claims::verify::{KeySet, Policy, TokenKind, Typ, Verifier};

use super::listener::{Heard, Listener, Manner};
use super::{OUT, client, is_logged_in, logout, world};
use crate::support::{Answer, ISSUER, World, part};

/// What a client has to hold a logout token against (§2.6).
const LOGOUT_TOKEN: TokenKind = TokenKind {
    typ: Typ::Exactly("logout+jwt"),
    required: &["iss", "sub", "aud", "iat", "exp", "jti", "events", "sid"],
    refused: &["nonce", "client_id", "scope"],
};

impl World {
    /// The claims of a logout token, verified as its client does.
    pub(super) async fn verified(&self, heard: &Heard, client: &str) -> Value {
        let keys = self.get("/.well-known/jwks.json").await.text;
        let keys = KeySet::from_jwks_json(keys.as_bytes()).unwrap();
        let verifier = Verifier::new(Policy::new(ISSUER, client)).unwrap();
        let now = NumericDate::from_seconds(self.clock_now());
        verifier
            .verify_as(&LOGOUT_TOKEN, &keys, &heard.token, now)
            .unwrap()
    }

    fn clock_now(&self) -> i64 {
        self.state.clock.now().as_seconds()
    }

    /// Time passes until a client hears again.
    async fn hears_again(&self, listener: &mut Listener) -> Heard {
        for _ in 0..50 {
            self.clock.advance(Duration::from_hours(1));
            deliver_due(&self.state).await.unwrap();
            if let Some(heard) = listener.find_next().await {
                return heard;
            }
        }
        panic!("nothing arrived");
    }

    /// Time passes, and nobody hears.
    async fn is_over(&self, listener: &mut Listener) -> bool {
        self.clock.advance(Duration::from_hours(1));
        deliver_due(&self.state).await.unwrap();
        listener.is_quiet() && self.rows("logout_deliveries").await == 0
    }
}

fn id_claims(tokens: &Answer) -> Value {
    part(&tokens.member("id_token"), 1)
}

/// LO-07, LO-20, LO-21, LO-22, OC-09: every client of the session that wants to, before the browser goes
/// on, with a token that is for it alone; nobody else.
#[tokio::test]
async fn lo_20_every_client_of_the_session_hears_before_the_browser_goes_on() {
    let world = world().await;
    world.add_key("ES256").await;
    let mut listeners = Vec::new();
    for _ in 0..3 {
        listeners.push(Listener::answering(&[Manner::Status(200)]).await);
    }
    world.add(listeners[0].client("one")).await;
    let mut own = listeners[1].client("own");
    own.metadata.id_token_alg = Some(Algorithm::ES256);
    own.metadata.subject_type = SubjectType::Pairwise;
    own.metadata.sector = Some("own.example".to_owned());
    world.add(own).await;
    world.add(listeners[2].client("other")).await;
    world.add(client("deaf")).await;
    let mut person = world.person();
    let first = world.log_in_to(&mut person, "one").await;
    let second = world.log_in_to(&mut person, "own").await;
    world.log_in_to(&mut person, "deaf").await;
    // Twice is once.
    world.log_in_to(&mut person, "one").await;
    world.log_in_to(&mut world.person(), "other").await;
    let hint = first.member("id_token");
    let url = logout(&[("id_token_hint", &hint), ("post_logout_redirect_uri", OUT)]);
    assert_eq!(person.open(&url).await.away().as_str(), OUT);
    let now = world.clock_now();
    let mut identifiers = Vec::new();
    for (index, (id, tokens, algorithm)) in [("one", first, "RS256"), ("own", second, "ES256")]
        .into_iter()
        .enumerate()
    {
        let listener = &mut listeners[index];
        let heard = listener.next().await;
        assert!(listener.is_quiet(), "once");
        assert!(heard.head.starts_with("post /logout?at=1 http/1.1"));
        let form = "content-type: application/x-www-form-urlencoded\r\n";
        assert!(heard.head.contains(form), "{}", heard.head);
        let header = part(&heard.token, 0);
        assert_eq!(
            (&header["typ"], &header["alg"]),
            (&json!("logout+jwt"), &json!(algorithm))
        );
        let mut claims = world.verified(&heard, id).await;
        identifiers.push(claims["jti"].take());
        let of_login = id_claims(&tokens);
        assert_eq!(
            claims,
            json!({
                "iss": ISSUER,
                "sub": of_login["sub"],
                "aud": id,
                "iat": now,
                "exp": now + 120,
                "jti": null,
                "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
                "sid": of_login["sid"],
            })
        );
    }
    assert!(identifiers[0].is_string() && identifiers[0] != identifiers[1]);
    assert!(listeners[2].is_quiet(), "another session");
    assert_eq!(world.rows("logout_deliveries").await, 0);
}

/// LO-21, JB-12: a logout token is no ID token, and the other way round.
#[tokio::test]
async fn lo_21_a_logout_token_is_taken_for_nothing_else() {
    let world = world().await;
    let mut listener = Listener::answering(&[Manner::Status(204)]).await;
    world.add(listener.client("one")).await;
    let mut person = world.person();
    let tokens = world.log_in_to(&mut person, "one").await;
    let url = logout(&[("id_token_hint", &tokens.member("id_token"))]);
    person.open(&url).await;
    let token = listener.next().await.token;
    world.log_in_to(&mut person, "one").await;
    let page = person.open(&logout(&[("id_token_hint", &token)])).await;
    assert_eq!(page.page().status, 400);
    assert!(is_logged_in(&mut person, "one").await);
    let bearer = world
        .request("GET", "/oauth2/userinfo")
        .bearer_auth(&token)
        .send();
    assert_eq!(bearer.await.unwrap().status(), 401);
}

/// LO-07: a client that does not answer keeps the user for a few seconds only, and is asked again.
#[tokio::test]
async fn lo_07_a_client_that_never_answers_does_not_keep_the_user() {
    let world = world().await;
    let mut listener = Listener::answering(&[Manner::Never, Manner::Status(200)]).await;
    world.add(listener.client("one")).await;
    let mut person = world.person();
    let tokens = world.log_in_to(&mut person, "one").await;
    let hint = tokens.member("id_token");
    let url = logout(&[("id_token_hint", &hint), ("post_logout_redirect_uri", OUT)]);
    let end = tokio::time::timeout(Duration::from_secs(15), person.open(&url)).await;
    assert_eq!(end.unwrap().away().as_str(), OUT);
    let first = world.verified(&listener.next().await, "one").await;
    let heard = world.hears_again(&mut listener).await;
    let second = world.verified(&heard, "one").await;
    assert_eq!(first["sid"], second["sid"]);
    assert_ne!(first["jti"], second["jti"], "a new token for each try");
}

/// LO-24, SS-02: what an answer of the client says. A redirect is not followed.
#[tokio::test]
async fn lo_24_only_faults_that_pass_are_tried_again() {
    let world = world().await;
    for (number, (manner, is_again)) in [
        (Manner::Status(200), false),
        (Manner::Status(204), false),
        (Manner::Status(400), false),
        (Manner::Status(404), false),
        (Manner::Redirect, false),
        (Manner::Status(429), true),
        (Manner::Status(503), true),
    ]
    .into_iter()
    .enumerate()
    {
        let mut listener = Listener::answering(&[manner, Manner::Status(200)]).await;
        let id = format!("client-{number}");
        world.add(listener.client(&id)).await;
        let mut person = world.person();
        let tokens = world.log_in_to(&mut person, &id).await;
        let url = logout(&[("id_token_hint", &tokens.member("id_token"))]);
        assert!(person.open(&url).await.page().is("page-logged-out"));
        listener.next().await;
        if is_again {
            world.hears_again(&mut listener).await;
        }
        assert!(world.is_over(&mut listener).await, "{manner:?}");
    }
    let given_up: Vec<String> = world
        .audit("logout.give_up")
        .await
        .into_iter()
        .map(|row| row.client_id.unwrap())
        .collect();
    assert_eq!(given_up, ["client-2", "client-3", "client-4"]);
}

/// LO-24, SS-04: tries are bounded, and the end of them is on record.
#[tokio::test]
async fn lo_24_a_client_that_stays_away_is_given_up() {
    let world = world().await;
    let mut listener = Listener::answering(&[Manner::Status(503)]).await;
    world.add(listener.client("one")).await;
    let mut person = world.person();
    let tokens = world.log_in_to(&mut person, "one").await;
    let url = logout(&[("id_token_hint", &tokens.member("id_token"))]);
    person.open(&url).await;
    listener.next().await;
    for _ in 0..5 {
        world.hears_again(&mut listener).await;
    }
    assert!(world.is_over(&mut listener).await);
    let rows = world.audit("logout.give_up").await;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].client_id.as_deref(), Some("one"));
    let detail: Value = serde_json::from_str(&rows[0].detail).unwrap();
    assert_eq!(detail["tries"], 6);
    assert_eq!(detail["cause"], "the answer has status 503");
    assert_eq!(detail["sid"], id_claims(&tokens)["sid"]);
}

/// LO-20, design "stateless instances": the one that ended the session dies before the client has
/// answered; another tells it.
#[tokio::test]
async fn lo_20_another_instance_tells_what_a_dead_one_could_not() {
    let world = world().await;
    let mut listener = Listener::answering(&[Manner::Never, Manner::Status(200)]).await;
    world.add(listener.client("one")).await;
    let dying = world.beside();
    let mut person = dying.person();
    let tokens = dying.log_in_to(&mut person, "one").await;
    let url = logout(&[("id_token_hint", &tokens.member("id_token"))]);
    let first = {
        let open = person.open(&url);
        tokio::pin!(open);
        tokio::select! {
            heard = listener.next() => heard,
            seen = &mut open => panic!("answered too early: {seen:?}"),
        }
    };
    drop(dying);
    assert_eq!(world.rows("logout_deliveries").await, 1);
    deliver_due(&world.state).await.unwrap();
    assert!(listener.is_quiet(), "it is still the other's");
    world.clock.advance(Duration::from_secs(16));
    let second = listener.next().await;
    let sid = |heard: &Heard| part(&heard.token, 1)["sid"].clone();
    assert_eq!(sid(&first), sid(&second));
    world.verified(&second, "one").await;
    assert!(world.is_over(&mut listener).await);
}
