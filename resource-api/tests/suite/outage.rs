//! "Shown when" 4: the service and its issuer need not be up at the same time.

use reqwest::Method;
use serde_json::json;

use crate::support::{Api, Caller, Reserved, start_alone};

#[tokio::test(flavor = "multi_thread")]
async fn the_service_goes_on_with_cached_keys_while_the_issuer_is_down() {
    let api = Api::start().await;
    let rita = Caller::recruiter("rita");
    let job = api.draft(&rita).await;
    api.issuer.stop().await;
    api.get(&job, &rita).await.expect(200);
    api.patch(&job, &rita, json!({"title": "Still here"}))
        .await
        .expect(200);
    api.anonymous(Method::GET, "/readyz")
        .send()
        .await
        .expect(200);
    // A key that was never seen cannot be fetched now: refused, and nothing breaks.
    let unknown = rita.patched_token(&api.issuer, json!({"kid": "new"}), json!({}));
    api.anonymous(Method::GET, "/jobs")
        .bearer(&unknown)
        .send()
        .await
        .expect(401);
    api.get(&job, &rita).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_starts_before_its_issuer_lives_and_becomes_ready_by_itself() {
    let reserved = Reserved::new();
    let (running, clock, database) = start_alone(reserved.url(), &[]).await;
    let url = running.url();
    let ask = async |path: &str| reqwest::get(format!("{url}{path}")).await.unwrap();

    assert_eq!(ask("/livez").await.status(), 200);
    let waiting = ask("/readyz").await;
    assert_eq!(
        (
            waiting.status().as_u16(),
            waiting.headers()["retry-after"].to_str().unwrap()
        ),
        (503, "1")
    );
    let body: serde_json::Value = waiting.json().await.unwrap();
    assert_eq!(
        (&body["ready"], &body["database"]),
        (&json!(false), &json!("ok"))
    );
    assert!(
        body["keys"].as_str().unwrap().contains("not fetched"),
        "{body}"
    );
    assert_eq!(
        ask("/jobs").await.status(),
        401,
        "no token is no token, with or without keys"
    );

    let issuer = reserved.open();
    running.ready().await;
    let api = Api::around(running, clock, database, issuer);
    api.anonymous(Method::GET, "/readyz")
        .send()
        .await
        .expect(200);
    api.get("/jobs", &Caller::candidate("carl"))
        .await
        .expect(200);
}

/// Without keys a token cannot be judged: that is 503 with a pause, not 401.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_cannot_be_judged_yet_is_503() {
    let reserved = Reserved::new();
    let (running, clock, database) = start_alone(reserved.url(), &[]).await;
    let issuer = Reserved::new().open();
    let api = Api::around(running, clock, database, issuer);
    let reply = api
        .get("/jobs", &Caller::candidate("carl"))
        .await
        .expect(503);
    assert_eq!(reply.header("content-type"), "application/problem+json");
    assert!(reply.header("retry-after").parse::<u32>().is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_ends_open_requests_and_then_refuses() {
    let api = Api::start().await;
    api.anonymous(Method::GET, "/livez")
        .send()
        .await
        .expect(200);
    let url = api.url.clone();
    api.running.stop().await;
    assert!(reqwest::get(format!("{url}/livez")).await.is_err());
}

/// What was acknowledged is there after a restart on the same database.
#[tokio::test(flavor = "multi_thread")]
async fn data_outlive_a_restart() {
    let api = Api::start().await;
    let rita = Caller::recruiter("rita");
    let job = api.open_job(&rita).await;
    let application = api.application(&job, &Caller::candidate("carl")).await;
    let before = api.get(&application, &rita).await.expect(200).body;
    let api = api.restart().await;
    assert_eq!(api.get(&application, &rita).await.expect(200).body, before);
}
