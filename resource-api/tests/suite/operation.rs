//! What operators, browsers and tools see: health, metrics, metadata, documents, headers.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Api, Caller, Reply};

async fn open(api: &Api, path: &str) -> Reply {
    api.anonymous(Method::GET, path).send().await
}

/// PRM-01, PRM-02
#[tokio::test(flavor = "multi_thread")]
async fn prm_01_the_metadata_names_resource_issuer_and_scopes() {
    let api = Api::start().await;
    let reply = open(&api, "/.well-known/oauth-protected-resource")
        .await
        .expect(200);
    assert_eq!(reply.header("content-type"), "application/json");
    let expected = json!({
        "resource": "http://localhost:8081",
        "authorization_servers": [api.issuer.url()],
        "scopes_supported": ["jobs:read", "jobs:write", "applications:read", "applications:write"],
        "bearer_methods_supported": ["header"],
        "resource_name": "Jobs API",
        "resource_documentation": "http://localhost:8081/docs",
    });
    assert_eq!(reply.body, expected);
}

/// PRM-01: the path of the identifier follows the well-known path; PRM-03: challenges lead there.
#[tokio::test(flavor = "multi_thread")]
async fn prm_03_challenges_lead_to_the_metadata_below_a_path_too() {
    let api = Api::start_with(&[("public_url", "http://localhost:8081/ats")]).await;
    let challenge = open(&api, "/jobs")
        .await
        .expect(401)
        .header("www-authenticate")
        .to_owned();
    let path = "/.well-known/oauth-protected-resource/ats";
    assert!(
        challenge.contains(&format!(
            "resource_metadata=\"http://localhost:8081{path}\""
        )),
        "{challenge}"
    );
    let reply = open(&api, path).await.expect(200);
    assert_eq!(reply.body["resource"], "http://localhost:8081/ats");
    open(&api, "/.well-known/oauth-protected-resource")
        .await
        .expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ready_service_says_so() {
    let api = Api::start().await;
    assert_eq!(
        open(&api, "/livez").await.expect(200).body,
        json!({"alive": true})
    );
    let ready = open(&api, "/readyz").await.expect(200);
    assert_eq!(
        ready.body,
        json!({"ready": true, "database": "ok", "keys": "ok"})
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_count_requests_by_template_and_tokens_by_reason() {
    let api = Api::start().await;
    let rita = Caller::recruiter("rita");
    let job = api.draft(&rita).await;
    api.get(&job, &rita).await.expect(200);
    open(&api, "/jobs").await.expect(401);
    open(&api, "/no/such/path").await.expect(404);
    api.anonymous(Method::GET, "/jobs")
        .bearer("nonsense")
        .send()
        .await
        .expect(401);
    api.anonymous(Method::from_bytes(b"BREW").unwrap(), "/jobs")
        .send()
        .await
        .expect(405);
    let reply = open(&api, "/metrics").await.expect(200);
    assert!(
        reply
            .header("content-type")
            .starts_with("text/plain; version=0.0.4")
    );
    for line in [
        r#"http_requests_total{method="POST",route="/jobs",status="201"} 1"#,
        r#"http_requests_total{method="GET",route="/jobs/{id}",status="200"} 1"#,
        r#"http_requests_total{method="GET",route="/jobs",status="401"} 2"#,
        r#"http_requests_total{method="GET",route="unmatched",status="404"} 1"#,
        r#"http_requests_total{method="OTHER",route="/jobs",status="405"} 1"#,
        r#"http_request_duration_seconds_count{method="POST",route="/jobs"} 1"#,
        "auth_tokens_accepted_total 2",
        "auth_keys_ready 1",
        "auth_keys_age_seconds",
        "auth_tokens_refused_total{reason=",
        "auth_key_fetches_total",
    ] {
        assert!(
            reply.text.contains(line),
            "{line} is missing in\n{}",
            reply.text
        );
    }
    assert!(!reply.text.contains(&job), "a path got into a label");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_paths_are_404_and_other_methods_405_both_as_problems() {
    let api = Api::start().await;
    open(&api, "/").await.expect_problem(404, "not_found");
    open(&api, "/jobs/").await.expect_problem(404, "not_found");
    for (method, path, allow) in [
        (Method::PUT, "/jobs", "GET, HEAD, POST"),
        (Method::POST, "/jobs/x", "GET, HEAD, PATCH, DELETE"),
        (Method::GET, "/jobs/x/publish", "POST"),
        (Method::DELETE, "/applications/my", "GET, HEAD"),
        (Method::POST, "/livez", "GET, HEAD"),
        (Method::OPTIONS, "/jobs", "GET, HEAD, POST"),
        (
            Method::POST,
            "/.well-known/oauth-protected-resource",
            "GET, HEAD",
        ),
    ] {
        let reply = api.anonymous(method, path).send().await;
        let reply = reply.expect_problem(405, "method_not_allowed");
        assert_eq!(reply.header("allow"), allow, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn head_answers_like_get_without_a_body() {
    let api = Api::start().await;
    let rita = Caller::recruiter("rita");
    let job = api.draft(&rita).await;
    let get = api.get(&job, &rita).await.expect(200);
    let head = api
        .request(Method::HEAD, &job, &rita)
        .send()
        .await
        .expect(200);
    assert_eq!(
        (head.text.as_str(), head.header("etag")),
        ("", get.header("etag"))
    );
    api.anonymous(Method::HEAD, "/livez")
        .send()
        .await
        .expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_the_security_headers_and_its_own_request_id() {
    let api = Api::start().await;
    let rita = Caller::recruiter("rita");
    let mut ids = Vec::new();
    let replies = [
        open(&api, "/livez").await,
        open(&api, "/nowhere").await,
        open(&api, "/jobs").await,
        api.get("/jobs", &rita).await,
        api.post("/jobs", &rita, json!({})).await,
        open(&api, "/docs").await,
        open(&api, "/docs/swagger-ui.css").await,
    ];
    for reply in &replies {
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("referrer-policy"), "no-referrer");
        assert_eq!(reply.header("x-frame-options"), "DENY");
        let policy = reply.header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(
            reply.header("strict-transport-security"),
            "",
            "not on plain http"
        );
        ids.push(reply.header("x-request-id").to_owned());
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), replies.len());
    assert!(ids.iter().all(|id| id.len() == 32), "{ids:?}");
}

/// Matrix GEN-26
#[tokio::test(flavor = "multi_thread")]
async fn gen_26_a_public_https_address_is_announced_as_strict() {
    let api = Api::start_with(&[("public_url", "https://api.example.com")]).await;
    let reply = open(&api, "/livez").await.expect(200);
    assert_eq!(
        reply.header("strict-transport-security"),
        "max-age=63072000"
    );
}

/// Matrix GEN-21: headers of proxies have no effect; nothing here believes them.
#[tokio::test(flavor = "multi_thread")]
async fn gen_21_forwarded_headers_change_nothing() {
    let api = Api::start().await;
    let rita = Caller::recruiter("rita");
    api.draft(&rita).await;
    api.draft(&rita).await;
    let spoofed = api
        .request(Method::GET, "/jobs?limit=1", &rita)
        .header("x-forwarded-host", "evil.example")
        .header("x-forwarded-proto", "https")
        .header("forwarded", "host=evil.example;proto=https")
        .header("x-request-id", "chosen-by-the-caller")
        .header("host", "evil.example");
    let reply = spoofed.send().await.expect(200);
    assert!(
        reply
            .header("link")
            .starts_with("<http://localhost:8081/jobs?"),
        "{}",
        reply.header("link")
    );
    assert_ne!(reply.header("x-request-id"), "chosen-by-the-caller");
    assert_eq!(reply.header("strict-transport-security"), "");
}

/// Matrix GEN-22
#[tokio::test(flavor = "multi_thread")]
async fn gen_22_configured_origins_may_call_and_no_others() {
    let origin = "https://app.example.com";
    let api = Api::start_with(&[("cors.allowed_origins", origin)]).await;
    let preflight = |from: &str| {
        api.anonymous(Method::OPTIONS, "/jobs")
            .header("origin", from)
            .header("access-control-request-method", "POST")
            .header(
                "access-control-request-headers",
                "authorization,content-type,if-match",
            )
            .send()
    };
    let allowed = preflight(origin).await.expect(200);
    assert_eq!(allowed.header("access-control-allow-origin"), origin);
    let headers = allowed
        .header("access-control-allow-headers")
        .to_lowercase();
    assert!(
        headers.contains("authorization") && headers.contains("if-match"),
        "{headers}"
    );
    assert_eq!(allowed.header("access-control-allow-credentials"), "");
    let refused = preflight("https://evil.example").await;
    assert_eq!(refused.header("access-control-allow-origin"), "");
    for answer in [&allowed, &refused] {
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("x-frame-options"), "DENY");
    }

    let simple = api
        .anonymous(Method::GET, "/jobs")
        .header("origin", origin)
        .send()
        .await;
    assert_eq!(simple.header("access-control-allow-origin"), origin);
    let exposed = simple
        .header("access-control-expose-headers")
        .to_lowercase();
    assert!(
        exposed.contains("www-authenticate") && exposed.contains("etag"),
        "{exposed}"
    );

    let closed = Api::start().await;
    let reply = closed
        .anonymous(Method::GET, "/jobs")
        .header("origin", origin)
        .send()
        .await;
    assert_eq!(reply.expect(401).header("access-control-allow-origin"), "");
}

/// Matrix RS-16
#[tokio::test(flavor = "multi_thread")]
async fn rs_16_the_document_declares_how_to_get_a_token() {
    let api = Api::start().await;
    let document = open(&api, "/openapi.json").await.expect(200).body;
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["servers"], json!([{"url": "/"}]));
    let schemes = &document["components"]["securitySchemes"];
    assert_eq!(schemes["bearer"]["scheme"], "bearer");
    let flows = &schemes["oauth2"]["flows"];
    let issuer = api.issuer.url();
    for flow in ["password", "authorizationCode"] {
        assert_eq!(flows[flow]["tokenUrl"], format!("{issuer}/oauth2/token"));
        assert_eq!(flows[flow]["scopes"].as_object().unwrap().len(), 4);
    }
    let authorize = format!("{issuer}/oauth2/authorize");
    assert_eq!(flows["authorizationCode"]["authorizationUrl"], authorize);
}

/// RS-16: "Try it out" calls the service that showed the page, on a moved port and by another name too;
/// the policy of the page allows no other address.
#[tokio::test(flavor = "multi_thread")]
async fn rs_16_the_operations_are_where_the_document_came_from() {
    let api = Api::start_with(&[("public_url", "https://jobs.example.com/ats")]).await;
    let document = open(&api, "/openapi.json").await.expect(200).body;
    assert_eq!(document["servers"], json!([{"url": "/ats"}]));
}

/// Every `$ref` of the document leads somewhere.
#[tokio::test(flavor = "multi_thread")]
async fn the_document_has_no_dangling_references() {
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => members.iter().for_each(|(name, member)| match member {
                Value::String(target) if name == "$ref" => found.push(target.clone()),
                member => references(member, found),
            }),
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let api = Api::start().await;
    let document = open(&api, "/openapi.json").await.expect(200).body;
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 20);
    for target in found {
        let pointer = target.strip_prefix('#').unwrap();
        assert!(
            document.pointer(pointer).is_some(),
            "{target} leads nowhere"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_the_documentation_loads_only_what_is_there() {
    let api = Api::start().await;
    let page = open(&api, "/docs").await.expect(200);
    assert!(page.header("content-type").starts_with("text/html"));
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains(&format!("connect-src 'self' {}", api.issuer.url())),
        "{policy}"
    );
    for part in page
        .text
        .split(['"'])
        .filter(|part| part.starts_with("docs/"))
    {
        open(&api, &format!("/{part}")).await.expect(200);
    }
    open(&api, "/docs/oauth2-redirect.html").await.expect(200);
    open(&api, "/docs/oauth2-redirect.js").await.expect(200);
    open(&api, "/docs/nothing.js")
        .await
        .expect_problem(404, "not_found");
    let start = open(&api, "/docs/swagger-initializer.js")
        .await
        .expect(200)
        .text;
    for part in [
        r#""clientId": "ats-web""#,
        r#""usePkceWithAuthorizationCodeGrant": true"#,
        r#""oauth2RedirectUrl": "http://localhost:8081/docs/oauth2-redirect.html""#,
        r#""url": "openapi.json""#,
    ] {
        assert!(start.contains(part), "{part} is missing in {start}");
    }
}
