//! Attack row RS-03: nobody reaches the things of others, and nobody can tell whether they exist.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Api, Caller, a_job, an_application};

const MISSING: &str = "0193a5c2-7b1e-7c3d-9f00-0123456789ab";

/// The same request for something of others and for something that does not exist: the same answer.
async fn same_as_missing(
    api: &Api,
    method: Method,
    path: &str,
    caller: &Caller,
    body: Option<Value>,
) {
    let id = path.split('/').nth(2).unwrap();
    let mut replies = Vec::new();
    for path in [
        path.to_owned(),
        path.replace(id, MISSING),
        path.replace(id, "nonsense"),
    ] {
        let mut request = api.request(method.clone(), &path, caller);
        if let Some(body) = &body {
            request = request.json(body);
        }
        let mut reply = request.send().await.expect_problem(404, "not_found");
        for header in ["date", "x-request-id"] {
            reply.headers.remove(header);
        }
        replies.push((reply.text, reply.headers));
    }
    assert_eq!(replies[0], replies[1], "{method} {path}");
    assert_eq!(replies[0], replies[2], "{method} {path}");
}

/// Attack RS-03, matrix RS-12
#[tokio::test(flavor = "multi_thread")]
async fn rs_03_a_candidate_cannot_tell_the_applications_of_others_from_missing_ones() {
    let api = Api::start().await;
    let (rita, carl, eve) = (
        Caller::recruiter("rita"),
        Caller::candidate("carl"),
        Caller::candidate("eve"),
    );
    let job = api.open_job(&rita).await;
    let application = api.application(&job, &carl).await;
    same_as_missing(&api, Method::GET, &application, &eve, None).await;
    same_as_missing(&api, Method::DELETE, &application, &eve, None).await;
    assert!(
        api.get("/applications/my", &eve)
            .await
            .expect(200)
            .items("id")
            .is_empty()
    );
    let reply = api.get(&application, &carl).await.expect(200);
    assert_eq!(reply.text_of("candidate"), "carl");
}

/// Attack RS-03, matrix RS-12
#[tokio::test(flavor = "multi_thread")]
async fn rs_03_a_recruiter_cannot_touch_the_jobs_and_applications_of_another() {
    let api = Api::start().await;
    let (rita, rolf) = (Caller::recruiter("rita"), Caller::recruiter("rolf"));
    let job = api.open_job(&rita).await;
    let application = api.application(&job, &Caller::candidate("carl")).await;
    let before = api.get(&job, &rita).await.expect(200);

    let change = Some(json!({"title": "Mine now"}));
    same_as_missing(&api, Method::PATCH, &job, &rolf, change).await;
    same_as_missing(&api, Method::DELETE, &job, &rolf, None).await;
    same_as_missing(&api, Method::POST, &format!("{job}/close"), &rolf, None).await;
    same_as_missing(
        &api,
        Method::GET,
        &format!("{job}/applications"),
        &rolf,
        None,
    )
    .await;
    same_as_missing(&api, Method::GET, &application, &rolf, None).await;
    let stage = Some(json!({"stage": "rejected"}));
    same_as_missing(
        &api,
        Method::POST,
        &format!("{application}/stage"),
        &rolf,
        stage,
    )
    .await;

    assert_eq!(api.get(&job, &rita).await.expect(200).body, before.body);
    assert_eq!(
        api.get(&application, &rita).await.expect(200).body["stage"],
        "applied"
    );
}

/// Attack RS-03, matrix RS-12
#[tokio::test(flavor = "multi_thread")]
async fn rs_03_a_draft_does_not_exist_for_others() {
    let api = Api::start().await;
    let (rita, carl) = (Caller::recruiter("rita"), Caller::candidate("carl"));
    let draft = api.draft(&rita).await;
    for stranger in [&carl, &Caller::recruiter("rolf"), &Caller::service()] {
        same_as_missing(&api, Method::GET, &draft, stranger, None).await;
        assert!(
            api.get("/jobs?status=draft", stranger)
                .await
                .expect(200)
                .items("id")
                .is_empty()
        );
    }
    let apply = Some(an_application());
    same_as_missing(
        &api,
        Method::POST,
        &format!("{draft}/applications"),
        &carl,
        apply,
    )
    .await;
    for insider in [&rita, &Caller::admin()] {
        api.get(&draft, insider).await.expect(200);
        assert_eq!(
            api.get("/jobs?status=draft", insider)
                .await
                .expect(200)
                .items("id")
                .len(),
            1
        );
    }
}

/// Subjects are compared letter by letter on every engine.
#[tokio::test(flavor = "multi_thread")]
async fn a_subject_in_another_case_is_somebody_else() {
    let api = Api::start().await;
    let draft = api.draft(&Caller::recruiter("rita")).await;
    for other in ["Rita", "rita ", " rita", "RITA", "ritá", "r\u{131}ta"] {
        let other = Caller::recruiter(other);
        api.get(&draft, &other).await.expect(404);
        api.patch(&draft, &other, json!({"title": "Mine"}))
            .await
            .expect(404);
    }
}

/// What the tables cannot hold as it is never gets in, and is no fault of the service.
#[tokio::test(flavor = "multi_thread")]
async fn a_subject_that_cannot_be_kept_is_refused() {
    let api = Api::start().await;
    let job = api.open_job(&Caller::recruiter("rita")).await;
    let long = "s".repeat(256);
    for subject in [long.as_str(), "rita ", "a\nb"] {
        let (recruiter, candidate) = (Caller::recruiter(subject), Caller::candidate(subject));
        let reply = api.post("/jobs", &recruiter, a_job()).await;
        reply.expect_problem(403, "unusable_subject");
        let reply = api
            .post(&format!("{job}/applications"), &candidate, an_application())
            .await;
        reply.expect_problem(403, "unusable_subject");
        api.get("/applications/my", &candidate).await.expect(403);
        api.get(&job, &candidate).await.expect(200);
    }
    api.draft(&Caller::recruiter(&long[1..])).await;
}

/// Somebody with two roles is a candidate for their own applications and a recruiter for their jobs.
#[tokio::test(flavor = "multi_thread")]
async fn two_roles_open_two_doors_and_no_third() {
    let api = Api::start().await;
    let both = Caller::new("bo", &["candidate", "recruiter"]);
    let rita = Caller::recruiter("rita");
    let foreign_job = api.open_job(&rita).await;
    let own_application = api.application(&foreign_job, &both).await;
    let foreign_application = api
        .application(&foreign_job, &Caller::candidate("carl"))
        .await;
    api.get(&own_application, &both).await.expect(200);
    api.get(&foreign_application, &both).await.expect(404);
    let hire_myself = json!({"stage": "screening"});
    api.post(&format!("{own_application}/stage"), &both, hire_myself)
        .await
        .expect(404);
}
