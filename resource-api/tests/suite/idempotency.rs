//! `Idempotency-Key`: a request that is sent again makes nothing twice.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Api, Caller, Reply, an_application};

const KEY: &str = "8e03978e-40d5-43dd-bc93-6894a57f9324";

async fn apply(api: &Api, job: &str, caller: &Caller, key: &str, body: &Value) -> Reply {
    let request = api.request(Method::POST, &format!("{job}/applications"), caller);
    request
        .header("idempotency-key", key)
        .json(body)
        .send()
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_gets_the_same_answer() {
    let api = Api::start().await;
    let carl = Caller::candidate("carl");
    let job = api.open_job(&Caller::recruiter("rita")).await;
    let first = apply(&api, &job, &carl, KEY, &an_application())
        .await
        .expect(201);
    assert_eq!(first.header("idempotency-replayed"), "");
    api.clock.advance(Duration::from_mins(10));
    let second = apply(&api, &job, &carl, KEY, &an_application())
        .await
        .expect(201);
    assert_eq!(second.header("idempotency-replayed"), "true");
    assert_eq!(
        (second.body.clone(), second.header("location")),
        (first.body, first.headers["location"].to_str().unwrap())
    );
    assert_eq!(
        api.get("/applications/my", &carl)
            .await
            .expect(200)
            .items("id")
            .len(),
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_body_with_the_same_key_is_refused() {
    let api = Api::start().await;
    let carl = Caller::candidate("carl");
    let job = api.open_job(&Caller::recruiter("rita")).await;
    apply(&api, &job, &carl, KEY, &an_application())
        .await
        .expect(201);
    let other = json!({"cover_letter": "Something else."});
    let reply = apply(&api, &job, &carl, KEY, &other).await;
    reply.expect_problem(422, "idempotency_key_reused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_belongs_to_its_caller_and_its_route() {
    let api = Api::start().await;
    let (carl, cleo) = (Caller::candidate("carl"), Caller::candidate("cleo"));
    let rita = Caller::recruiter("rita");
    let (job, other_job) = (api.open_job(&rita).await, api.open_job(&rita).await);
    let first = apply(&api, &job, &carl, KEY, &an_application())
        .await
        .expect(201);
    let of_cleo = apply(&api, &job, &cleo, KEY, &an_application())
        .await
        .expect(201);
    let elsewhere = apply(&api, &other_job, &carl, KEY, &an_application())
        .await
        .expect(201);
    assert_eq!(of_cleo.body["candidate"], "cleo");
    assert_ne!(first.body["id"], of_cleo.body["id"]);
    assert_ne!(first.body["id"], elsewhere.body["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_or_with_a_new_one_a_second_application_is_a_conflict() {
    let api = Api::start().await;
    let carl = Caller::candidate("carl");
    let job = api.open_job(&Caller::recruiter("rita")).await;
    apply(&api, &job, &carl, KEY, &an_application())
        .await
        .expect(201);
    let reply = apply(&api, &job, &carl, "another", &an_application()).await;
    reply.expect_problem(409, "already_applied");
    let reply = api
        .post(&format!("{job}/applications"), &carl, an_application())
        .await;
    reply.expect_problem(409, "already_applied");
    // The refused key was not kept: it works as soon as nothing is in the way.
    let mine = api
        .get("/applications/my", &carl)
        .await
        .expect(200)
        .items("id");
    api.delete(&format!("/applications/{}", mine[0]), &carl)
        .await
        .expect(204);
    apply(&api, &job, &carl, "another", &an_application())
        .await
        .expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_after_withdrawing_makes_nothing_new() {
    let api = Api::start().await;
    let carl = Caller::candidate("carl");
    let job = api.open_job(&Caller::recruiter("rita")).await;
    let made = apply(&api, &job, &carl, KEY, &an_application())
        .await
        .expect(201);
    let path = format!("/applications/{}", made.text_of("id"));
    api.delete(&path, &carl).await.expect(204);
    let late = apply(&api, &job, &carl, KEY, &an_application()).await;
    late.expect_problem(409, "idempotent_result_gone");
    assert!(
        api.get("/applications/my", &carl)
            .await
            .expect(200)
            .items("id")
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_is_answered_even_when_the_job_is_closed_by_now() {
    let api = Api::start().await;
    let (rita, carl) = (Caller::recruiter("rita"), Caller::candidate("carl"));
    let job = api.open_job(&rita).await;
    apply(&api, &job, &carl, KEY, &an_application())
        .await
        .expect(201);
    api.request(Method::POST, &format!("{job}/close"), &rita)
        .send()
        .await
        .expect(200);
    apply(&api, &job, &carl, KEY, &an_application())
        .await
        .expect(201);
}

/// After a day the key is forgotten, and what is stored of it is deleted.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_forgotten_after_a_day() {
    let api = Api::start().await;
    let carl = Caller::candidate("carl");
    let job = api.open_job(&Caller::recruiter("rita")).await;
    apply(&api, &job, &carl, KEY, &an_application())
        .await
        .expect(201);
    api.clock.advance(Duration::from_hours(24));
    // The day is over for the key, but also for the token: ask with one of tomorrow.
    let tomorrow =
        json!({"iat": crate::support::NOW + 86_400, "exp": crate::support::NOW + 87_000});
    let token = carl.patched_token(&api.issuer, json!({}), tomorrow);
    let other = json!({"cover_letter": "Something else."});
    let request = api
        .anonymous(Method::POST, &format!("{job}/applications"))
        .bearer(&token);
    let reply = request
        .header("idempotency-key", KEY)
        .json(&other)
        .send()
        .await;
    reply.expect_problem(409, "already_applied");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_no_key_is_refused() {
    let api = Api::start().await;
    let carl = Caller::candidate("carl");
    let job = api.open_job(&Caller::recruiter("rita")).await;
    for key in [String::new(), "k".repeat(256)] {
        let reply = apply(&api, &job, &carl, &key, &an_application()).await;
        let reply = reply.expect_problem(400, "invalid_parameter");
        assert_eq!(reply.wrong_fields(), ["idempotency-key"]);
    }
    let request = api.request(Method::POST, &format!("{job}/applications"), &carl);
    let twice = request
        .header("idempotency-key", "a")
        .header("idempotency-key", "b");
    twice
        .json(&an_application())
        .send()
        .await
        .expect_problem(400, "invalid_parameter");
}
