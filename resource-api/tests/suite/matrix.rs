//! Every operation × every caller. The table must name exactly the operations of the OpenAPI document,
//! and every status that it sees must be documented there.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Api, Caller, NOW, Reply, a_job, an_application};

/// What has to be there before an operation is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Given {
    Nothing,
    Draft,
    OpenJob,
    /// An application of Carl to an open job of Rita.
    Application,
}

/// Who calls. Rita owns the job, Carl the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Carl,
    OtherCandidate,
    Rita,
    OtherRecruiter,
    Service,
    Admin,
    Roleless,
}

const EVERYBODY: [Who; 7] = [
    Who::Carl,
    Who::OtherCandidate,
    Who::Rita,
    Who::OtherRecruiter,
    Who::Service,
    Who::Admin,
    Who::Roleless,
];

/// One operation: what answers, in the order of [`EVERYBODY`].
struct Row {
    method: &'static str,
    path: &'static str,
    given: Given,
    scope: &'static str,
    answers: [u16; 7],
}

const fn row(
    method: &'static str,
    path: &'static str,
    given: Given,
    scope: &'static str,
    answers: [u16; 7],
) -> Row {
    Row {
        method,
        path,
        given,
        scope,
        answers,
    }
}

/// The contract, cell by cell.
const PROTECTED: [Row; 13] = {
    use Given::{Application, Draft, Nothing, OpenJob};
    //                                                               Carl Cand Rita Recr Serv Admin none
    [
        row(
            "GET",
            "/jobs",
            OpenJob,
            "jobs:read",
            [200, 200, 200, 200, 200, 200, 403],
        ),
        row(
            "POST",
            "/jobs",
            Nothing,
            "jobs:write",
            [403, 403, 201, 201, 201, 201, 403],
        ),
        row(
            "GET",
            "/jobs/{id}",
            OpenJob,
            "jobs:read",
            [200, 200, 200, 200, 200, 200, 403],
        ),
        row(
            "PATCH",
            "/jobs/{id}",
            OpenJob,
            "jobs:write",
            [403, 403, 200, 404, 404, 200, 403],
        ),
        row(
            "DELETE",
            "/jobs/{id}",
            OpenJob,
            "jobs:write",
            [403, 403, 204, 404, 404, 204, 403],
        ),
        row(
            "POST",
            "/jobs/{id}/publish",
            Draft,
            "jobs:write",
            [403, 403, 200, 404, 404, 200, 403],
        ),
        row(
            "POST",
            "/jobs/{id}/close",
            OpenJob,
            "jobs:write",
            [403, 403, 200, 404, 404, 200, 403],
        ),
        row(
            "GET",
            "/jobs/{id}/applications",
            Application,
            "applications:read",
            [403, 403, 200, 404, 404, 200, 403],
        ),
        row(
            "POST",
            "/jobs/{id}/applications",
            OpenJob,
            "applications:write",
            [201, 201, 403, 403, 403, 403, 403],
        ),
        row(
            "GET",
            "/applications/my",
            Application,
            "applications:read",
            [200, 200, 403, 403, 403, 403, 403],
        ),
        row(
            "GET",
            "/applications/{id}",
            Application,
            "applications:read",
            [200, 404, 200, 404, 404, 200, 403],
        ),
        row(
            "DELETE",
            "/applications/{id}",
            Application,
            "applications:write",
            [204, 404, 403, 403, 403, 403, 403],
        ),
        row(
            "POST",
            "/applications/{id}/stage",
            Application,
            "applications:write",
            [403, 403, 200, 404, 404, 200, 403],
        ),
    ]
};

/// Open to everybody, with and without a token.
const OPEN: [&str; 4] = [
    "/livez",
    "/readyz",
    "/metrics",
    "/.well-known/oauth-protected-resource",
];

fn caller(who: Who) -> Caller {
    match who {
        Who::Carl => Caller::candidate("carl"),
        Who::OtherCandidate => Caller::candidate("cleo"),
        Who::Rita => Caller::recruiter("rita"),
        Who::OtherRecruiter => Caller::recruiter("rolf"),
        Who::Service => Caller::service(),
        Who::Admin => Caller::admin(),
        Who::Roleless => Caller::new("nora", &[]),
    }
}

