//! Bad bodies: each gets its own status, and nothing happens (matrix GEN-12; attack rows DS-02, DS-03).

use reqwest::Method;
use serde_json::json;

use crate::support::{Api, Caller, a_job};

async fn nothing_happened(api: &Api) {
    assert!(
        api.get("/jobs", &Caller::admin())
            .await
            .expect(200)
            .items("id")
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_field_has_one_entry() {
    let api = Api::start().await;
    let body = json!({"title": " ", "description": "a\u{0}b", "location": ["x"],
        "employment_type": "e".repeat(61), "salary_min": 5, "salary_max": 4, "currency": "eur",
        "status": "open"});
    let reply = api
        .post("/jobs", &Caller::admin(), body)
        .await
        .expect_problem(422, "invalid_fields");
    let mut fields = reply.wrong_fields();
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            "currency",
            "description",
            "employment_type",
            "location",
            "salary_min",
            "status",
            "title"
        ]
    );
    nothing_happened(&api).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lengths_are_measured_in_characters_at_their_limits() {
    let api = Api::start().await;
    for (field, limit) in [("title", 200), ("description", 16_000), ("location", 200)] {
        for (length, status) in [(1, 201), (limit, 201), (limit + 1, 422)] {
            let mut body = a_job();
            body[field] = json!("ä".repeat(length));
            let reply = api
                .post("/jobs", &Caller::admin(), body)
                .await
                .expect(status);
            if status == 422 {
                assert_eq!(reply.wrong_fields(), [field]);
            } else {
                assert_eq!(reply.text_of(field).chars().count(), length);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_a_json_object_is_refused() {
    let api = Api::start().await;
    for (body, status) in [
        ("", 400),
        ("{", 400),
        ("{\"title\":}", 400),
        ("{'title':'x'}", 400),
        ("\u{feff}{}", 400),
        ("[]", 422),
        ("null", 422),
        ("5", 422),
        ("{}", 422),
    ] {
        let request = api.request(Method::POST, "/jobs", &Caller::admin());
        let reply = request
            .text("application/json", body)
            .send()
            .await
            .expect(status);
        assert_eq!(
            reply.header("content-type"),
            "application/problem+json",
            "{body}"
        );
    }
    let invalid_utf8 = b"{\"title\":\"\xff\"}".to_vec();
    let request = api.request(Method::POST, "/jobs", &Caller::admin());
    let reply = request.text("application/json", invalid_utf8).send().await;
    reply.expect_problem(400, "malformed_json");
    nothing_happened(&api).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_media_types_are_refused() {
    let api = Api::start().await;
    let body = a_job().to_string();
    for (media_type, status) in [
        ("application/json", 201),
        ("application/json; charset=utf-8", 201),
        ("Application/JSON", 201),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("application/merge-patch+json", 415),
        ("application/jsonx", 415),
    ] {
        let request = api.request(Method::POST, "/jobs", &Caller::admin());
        let reply = request
            .text(media_type, body.clone())
            .send()
            .await
            .expect(status);
        if status == 415 {
            assert_eq!(reply.body["code"], "unsupported_media_type");
            assert_eq!(reply.header("accept-post"), "application/json");
        }
    }
    let encoded = api.request(Method::POST, "/jobs", &Caller::admin());
    let encoded = encoded
        .text("application/json", body)
        .header("content-encoding", "gzip");
    encoded
        .send()
        .await
        .expect_problem(415, "unsupported_media_type");
}

/// Matrix GEN-12, attack row DS-02: at the limit, one below, one above; announced or not.
#[tokio::test(flavor = "multi_thread")]
async fn gen_12_bodies_are_capped_at_64_kib() {
    let api = Api::start().await;
    let body_of = |bytes: usize| {
        let mut body = a_job();
        let short = body.to_string().len();
        body["title"] = json!(format!(
            "{}{}",
            a_job()["title"].as_str().unwrap(),
            "x".repeat(bytes - short)
        ));
        assert_eq!(body.to_string().len(), bytes);
        body.to_string()
    };
    for (bytes, status) in [
        (65_535, 422),
        (65_536, 422),
        (65_537, 413),
        (10_000_000, 413),
    ] {
        let request = api.request(Method::POST, "/jobs", &Caller::admin());
        let reply = request
            .text("application/json", body_of(bytes))
            .send()
            .await
            .expect(status);
        assert_eq!(
            reply.header("content-type"),
            "application/problem+json",
            "{bytes}"
        );
    }
    nothing_happened(&api).await;
}

/// Attack row DS-03: 100,000 levels at every endpoint that takes JSON.
#[tokio::test(flavor = "multi_thread")]
async fn ds_03_deep_json_is_refused_and_the_process_lives() {
    let api = Api::start_with(&[("http.max_body_bytes", "1048576")]).await;
    let (rita, carl) = (Caller::recruiter("rita"), Caller::candidate("carl"));
    let job = api.open_job(&rita).await;
    let application = api.application(&job, &carl).await;
    for deep in [
        "[".repeat(100_000),
        "{\"a\":".repeat(100_000),
        format!(
            "{{\"title\":{}1{}}}",
            "[".repeat(100_000),
            "]".repeat(100_000)
        ),
    ] {
        for (method, path, caller) in [
            (Method::POST, "/jobs".to_owned(), &rita),
            (Method::PATCH, job.clone(), &rita),
            (Method::POST, format!("{job}/applications"), &carl),
            (Method::POST, format!("{application}/stage"), &rita),
        ] {
            let request = api.request(method, &path, caller);
            let reply = request.text("application/json", deep.clone()).send().await;
            reply.expect_problem(400, "malformed_json");
        }
    }
    api.anonymous(Method::GET, "/livez")
        .send()
        .await
        .expect(200);
}

/// Attack row DS-02: huge heads never reach the application.
#[tokio::test(flavor = "multi_thread")]
async fn ds_02_huge_heads_are_refused() {
    let api = Api::start().await;
    let big = api
        .anonymous(Method::GET, "/livez")
        .header("x-big", &"x".repeat(200 * 1024));
    // The server may close while the head is still being sent: then there is no answer at all.
    if let Ok(response) = big.0.send().await {
        assert!(
            matches!(response.status().as_u16(), 400 | 431),
            "{}",
            response.status()
        );
    }
    let many = (0..150).fold(api.anonymous(Method::GET, "/livez"), |request, n| {
        request.header(&format!("x-{n}"), "y")
    });
    if let Ok(response) = many.0.send().await {
        assert!(
            matches!(response.status().as_u16(), 400 | 431),
            "{}",
            response.status()
        );
    }
    api.anonymous(Method::GET, "/livez")
        .send()
        .await
        .expect(200);
}

/// A stranger's body is not read: the answer comes before it.
#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_is_refused_before_the_body_is_judged() {
    let api = Api::start().await;
    for body in ["{", "[]", "{}"] {
        let request = api
            .anonymous(Method::POST, "/jobs")
            .text("application/json", body);
        request.send().await.expect(401);
        let request = api.request(Method::POST, "/jobs", &Caller::candidate("carl"));
        request.text("text/plain", body).send().await.expect(403);
    }
}

/// Attack row AD-06: identifiers, subjects and filters are texts.
#[tokio::test(flavor = "multi_thread")]
async fn ad_06_odd_identifiers_are_not_found() {
    let api = Api::start().await;
    let long = "a".repeat(5_000);
    for id in [
        "'%20OR%201=1--",
        "%00",
        "%ff",
        "..%2f..%2fetc",
        "%25",
        long.as_str(),
        "*",
    ] {
        api.get(&format!("/jobs/{id}"), &Caller::admin())
            .await
            .expect_problem(404, "not_found");
        let path = format!("/applications/{id}");
        api.get(&path, &Caller::admin())
            .await
            .expect_problem(404, "not_found");
    }
    for query in [
        "q=%00",
        "location=a%0ab",
        &format!("q={}", "x".repeat(201)),
        "status=gone",
        "q=a&q=b",
    ] {
        let reply = api.get(&format!("/jobs?{query}"), &Caller::admin()).await;
        reply.expect_problem(400, "invalid_parameter");
    }
    let odd_subject = Caller::recruiter("' OR '1'='1");
    api.draft(&Caller::recruiter("rita")).await;
    assert!(
        api.get("/jobs?status=draft", &odd_subject)
            .await
            .expect(200)
            .items("id")
            .is_empty()
    );
}

/// Attack row DS-02: who announces a body and does not send it gets 408 after ten seconds; who does not
/// even end the head is cut off after five. Meanwhile others are served.
#[tokio::test(flavor = "multi_thread")]
async fn ds_02_slow_clients_are_cut_off() {
    let api = Api::start().await;
    let token = Caller::recruiter("rita").token(&api.issuer);
    let body = format!(
        "POST /jobs HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"
    );
    let (body, head) = tokio::join!(
        answer_to(&api, &body),
        answer_to(&api, "GET /livez HTTP/1.1\r\nHost: a\r\n")
    );
    assert!(
        body.starts_with("HTTP/1.1 408 ") && body.contains("body_timeout"),
        "{body}"
    );
    assert!(
        head.is_empty() || head.starts_with("HTTP/1.1 408 "),
        "{head}"
    );
    api.anonymous(Method::GET, "/livez")
        .send()
        .await
        .expect(200);
    nothing_happened(&api).await;
}

/// Sends the text and waits until the service ends the connection.
async fn answer_to(api: &Api, text: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(api.running.address())
        .await
        .unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

/// RS-16: what the document says of a change is what is taken, to the character; and nothing else is.
#[tokio::test(flavor = "multi_thread")]
async fn rs_16_the_bounds_of_the_document_are_those_of_the_service() {
    let api = Api::start().await;
    let rita = Caller::recruiter("rita");
    let job = api.draft(&rita).await;
    let document = api.anonymous(Method::GET, "/openapi.json").send().await;
    let schema = &document.body["components"]["schemas"]["JobPatch"];
    assert_eq!(schema["additionalProperties"], false);
    let properties = schema["properties"].as_object().unwrap();
    assert_eq!(properties.len(), 7);
    for (name, about) in properties {
        let nullable = about["type"].is_array();
        let mut tries = vec![(json!(null), nullable)];
        if let Some(most) = about["maxLength"].as_u64() {
            let text = |length: u64| json!("ä".repeat(usize::try_from(length).unwrap()));
            tries.extend([
                (text(most), true),
                (text(most + 1), false),
                (json!(""), false),
            ]);
        } else if let Some(most) = about["maximum"].as_i64() {
            tries.extend([
                (json!(most), true),
                (json!(most + 1), false),
                (json!(-1), false),
            ]);
        } else {
            assert_eq!(about["pattern"], "^[A-Z]{3}$", "{name}");
            tries.extend([(json!("EUR"), true), (json!("eur"), false)]);
        }
        for (value, fits) in tries {
            // Both begin empty, so that the two salaries do not meet.
            let mut change = json!({"salary_min": null, "salary_max": null});
            change[name.as_str()] = value;
            let reply = api.patch(&job, &rita, change).await;
            assert_eq!(
                reply.status,
                if fits { 200 } else { 422 },
                "{name} {}",
                reply.text
            );
        }
    }
}
