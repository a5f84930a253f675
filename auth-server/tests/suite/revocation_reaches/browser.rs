//! What ends a login in a browser, seen from the jobs API: a replayed code, a logout, a session ended by
//! the operator.

use std::time::{Duration, Instant};

use super::issuer;
use crate::authorize::{CALLBACK, Request, VERIFIER, parameters};
use crate::person::Person;
use crate::support::{Answer, PASSWORD, World, part};
use crate::together::Api;

const CANDIDATE: &str = "candidate@example.com";
const AT_MOST: Duration = Duration::from_secs(15);

/// Somebody who is logged in, and a token that the API accepts.
struct Held {
    auth: World,
    api: Api,
    person: Person,
    code: String,
    access: String,
}

impl Held {
    async fn begin() -> Self {
        let auth = issuer().await;
        let api = Api::start(&auth.base).await;
        api.running.ready().await;
        let mut person = Person::at(&auth.base);
        let url = person
            .log_in(&Request::new().url(), CANDIDATE, PASSWORD)
            .await;
        let code = parameters(&url)["code"].clone();
        let tokens = redeem(&auth, &code).await;
        tokens.is_ok();
        let access = tokens.member("access_token");
        assert_eq!(api.status("/jobs", &access).await, 200);
        Self {
            auth,
            api,
            person,
            code,
            access,
        }
    }

    /// The line for the log, once the API refuses the token.
    async fn end(self, cause: &str) -> String {
        let since = Instant::now();
        while self.api.status("/jobs", &self.access).await != 401 {
            assert!(since.elapsed() < AT_MOST, "still accepted");
        }
        let took = since.elapsed();
        self.api.running.stop().await;
        format!("{cause}: refused {} ms later", took.as_millis())
    }
}

async fn redeem(auth: &World, code: &str) -> Answer {
    auth.token(&[
        ("grant_type", "authorization_code"),
        ("client_id", "ats-web"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ])
    .await
}

/// AC-05
#[actix_web::test]
async fn ac_05_after_a_replayed_code_the_api_refuses() {
    let held = Held::begin().await;
    redeem(&held.auth, &held.code)
        .await
        .is_error(400, "invalid_grant");
    println!("{}", held.end("code replayed").await);
}

#[actix_web::test]
async fn after_a_logout_the_api_refuses() {
    let mut held = Held::begin().await;
    held.person.log_out("/oauth2/logout").await;
    println!("{}", held.end("logout").await);
}

#[actix_web::test]
async fn after_the_operator_ends_a_session_the_api_refuses() {
    let held = Held::begin().await;
    let sid = part(&held.access, 1)["sid"].as_str().unwrap().to_owned();
    let by_session: &[&str] = &["session", "revoke", "--", &sid];
    let output = held.auth.command(by_session, "");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{text}");
    println!("{}", held.end("session revoke").await);
}
