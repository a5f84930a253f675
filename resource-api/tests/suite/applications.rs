//! The life of an application: sent in, moved through the stages, withdrawn.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::support::{Api, Caller, Reply, an_application};

async fn move_to(api: &Api, application: &str, stage: &str, caller: &Caller) -> Reply {
    api.post(
        &format!("{application}/stage"),
        caller,
        json!({"stage": stage}),
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_goes_through_the_stages_and_its_history_is_kept() {
    let api = Api::start().await;
    let (rita, carl) = (Caller::recruiter("rita"), Caller::candidate("carl"));
    let job = api.open_job(&rita).await;
    let made = api
        .post(&format!("{job}/applications"), &carl, an_application())
        .await
        .expect(201);
    let path = format!("/applications/{}", made.text_of("id"));
    assert_eq!(
        made.header("location"),
        format!("http://localhost:8081{path}")
    );
    let at = "2027-01-15T08:00:00.000Z";
    let expected = json!({"id": made.body["id"], "job_id": &job["/jobs/".len()..],
        "candidate": "carl", "cover_letter": "Here I am.",
        "resume_url": "https://example.com/cv.pdf", "stage": "applied",
        "history": [{"stage": "applied", "at": at, "by": "carl"}],
        "created_at": at, "updated_at": at});
    assert_eq!(made.body, expected);

    for (seconds, stage) in [
        (1, "screening"),
        (2, "interview"),
        (3, "offer"),
        (4, "hired"),
    ] {
        api.clock.advance(Duration::from_secs(1));
        let body = json!({"stage": stage, "note": format!("step {seconds}")});
        let moved = api
            .post(&format!("{path}/stage"), &rita, body)
            .await
            .expect(200);
        let entry = json!({"stage": stage, "by": "rita", "note": format!("step {seconds}"),
            "at": format!("2027-01-15T08:00:0{seconds}.000Z")});
        assert_eq!(moved.body["stage"], stage);
        assert_eq!(
            moved.body["history"].as_array().unwrap().last(),
            Some(&entry)
        );
        assert_eq!(moved.body["history"][0]["stage"], "applied");
        assert_eq!(api.get(&path, &carl).await.expect(200).body, moved.body);
    }
    let stages: Vec<String> = api.get(&path, &carl).await.body["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["stage"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        stages,
        ["applied", "screening", "interview", "offer", "hired"]
    );
    let mine = api.get("/applications/my", &carl).await.expect(200);
    assert_eq!(mine.items("stage"), ["hired"]);
    assert_eq!(
        api.get(&format!("{job}/applications"), &rita)
            .await
            .expect(200)
            .body,
        mine.body
    );
    // From any stage.
    move_to(&api, &path, "rejected", &rita).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn illegal_moves_are_conflicts_and_change_nothing() {
    let api = Api::start().await;
    let rita = Caller::recruiter("rita");
    let job = api.open_job(&rita).await;
    let application = api.application(&job, &Caller::candidate("carl")).await;
    for stage in ["applied", "interview", "offer", "hired"] {
        let refused = move_to(&api, &application, stage, &rita).await;
        refused.expect_problem(409, "illegal_stage");
    }
    move_to(&api, &application, "rejected", &rita)
        .await
        .expect(200);
    for stage in ["applied", "screening", "rejected", "hired"] {
        let refused = move_to(&api, &application, stage, &rita).await;
        refused.expect_problem(409, "illegal_stage");
    }
    let kept = api.get(&application, &rita).await.expect(200);
    assert_eq!(kept.body["history"].as_array().unwrap().len(), 2);
    let unknown = move_to(&api, &application, "promoted", &rita).await;
    assert_eq!(
        unknown.expect_problem(422, "invalid_fields").wrong_fields(),
        ["stage"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_may_name_the_version_that_it_was_decided_on() {
    let api = Api::start().await;
    let rita = Caller::recruiter("rita");
    let job = api.open_job(&rita).await;
    let application = api.application(&job, &Caller::candidate("carl")).await;
    let path = format!("{application}/stage");
    let reject = |tag: &str| {
        let request = api
            .request(Method::POST, &path, &rita)
            .header("if-match", tag);
        request.json(&json!({"stage": "rejected"})).send()
    };
    let tag = api
        .get(&application, &rita)
        .await
        .expect(200)
        .header("etag")
        .to_owned();
    move_to(&api, &application, "screening", &rita)
        .await
        .expect(200);
    reject(&tag)
        .await
        .expect_problem(412, "precondition_failed");
    reject("\"2\"").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_open_job_takes_applications() {
    let api = Api::start().await;
    let (rita, carl) = (Caller::recruiter("rita"), Caller::candidate("carl"));
    let draft = api.draft(&rita).await;
    let apply = async |job: &str| {
        api.post(&format!("{job}/applications"), &carl, an_application())
            .await
    };
    apply(&draft).await.expect_problem(404, "not_found");
    api.request(Method::POST, &format!("{draft}/publish"), &rita)
        .send()
        .await
        .expect(200);
    api.request(Method::POST, &format!("{draft}/close"), &rita)
        .send()
        .await
        .expect(200);
    apply(&draft).await.expect_problem(409, "job_not_open");
    assert!(
        api.get("/applications/my", &carl)
            .await
            .expect(200)
            .items("id")
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_candidate_applies_once_and_again_after_withdrawing() {
    let api = Api::start().await;
    let (rita, carl) = (Caller::recruiter("rita"), Caller::candidate("carl"));
    let job = api.open_job(&rita).await;
    let path = format!("{job}/applications");
    let application = api.application(&job, &carl).await;
    let again = api.post(&path, &carl, an_application()).await;
    again.expect_problem(409, "already_applied");
    api.application(&job, &Caller::candidate("cleo")).await;
    move_to(&api, &application, "screening", &rita)
        .await
        .expect(200);
    api.delete(&application, &carl).await.expect(204);
    api.get(&application, &carl).await.expect(404);
    api.delete(&application, &carl).await.expect(404);
    api.post(&path, &carl, an_application()).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decided_application_cannot_be_withdrawn() {
    let api = Api::start().await;
    let (rita, carl) = (Caller::recruiter("rita"), Caller::candidate("carl"));
    let job = api.open_job(&rita).await;
    let application = api.application(&job, &carl).await;
    move_to(&api, &application, "rejected", &rita)
        .await
        .expect(200);
    api.delete(&application, &carl)
        .await
        .expect_problem(409, "application_decided");
    api.get(&application, &carl).await.expect(200);
}

/// RFC 9110 §13.1.1: who names a version withdraws that one or none, here as everywhere.
#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_may_name_the_version_that_it_was_decided_on() {
    let api = Api::start().await;
    let (rita, carl) = (Caller::recruiter("rita"), Caller::candidate("carl"));
    let job = api.open_job(&rita).await;
    let application = api.application(&job, &carl).await;
    let withdraw = |tag: &str| {
        let request = api.request(Method::DELETE, &application, &carl);
        request.header("if-match", tag).send()
    };
    let seen = api.get(&application, &carl).await.expect(200);
    move_to(&api, &application, "screening", &rita)
        .await
        .expect(200);
    withdraw(seen.header("etag"))
        .await
        .expect_problem(412, "precondition_failed");
    withdraw("2").await.expect_problem(400, "invalid_parameter");
    withdraw("\"2\"").await.expect(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_sees_and_moves_every_application() {
    let api = Api::start().await;
    let job = api.open_job(&Caller::recruiter("rita")).await;
    let application = api.application(&job, &Caller::candidate("carl")).await;
    let admin = Caller::admin();
    let moved = move_to(&api, &application, "screening", &admin)
        .await
        .expect(200);
    assert_eq!(moved.body["history"][1]["by"], admin.subject());
    api.get(&format!("{job}/applications"), &admin)
        .await
        .expect(200);
}