/// Makes what is given and returns the concrete path of the row.
async fn prepare(api: &Api, row: &Row) -> String {
    let rita = caller(Who::Rita);
    let job = match row.given {
        Given::Nothing => return row.path.to_owned(),
        Given::Draft => api.draft(&rita).await,
        Given::OpenJob | Given::Application => api.open_job(&rita).await,
    };
    if row.given == Given::Application {
        let application = api.application(&job, &caller(Who::Carl)).await;
        if row.path.starts_with("/applications") {
            return row.path.replace("/applications/{id}", &application);
        }
    }
    row.path.replace("/jobs/{id}", &job)
}

fn body(row: &Row) -> Option<Value> {
    match (row.method, row.path) {
        ("POST", "/jobs") => Some(a_job()),
        ("PATCH", _) => Some(json!({"title": "Changed"})),
        ("POST", "/jobs/{id}/applications") => Some(an_application()),
        ("POST", "/applications/{id}/stage") => Some(json!({"stage": "screening"})),
        _ => None,
    }
}

async fn call(api: &Api, row: &Row, path: &str, token: Option<&str>) -> Reply {
    let mut request = api.anonymous(Method::from_bytes(row.method.as_bytes()).unwrap(), path);
    if let Some(token) = token {
        request = request.bearer(token);
    }
    if let Some(body) = body(row) {
        request = request.json(&body);
    }
    request.send().await
}

/// All that an administrator sees, to prove that a refusal changed nothing.
async fn everything(api: &Api) -> Vec<Value> {
    let admin = Caller::admin();
    let jobs = api.get("/jobs?limit=100", &admin).await.expect(200);
    let mut seen = vec![jobs.body.clone()];
    for id in jobs.items("id") {
        let path = format!("/jobs/{id}/applications?limit=100");
        seen.push(api.get(&path, &admin).await.expect(200).body);
    }
    seen
}

/// Attack row RS-02, matrix RS-04, RS-05, RS-11, RS-12: exactly the documented cells succeed.
#[tokio::test(flavor = "multi_thread")]
async fn rs_02_exactly_the_documented_callers_succeed_and_refusals_change_nothing() {
    for row in &PROTECTED {
        let api = Api::start().await;
        for (who, answer) in EVERYBODY.into_iter().zip(row.answers) {
            let path = prepare(&api, row).await;
            let before = everything(&api).await;
            let reply = call(&api, row, &path, Some(&caller(who).token(&api.issuer))).await;
            let cell = format!("{} {} as {who:?}: {}", row.method, row.path, reply.text);
            assert_eq!(reply.status, answer, "{cell}");
            if answer >= 400 {
                assert_eq!(everything(&api).await, before, "{cell} changed something");
                assert_eq!(
                    reply.header("content-type"),
                    "application/problem+json",
                    "{cell}"
                );
            }
            if answer == 403 {
                assert_eq!(
                    reply.header("www-authenticate"),
                    "",
                    "{cell}: a role is no scope"
                );
            }
        }
    }
}

