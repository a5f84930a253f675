//! The layer around routes of axum: the same answers as the extractor for actix gives.

use std::sync::Arc;

use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    http::{HeaderValue, Request, Response},
    routing::get,
};
use serde_json::{Value, json};
use shared_claims::{
    authentications,
    remote::{ManualClock, RemoteKeys},
    scopes,
    tower::{
        Admin, AnyScope, Caller, OneOf, Recruiter, RequireCaller, ResourceMetadata, ResourceServer,
    },
};
use tower_service::Service as _;

use crate::support::{API, ISSUER, NOW, TestKey, key_set, now};

scopes! {
    JobsWrite = "jobs:write";
}

authentications! {
    Recent = { max_age: 300 };
}

type Staff = OneOf<(Recruiter, Admin)>;

async fn create(Extension(caller): Extension<Caller<Staff, JobsWrite>>) -> String {
    format!("{} {}", caller.subject(), caller.claims().jti)
}

async fn purge(Extension(caller): Extension<Caller<Admin, AnyScope, Recent>>) -> String {
    caller.subject().to_owned()
}

struct World {
    key: TestKey,
    app: Router,
}

impl World {
    fn new() -> Self {
        let key = TestKey::es256("k-1");
        let clock = Arc::new(ManualClock::at(now()));
        let keys = RemoteKeys::fixed(ISSUER, key_set(&[&key]), clock);
        let api = ResourceServer::new(keys, ResourceMetadata::new(API).unwrap()).unwrap();
        let app = Router::new()
            .route("/jobs", get(create))
            .route_layer(RequireCaller::<Staff, JobsWrite>::new(&api))
            .route(
                "/purge",
                get(purge).layer(RequireCaller::<Admin, AnyScope, Recent>::new(&api)),
            )
            .route("/unguarded", get(create))
            .route("/open", get(async || "open"));
        Self { key, app }
    }

    async fn send(&self, path: &str, authorizations: &[String]) -> Response<Body> {
        let mut request = Request::builder().uri(path);
        for value in authorizations {
            request = request.header("authorization", value);
        }
        let request = request.body(Body::empty()).unwrap();
        self.app.clone().call(request).await.unwrap()
    }

    async fn ask(&self, path: &str, claims: Value) -> (u16, String) {
        let bearer = format!("Bearer {}", self.key.token(json!({}), claims));
        let response = self.send(path, &[bearer]).await;
        let challenge = header(&response, "www-authenticate");
        (response.status().as_u16(), challenge)
    }
}

fn header(response: &Response<Body>, name: &str) -> String {
    let value = response.headers().get(name);
    value
        .map_or("", |value: &HeaderValue| value.to_str().unwrap())
        .to_owned()
}

/// RS-01, RS-04, RS-05, SU-01
#[tokio::test]
async fn each_caller_is_let_in_or_told_why_not() {
    let world = World::new();
    let staff = json!({"roles": ["recruiter"], "scope": "jobs:write"});
    assert_eq!(world.ask("/jobs", staff).await, (200, String::new()));
    let (status, challenge) = world.ask("/jobs", json!({"roles": ["admin"]})).await;
    assert_eq!(status, 403);
    assert!(
        challenge.contains(r#"error="insufficient_scope""#)
            && challenge.contains(r#"scope="jobs:write""#)
    );
    let candidate = json!({"roles": ["candidate"], "scope": "jobs:write"});
    assert_eq!(world.ask("/jobs", candidate).await, (403, String::new()));
    let (status, challenge) = world
        .ask(
            "/purge",
            json!({"roles": ["admin"], "auth_time": NOW - 301}),
        )
        .await;
    assert_eq!(status, 401);
    assert!(
        challenge.contains(r#"error="insufficient_user_authentication""#)
            && challenge.contains(r#"max_age="300""#)
    );
    let fresh = json!({"roles": ["admin"], "auth_time": NOW - 10});
    assert_eq!(world.ask("/purge", fresh).await.0, 200);
    assert_eq!(world.send("/open", &[]).await.status().as_u16(), 200);
}

/// RS-02, RS-03, RS-06, RS-13
#[tokio::test]
async fn a_refusal_is_a_whole_problem_document() {
    let world = World::new();
    let stranger = TestKey::es256("k-1").token(json!({}), json!({"roles": ["admin"]}));
    let expired = world.key.token(json!({}), json!({"exp": NOW - 31}));
    for (authorizations, status, error) in [
        (vec![], 401, None),
        (vec!["Basic YTpi".to_owned()], 401, None),
        (vec!["Bearer".to_owned()], 400, Some("invalid_request")),
        (
            vec![format!("Bearer {expired}"); 2],
            400,
            Some("invalid_request"),
        ),
        (
            vec![format!("bearer {stranger}")],
            401,
            Some("invalid_token"),
        ),
        (
            vec![format!("Bearer {expired}")],
            401,
            Some("invalid_token"),
        ),
    ] {
        let response = world.send("/jobs", &authorizations).await;
        assert_eq!(response.status().as_u16(), status, "{authorizations:?}");
        assert_eq!(
            header(&response, "content-type"),
            "application/problem+json"
        );
        assert_eq!(header(&response, "cache-control"), "no-store");
        let challenge = header(&response, "www-authenticate");
        assert!(challenge.starts_with("Bearer realm=") && challenge.contains("resource_metadata="));
        let named = error.map_or(!challenge.contains("error="), |error| {
            challenge.contains(&format!("error=\"{error}\""))
        });
        assert!(named, "{challenge}");
        let body = to_bytes(response.into_body(), 4_096).await.unwrap();
        let problem: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(problem["status"], status);
    }
}

/// RS-11: a handler that asks for a caller is of no use without the layer.
#[tokio::test]
async fn rs_11_a_route_without_its_layer_lets_nobody_in() {
    let world = World::new();
    let staff = json!({"roles": ["recruiter"], "scope": "jobs:write"});
    assert_eq!(world.ask("/unguarded", staff).await.0, 500);
}
