//! Many at once, one winner. All requests are made ready first and released together.

use std::sync::Arc;

use reqwest::Method;
use serde_json::json;
use tokio::sync::Barrier;

use crate::support::{Api, Caller, Reply, Request, an_application};

/// Racers of one round.
const RACERS: usize = 16;

/// Sends all requests at the same moment; returns their answers.
async fn race(requests: Vec<Request>) -> Vec<Reply> {
    let barrier = Arc::new(Barrier::new(requests.len()));
    let racers: Vec<_> = requests
        .into_iter()
        .map(|request| {
            let barrier = barrier.clone();
            tokio::spawn(async move {
                barrier.wait().await;
                request.send().await
            })
        })
        .collect();
    let mut replies = Vec::new();
    for racer in racers {
        replies.push(racer.await.unwrap());
    }
    replies
}

fn count(replies: &[Reply], status: u16) -> usize {
    replies
        .iter()
        .filter(|reply| reply.status == status)
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_changes_to_one_version_exactly_one_succeeds() {
    let api = Api::start().await;
    let rita = Caller::recruiter("rita");
    for round in 0..5 {
        let job = api.draft(&rita).await;
        let request = |n: usize| {
            let request = api
                .request(Method::PATCH, &job, &rita)
                .header("if-match", "\"1\"");
            request.json(&json!({"title": format!("racer {n}")}))
        };
        let replies = race((0..RACERS).map(request).collect()).await;
        assert_eq!(count(&replies, 200), 1, "round {round}");
        assert_eq!(count(&replies, 412), RACERS - 1, "round {round}");
        let winner = replies.iter().find(|reply| reply.status == 200).unwrap();
        assert_eq!(api.get(&job, &rita).await.expect(200).body, winner.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_without_a_version_are_all_kept() {
    let api = Api::start().await;
    let rita = Caller::recruiter("rita");
    let job = api.draft(&rita).await;
    let fields = ["title", "description", "location", "employment_type"];
    let request = |field: &&str| {
        api.request(Method::PATCH, &job, &rita)
            .json(&json!({*field: format!("new {field}")}))
    };
    let replies = race(fields.iter().map(request).collect()).await;
    assert_eq!(count(&replies, 200), fields.len());
    let kept = api.get(&job, &rita).await.expect(200);
    for field in fields {
        assert_eq!(
            kept.body[field],
            format!("new {field}"),
            "a change of {field} was lost"
        );
    }
    assert_eq!(kept.header("etag"), "\"5\"");
}

/// Who names no version wants the change on whatever version there is: nobody is sent away for the crowd.
#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_of_changes_without_a_version_all_get_in() {
    let api = Api::start().await;
    let rita = Caller::recruiter("rita");
    let job = api.draft(&rita).await;
    let crowd = 3 * RACERS;
    let request = |number| {
        api.request(Method::PATCH, &job, &rita)
            .json(&json!({"title": format!("Title {number}")}))
    };
    let replies = race((0..crowd).map(request).collect()).await;
    assert_eq!(count(&replies, 200), crowd);
    let kept = api.get(&job, &rita).await.expect(200);
    assert_eq!(kept.header("etag"), format!("\"{}\"", crowd + 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_applications_by_one_candidate_exactly_one_is_made() {
    let api = Api::start().await;
    let (rita, carl) = (Caller::recruiter("rita"), Caller::candidate("carl"));
    for round in 0..5 {
        let job = api.open_job(&rita).await;
        let path = format!("{job}/applications");
        let request = |_| {
            api.request(Method::POST, &path, &carl)
                .json(&an_application())
        };
        let replies = race((0..RACERS).map(request).collect()).await;
        assert_eq!(count(&replies, 201), 1, "round {round}");
        assert_eq!(count(&replies, 409), RACERS - 1, "round {round}");
        assert_eq!(api.get(&path, &rita).await.expect(200).items("id").len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_requests_with_one_idempotency_key_are_one_application() {
    let api = Api::start().await;
    let (rita, carl) = (Caller::recruiter("rita"), Caller::candidate("carl"));
    for round in 0..5 {
        let job = api.open_job(&rita).await;
        let path = format!("{job}/applications");
        let request = |_| {
            let request = api.request(Method::POST, &path, &carl);
            request
                .header("idempotency-key", "same")
                .json(&an_application())
        };
        let replies = race((0..RACERS).map(request).collect()).await;
        assert_eq!(count(&replies, 201), RACERS, "round {round}");
        assert!(
            replies.iter().all(|reply| reply.body == replies[0].body),
            "round {round}"
        );
        assert_eq!(api.get(&path, &rita).await.expect(200).items("id").len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_equal_moves_are_one_step() {
    let api = Api::start().await;
    let rita = Caller::recruiter("rita");
    let job = api.open_job(&rita).await;
    let application = api.application(&job, &Caller::candidate("carl")).await;
    let path = format!("{application}/stage");
    let request = |_| {
        api.request(Method::POST, &path, &rita)
            .json(&json!({"stage": "screening"}))
    };
    let replies = race((0..RACERS).map(request).collect()).await;
    assert_eq!(
        (count(&replies, 200), count(&replies, 409)),
        (1, RACERS - 1)
    );
    let history = api.get(&application, &rita).await.expect(200).body["history"].clone();
    assert_eq!(history.as_array().unwrap().len(), 2);
}

/// Whatever the order, a job that is gone has no applications and one with applications is not gone.
#[tokio::test(flavor = "multi_thread")]
async fn deleting_a_job_and_applying_to_it_exclude_each_other() {
    let api = Api::start().await;
    let rita = Caller::recruiter("rita");
    for round in 0..10 {
        let job = api.open_job(&rita).await;
        let path = format!("{job}/applications");
        let candidate = Caller::candidate(&format!("carl{round}"));
        let apply = api
            .request(Method::POST, &path, &candidate)
            .json(&an_application());
        let replies = race(vec![api.request(Method::DELETE, &job, &rita), apply]).await;
        match (replies[0].status, replies[1].status) {
            (204, 404 | 409) => {
                api.get(&job, &rita).await.expect(404);
                let mine = api.get("/applications/my", &candidate).await.expect(200);
                assert!(mine.items("id").is_empty());
            }
            (409, 201) => assert_eq!(api.get(&path, &rita).await.expect(200).items("id").len(), 1),
            other => panic!("round {round}: {other:?}"),
        }
    }
}