/// Matrix RS-02, RS-03, RS-04: strangers are turned away before anything else is looked at.
#[tokio::test(flavor = "multi_thread")]
async fn rs_03_no_token_bad_tokens_and_missing_scopes_are_refused_everywhere() {
    let api = Api::start().await;
    for row in &PROTECTED {
        let path = prepare(&api, row).await;
        let before = everything(&api).await;
        let cell = format!("{} {}", row.method, row.path);

        let reply = call(&api, row, &path, None).await;
        assert_eq!(reply.status, 401, "{cell}");
        let challenge = reply.header("www-authenticate");
        assert!(
            challenge.starts_with("Bearer") && !challenge.contains("error"),
            "{challenge}"
        );
        assert!(challenge.contains("resource_metadata="), "{challenge}");

        for (name, header, claims) in bad_tokens() {
            let token = Caller::admin().patched_token(&api.issuer, header, claims);
            let reply = call(&api, row, &path, Some(&token)).await;
            assert_eq!(reply.status, 401, "{cell} with {name}");
            let challenge = reply.header("www-authenticate");
            assert!(
                challenge.contains(r#"error="invalid_token""#),
                "{cell} with {name}: {challenge}"
            );
        }

        let allowed = EVERYBODY
            .into_iter()
            .zip(row.answers)
            .find(|(_, answer)| *answer < 300);
        let narrow = caller(allowed.unwrap().0).with_scope("openid");
        let reply = call(&api, row, &path, Some(&narrow.token(&api.issuer))).await;
        assert_eq!(reply.status, 403, "{cell} without scope");
        let challenge = reply.header("www-authenticate");
        let needed = format!(r#"scope="{}""#, row.scope);
        assert!(
            challenge.contains(r#"error="insufficient_scope""#),
            "{cell}: {challenge}"
        );
        assert!(challenge.contains(&needed), "{cell}: {challenge}");

        assert_eq!(everything(&api).await, before, "{cell} changed something");
    }
}

fn bad_tokens() -> [(&'static str, Value, Value); 5] {
    [
        (
            "an expired token",
            json!({}),
            json!({"iat": NOW - 2_000, "exp": NOW - 1_000}),
        ),
        (
            "a token of another issuer",
            json!({}),
            json!({"iss": "https://evil.example"}),
        ),
        (
            "a token for another audience",
            json!({}),
            json!({"aud": "https://other.example"}),
        ),
        ("an ID token", json!({"typ": "JWT"}), json!({})),
        (
            "a token of an unknown key",
            json!({"kid": "nobody"}),
            json!({}),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_open_is_open_to_everybody() {
    let api = Api::start().await;
    for path in OPEN {
        api.anonymous(Method::GET, path).send().await.expect(200);
        api.anonymous(Method::GET, path)
            .bearer("nonsense")
            .send()
            .await
            .expect(200);
        api.get(path, &caller(Who::Roleless)).await.expect(200);
    }
}

/// "Shown when" 3: a route that the table lacks, or that is not documented, fails here.
#[tokio::test(flavor = "multi_thread")]
async fn the_table_the_document_and_the_routes_name_the_same_operations() {
    let api = Api::start().await;
    let document = api
        .anonymous(Method::GET, "/openapi.json")
        .send()
        .await
        .expect(200)
        .body;
    let documented: BTreeSet<String> = operations(&document).map(|(name, _)| name).collect();
    let protected = PROTECTED
        .iter()
        .map(|row| format!("{} {}", row.method, row.path));
    let open = OPEN.iter().map(|path| format!("GET {path}"));
    assert_eq!(documented, protected.chain(open).collect());

    let routed: BTreeSet<String> = routes_in_source()
        .into_iter()
        .filter(|route| !route.contains("/docs") && !route.ends_with("/openapi.json"))
        .collect();
    assert_eq!(routed, documented);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_documents_its_callers_its_scope_and_its_answers() {
    let api = Api::start().await;
    let document = api
        .anonymous(Method::GET, "/openapi.json")
        .send()
        .await
        .expect(200)
        .body;
    for (name, operation) in operations(&document) {
        let about = operation["description"].as_str().unwrap_or_default();
        assert!(
            about.starts_with("Who: "),
            "{name} does not say who may call it"
        );
        let Some(row) = PROTECTED
            .iter()
            .find(|row| name == format!("{} {}", row.method, row.path))
        else {
            assert_eq!(operation["security"], Value::Null, "{name}");
            continue;
        };
        let security = json!([{"oauth2": [row.scope]}, {"bearer": []}]);
        assert_eq!(operation["security"], security, "{name}");
        let always = [400, 401, 403, 500, 503];
        for status in row.answers.into_iter().chain(always) {
            let documented = &operation["responses"][status.to_string()];
            assert!(documented.is_object(), "{name} does not document {status}");
        }
    }
}

fn operations(document: &Value) -> impl Iterator<Item = (String, Value)> {
    let paths = document["paths"].as_object().unwrap().clone();
    paths.into_iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().clone();
        methods.into_iter().map(move |(method, operation)| {
            (format!("{} {path}", method.to_uppercase()), operation)
        })
    })
}

/// The routes as the source registers them: `Endpoint::at("/path").get(…).post(…)`.
fn routes_in_source() -> Vec<String> {
    let source = include_str!("../../src/app/routes.rs");
    let code = source.split("struct Endpoint").next().unwrap();
    let mut routes = Vec::new();
    for endpoint in code.split("Endpoint::at(").skip(1) {
        let path = match endpoint.split('"').nth(1) {
            Some(path) if endpoint.starts_with('"') => path,
            _ => "/.well-known/oauth-protected-resource",
        };
        for method in ["get", "post", "patch", "delete"] {
            if endpoint.contains(&format!(".{method}(")) {
                routes.push(format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    routes
}
