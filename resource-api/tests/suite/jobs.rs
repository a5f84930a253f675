//! The life of a job: drafted, changed, published, closed, deleted; and how it is found.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Api, Caller, Reply, a_job};

async fn act(api: &Api, job: &str, action: &str, caller: &Caller) -> Reply {
    api.request(Method::POST, &format!("{job}/{action}"), caller)
        .send()
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_drafted_published_and_closed() {
    let api = Api::start().await;
    let (rita, carl) = (Caller::recruiter("rita"), Caller::candidate("carl"));
    let body = json!({"title": " Rust engineer ", "description": "a\nb", "location": "Berlin",
        "employment_type": "full-time", "salary_min": 60000, "salary_max": 80000, "currency": "EUR"});
    let made = api.post("/jobs", &rita, body).await.expect(201);
    let path = format!("/jobs/{}", made.text_of("id"));
    assert_eq!(
        made.header("location"),
        format!("http://localhost:8081{path}")
    );
    assert_eq!(made.header("etag"), "\"1\"");
    let expected = json!({"id": made.body["id"], "title": "Rust engineer", "description": "a\nb",
        "location": "Berlin", "employment_type": "full-time", "salary_min": 60000,
        "salary_max": 80000, "currency": "EUR", "status": "draft", "owner": "rita",
        "created_at": "2027-01-15T08:00:00.000Z", "updated_at": "2027-01-15T08:00:00.000Z"});
    assert_eq!(made.body, expected);
    assert_eq!(api.get(&path, &rita).await.expect(200).body, made.body);

    api.clock.advance(Duration::from_mins(1));
    let open = act(&api, &path, "publish", &rita).await.expect(200);
    assert_eq!(
        (open.body["status"].as_str(), open.header("etag")),
        (Some("open"), "\"2\"")
    );
    assert_eq!(open.body["updated_at"], "2027-01-15T08:01:00.000Z");
    assert_eq!(api.get(&path, &carl).await.expect(200).body, open.body);

    let closed = act(&api, &path, "close", &rita).await.expect(200);
    assert_eq!(closed.body["status"], "closed");
    api.get(&path, &carl).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_never_goes_back() {
    let api = Api::start().await;
    let rita = Caller::recruiter("rita");
    let job = api.draft(&rita).await;
    act(&api, &job, "close", &rita)
        .await
        .expect_problem(409, "job_not_open");
    act(&api, &job, "publish", &rita).await.expect(200);
    act(&api, &job, "publish", &rita)
        .await
        .expect_problem(409, "job_not_draft");
    act(&api, &job, "close", &rita).await.expect(200);
    act(&api, &job, "close", &rita)
        .await
        .expect_problem(409, "job_not_open");
    act(&api, &job, "publish", &rita)
        .await
        .expect_problem(409, "job_not_draft");
}

#[tokio::test(flavor = "multi_thread")]
async fn optional_members_are_absent_rather_than_null() {
    let api = Api::start().await;
    let made = api
        .post("/jobs", &Caller::admin(), a_job())
        .await
        .expect(201);
    let mut names: Vec<&String> = made.body.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(
        names,
        [
            "created_at",
            "description",
            "id",
            "location",
            "owner",
            "status",
            "title",
            "updated_at"
        ]
    );
}

/// RFC 7396
#[tokio::test(flavor = "multi_thread")]
async fn a_merge_patch_changes_what_it_names() {
    let api = Api::start().await;
    let rita = Caller::recruiter("rita");
    let mut body = a_job();
    body["salary_min"] = json!(1);
    body["currency"] = json!("EUR");
    let made = api.post("/jobs", &rita, body).await.expect(201);
    let path = format!("/jobs/{}", made.text_of("id"));
    let patch = json!({"title": "Senior", "salary_min": null});
    let changed = api.patch(&path, &rita, patch).await.expect(200);
    let mut expected = made.body.clone();
    expected["title"] = json!("Senior");
    expected.as_object_mut().unwrap().remove("salary_min");
    assert_eq!(changed.body, expected);

    let merge = api.request(Method::PATCH, &path, &rita);
    let merge = merge.text("application/merge-patch+json", r#"{"location":"Ulm"}"#);
    assert_eq!(merge.send().await.expect(200).body["location"], "Ulm");

    for (patch, field) in [
        (json!({"status": "open"}), "status"),
        (json!({"owner": "me"}), "owner"),
        (json!({"id": "x"}), "id"),
        (json!({"title": null}), "title"),
        (json!({"salary_max": -1}), "salary_max"),
    ] {
        let reply = api
            .patch(&path, &rita, patch)
            .await
            .expect_problem(422, "invalid_fields");
        assert_eq!(reply.wrong_fields(), [field]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn if_match_lets_only_the_named_version_be_changed() {
    let api = Api::start().await;
    let rita = Caller::recruiter("rita");
    let job = api.draft(&rita).await;
    let call = |method: Method, path: &str, tag: &str| {
        api.request(method, path, &rita).header("if-match", tag)
    };
    let patch = |tag: &str| {
        call(Method::PATCH, &job, tag)
            .json(&json!({"title": "T"}))
            .send()
    };
    patch("\"9\"")
        .await
        .expect_problem(412, "precondition_failed");
    patch("W/\"1\"")
        .await
        .expect_problem(412, "precondition_failed");
    patch("nonsense")
        .await
        .expect_problem(400, "invalid_parameter");
    assert_eq!(
        patch("\"8\", \"1\"").await.expect(200).header("etag"),
        "\"2\""
    );
    patch("\"1\"")
        .await
        .expect_problem(412, "precondition_failed");
    patch("*").await.expect(200);
    let publish = format!("{job}/publish");
    call(Method::POST, &publish, "\"1\"")
        .send()
        .await
        .expect_problem(412, "precondition_failed");
    call(Method::POST, &publish, "\"3\"")
        .send()
        .await
        .expect(200);
    let close = format!("{job}/close");
    call(Method::POST, &close, "\"3\"")
        .send()
        .await
        .expect_problem(412, "precondition_failed");
    call(Method::DELETE, &job, "\"3\"")
        .send()
        .await
        .expect_problem(412, "precondition_failed");
    call(Method::DELETE, &job, "\"4\"").send().await.expect(204);
    api.get(&job, &rita).await.expect(404);
}

/// RFC 9110 §13.1.2
#[tokio::test(flavor = "multi_thread")]
async fn if_none_match_saves_the_body() {
    let api = Api::start().await;
    let rita = Caller::recruiter("rita");
    let job = api.draft(&rita).await;
    let ask = |tag: &'static str| {
        api.request(Method::GET, &job, &rita)
            .header("if-none-match", tag)
            .send()
    };
    let reply = ask("\"1\"").await.expect(304);
    assert_eq!((reply.text.as_str(), reply.header("etag")), ("", "\"1\""));
    ask("W/\"1\"").await.expect(304);
    ask("\"0\"").await.expect(200);
    api.patch(&job, &rita, json!({"title": "New"}))
        .await
        .expect(200);
    ask("\"1\"").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_with_applications_is_closed_and_not_deleted() {
    let api = Api::start().await;
    let (rita, carl) = (Caller::recruiter("rita"), Caller::candidate("carl"));
    let job = api.open_job(&rita).await;
    let application = api.application(&job, &carl).await;
    api.delete(&job, &rita)
        .await
        .expect_problem(409, "job_has_applications");
    api.get(&application, &carl).await.expect(200);
    api.delete(&application, &carl).await.expect(204);
    api.delete(&job, &rita).await.expect(204);
    api.delete(&job, &rita)
        .await
        .expect_problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_narrow_the_list_down() {
    let api = Api::start().await;
    let rita = Caller::recruiter("rita");
    for (title, description, location) in [
        ("Rust engineer", "Builds 100% safe things", "Berlin"),
        ("Gardener", "Grows things", "Ulm"),
        ("Cook_1", "Knows RUST on pans", "berlin mitte"),
    ] {
        let body = json!({"title": title, "description": description, "location": location});
        api.post("/jobs", &rita, body).await.expect(201);
        api.clock.advance(Duration::from_millis(1));
    }
    let titles = async |query: &str| {
        api.get(&format!("/jobs{query}"), &rita)
            .await
            .expect(200)
            .items("title")
    };
    assert_eq!(titles("").await, ["Cook_1", "Gardener", "Rust engineer"]);
    assert_eq!(titles("?q=rust").await, ["Cook_1", "Rust engineer"]);
    assert_eq!(titles("?q=RUST&location=Mitte").await, ["Cook_1"]);
    assert_eq!(
        titles("?location=BERLIN").await,
        ["Cook_1", "Rust engineer"]
    );
    assert_eq!(titles("?status=draft&q=grow").await, ["Gardener"]);
    assert_eq!(titles("?status=open").await, [""; 0]);
    assert_eq!(titles("?q=").await.len(), 3);
}

/// Attack row AD-06: wildcards, quotes and escape signs stand for themselves.
#[tokio::test(flavor = "multi_thread")]
async fn ad_06_filters_are_texts_and_not_patterns() {
    let api = Api::start().await;
    let rita = Caller::recruiter("rita");
    for title in [
        "100% Rust",
        "snake_case",
        "wow!",
        "back\\slash",
        "O'Hara",
        "plain",
    ] {
        let body = json!({"title": title, "description": "d", "location": "l"});
        api.post("/jobs", &rita, body).await.expect(201);
    }
    for (query, found) in [
        ("%25", vec!["100% Rust"]),
        ("_", vec!["snake_case"]),
        ("!", vec!["wow!"]),
        ("%5C", vec!["back\\slash"]),
        ("'", vec!["O'Hara"]),
        ("'%20OR%201=1--", vec![]),
        (";", vec![]),
        ("%25%25", vec![]),
    ] {
        let path = format!("/jobs?q={query}");
        assert_eq!(
            api.get(&path, &rita).await.expect(200).items("title"),
            found,
            "{query}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn open_and_closed_jobs_are_listed_for_everybody_and_drafts_for_their_owner() {
    let api = Api::start().await;
    let rita = Caller::recruiter("rita");
    let draft = api.draft(&rita).await;
    let open = api.open_job(&rita).await;
    let closed = api.open_job(&rita).await;
    act(&api, &closed, "close", &rita).await.expect(200);
    let count = async |caller: &Caller| {
        api.get("/jobs", caller).await.expect(200).body["items"]
            .as_array()
            .map(Vec::len)
    };
    assert_eq!(count(&Caller::candidate("carl")).await, Some(2));
    assert_eq!(count(&Caller::recruiter("rolf")).await, Some(2));
    assert_eq!(count(&rita).await, Some(3));
    assert_eq!(count(&Caller::admin()).await, Some(3));
    for job in [draft, open, closed] {
        assert_ne!(api.get(&job, &rita).await.expect(200).body, Value::Null);
    }
}
