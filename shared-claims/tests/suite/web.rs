//! The extractor in a real actix application: RS-*, PRM-* and DEC-08 on the wire.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
    time::Duration,
};

use actix_web::{
    App, HttpResponse,
    body::to_bytes,
    dev::ServiceResponse,
    http::{StatusCode, header::HeaderName},
    test::{TestRequest, init_service},
    web::{self, ServiceConfig},
};
use serde_json::{Value, json};
use shared_claims::{
    Role, Scope,
    actix::{
        Admin, AllOf, AnyRole, Authenticated, Caller, OneOf, Recruiter, ResourceMetadata,
        ResourceServer,
    },
    remote::{Clock as _, ManualClock, RemoteKeys},
    scopes,
    verify::{Policy, PolicyError},
};

use crate::{
    issuer::{Answer, FakeIssuer},
    support::{API, ISSUER, TestKey, key_set, now},
};

scopes! {
    JobsRead = "jobs:read";
    JobsWrite = "jobs:write";
}

const METADATA: &str = "https://api.example.com/.well-known/oauth-protected-resource";

async fn recruiters(caller: Caller<Recruiter, JobsWrite>) -> String {
    caller.subject().to_owned()
}

type Staff = OneOf<(Recruiter, Admin)>;
type JobsBoth = AllOf<(JobsRead, JobsWrite)>;

async fn staff(caller: Caller<Staff, JobsBoth>) -> String {
    format!("admin: {}", caller.has_role(&Role::ADMIN))
}

async fn anybody(caller: Caller<AnyRole>) -> String {
    caller.client_id().to_owned()
}

async fn authenticated(caller: Caller<Authenticated>) -> HttpResponse {
    let is_client = caller.is_client();
    HttpResponse::Ok().json(json!({"claims": caller.claims(), "is_client": is_client}))
}

fn routes(app: &mut ServiceConfig) {
    app.route("/recruiters", web::get().to(recruiters))
        .route("/staff", web::get().to(staff))
        .route("/anybody", web::get().to(anybody))
        .route("/authenticated", web::get().to(authenticated));
}

/// A resource with keys that need no network.
struct World {
    key: TestKey,
    server: ResourceServer,
}

/// What came back.
#[derive(Debug, PartialEq)]
struct Reply {
    status: u16,
    challenge: Option<String>,
    body: String,
}

impl Reply {
    fn problem(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

impl World {
    fn new() -> Self {
        let key = TestKey::eddsa("k-1");
        let clock = Arc::new(ManualClock::at(now()));
        let keys = RemoteKeys::fixed(ISSUER, key_set(&[&key]), clock);
        let metadata = ResourceMetadata::new(API)
            .unwrap()
            .scopes([Scope::from_static("jobs:read")]);
        Self {
            key,
            server: ResourceServer::new(keys, metadata).unwrap(),
        }
    }

    fn token(&self, roles: &[&str], scope: &str) -> String {
        self.key
            .token(json!({}), json!({"roles": roles, "scope": scope}))
    }

    async fn call(&self, request: TestRequest) -> ServiceResponse {
        let app = init_service(
            App::new()
                .configure(|app| self.server.configure(app))
                .configure(routes),
        );
        let app = app.await;
        // As the server does: an error becomes the response it describes.
        actix_web::test::call_service(&app, request.to_request()).await
    }

    async fn reply(&self, request: TestRequest) -> Reply {
        let response = self.call(request).await;
        let challenge = header(&response, "www-authenticate");
        let status = response.status().as_u16();
        if status >= 400 {
            let (media_type, caching) = ("content-type", "cache-control");
            let expected = Some("application/problem+json".to_owned());
            assert_eq!(header(&response, media_type), expected);
            assert_eq!(header(&response, caching), Some("no-store".to_owned()));
        }
        let body = to_bytes(response.into_body()).await.unwrap();
        Reply {
            status,
            challenge,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    async fn with(&self, path: &str, authorization: &str) -> Reply {
        self.reply(get(path).insert_header(("Authorization", authorization)))
            .await
    }

    async fn as_role(&self, path: &str, roles: &[&str], scope: &str) -> Reply {
        self.with(path, &format!("Bearer {}", self.token(roles, scope)))
            .await
    }
}

fn get(path: &str) -> TestRequest {
    TestRequest::get().uri(path)
}

fn header(response: &ServiceResponse, name: &'static str) -> Option<String> {
    let value = response.headers().get(HeaderName::from_static(name))?;
    Some(value.to_str().unwrap().to_owned())
}

fn challenge(middle: &str) -> String {
    format!("Bearer realm=\"{API}\"{middle}, resource_metadata=\"{METADATA}\"")
}

/// RS-01
#[actix_web::test]
async fn rs_01_a_token_of_the_right_role_and_scope_is_let_in() {
    let world = World::new();
    let reply = world
        .as_role("/recruiters", &["recruiter"], "jobs:write jobs:read")
        .await;
    assert_eq!((reply.status, reply.body.as_str()), (200, "u-1"));
    let reply = world.as_role("/anybody", &["gardener"], "").await;
    assert_eq!((reply.status, reply.body.as_str()), (200, "ats-web"));
    let reply = world
        .as_role("/staff", &["admin"], "jobs:write jobs:read")
        .await;
    assert_eq!((reply.status, reply.body.as_str()), (200, "admin: true"));
}

/// RS-02, PRM-03
#[actix_web::test]
async fn rs_02_no_token_is_answered_with_a_challenge_without_error() {
    let world = World::new();
    let scope = ", scope=\"jobs:write\"";
    let nobody = world.reply(get("/recruiters")).await;
    assert_eq!(
        (nobody.status, nobody.challenge.clone()),
        (401, Some(challenge(scope)))
    );
    assert_eq!(
        nobody.problem(),
        json!({
            "type": "about:blank", "title": "Unauthorized", "status": 401,
            "detail": "This operation needs an access token.",
        })
    );
    for other in ["Basic YTpi", "Digest username=\"a\"", "Token x", ""] {
        assert_eq!(world.with("/recruiters", other).await, nobody, "{other}");
    }
    assert_eq!(
        world.reply(get("/anybody")).await.challenge,
        Some(challenge(""))
    );
}

/// RS-03, AT-20: one answer for every bad token, whatever is bad about it.
#[actix_web::test]
async fn rs_03_every_bad_token_is_answered_the_same() {
    let world = World::new();
    let patched = |header, claims| world.key.token(header, claims);
    let stranger = TestKey::eddsa("k-1").token(json!({}), json!({}));
    let good = world.token(&["recruiter"], "jobs:write");
    let (none, empty) = (json!({}), json!({"alg": "none"}));
    let mut replies = Vec::new();
    for bad in [
        patched(
            none.clone(),
            json!({"exp": 1_700_000_000, "iat": 1_600_000_000}),
        ),
        patched(none.clone(), json!({"iss": "https://evil.example"})),
        patched(none.clone(), json!({"aud": "https://other.example"})),
        patched(none.clone(), json!({"jti": null})),
        patched(json!({"typ": "JWT"}), json!({})),
        patched(json!({"kid": "k-2"}), json!({})),
        patched(empty, json!({})),
        stranger,
        "a.b.c".to_owned(),
        "not a token".to_owned(),
        format!("{good} {good}"),
        format!("{good}="),
        "x".repeat(20_000),
    ] {
        let reply = world.with("/recruiters", &format!("Bearer {bad}")).await;
        for part in bad.split('.').filter(|part| part.len() > 8) {
            assert!(!reply.body.contains(part), "the answer repeats the token");
        }
        replies.push(reply);
    }
    let attributes = ", error=\"invalid_token\", \
                      error_description=\"The access token is not accepted here.\", \
                      scope=\"jobs:write\"";
    assert_eq!(
        (replies[0].status, replies[0].challenge.clone()),
        (401, Some(challenge(attributes)))
    );
    replies.dedup();
    assert_eq!(replies.len(), 1, "{replies:#?}");
    assert_eq!(
        world
            .with("/recruiters", &format!("Bearer {good}"))
            .await
            .status,
        200
    );
}

/// RS-04
#[actix_web::test]
async fn rs_04_a_missing_scope_is_answered_with_all_scopes_of_the_operation() {
    let world = World::new();
    for granted in [
        "",
        "jobs:read",
        "jobs:write",
        "jobs:read jobs:writer",
        "openid",
    ] {
        let reply = world.as_role("/staff", &["admin"], granted).await;
        let attributes = ", error=\"insufficient_scope\", error_description=\"The access token \
                          was not granted the scope of this operation.\", \
                          scope=\"jobs:read jobs:write\"";
        assert_eq!(
            (reply.status, reply.challenge),
            (403, Some(challenge(attributes))),
            "{granted}"
        );
    }
}

/// RS-05, DEC-08
#[actix_web::test]
async fn rs_05_a_missing_role_is_answered_without_a_challenge() {
    let world = World::new();
    for (path, roles, scope) in [
        ("/recruiters", &["candidate"][..], "jobs:write"),
        ("/recruiters", &["admin"], "jobs:write"),
        ("/recruiters", &["Recruiter"], "jobs:write"),
        ("/recruiters", &[], "jobs:write"),
        ("/staff", &["candidate"], "jobs:read jobs:write"),
        ("/anybody", &[], "jobs:read jobs:write"),
        // Without the role no scope would help, so none is asked for.
        ("/recruiters", &["candidate"], ""),
    ] {
        let reply = world.as_role(path, roles, scope).await;
        assert_eq!(
            (reply.status, &reply.challenge),
            (403, &None),
            "{path} {roles:?}"
        );
        assert_eq!(reply.problem()["title"], "Forbidden");
    }
}

/// RS-06
#[actix_web::test]
async fn rs_06_a_request_that_does_not_say_which_token_is_malformed() {
    let world = World::new();
    let good = format!("Bearer {}", world.token(&["recruiter"], "jobs:write"));
    let twice = get("/recruiters")
        .append_header(("Authorization", good.clone()))
        .append_header(("Authorization", good));
    let twice = world.reply(twice).await;
    assert_eq!(twice.status, 400);
    let text = twice.challenge.clone().unwrap();
    assert!(text.contains("error=\"invalid_request\""), "{text}");
    for empty in ["Bearer", "Bearer ", "bearer   "] {
        assert_eq!(world.with("/recruiters", empty).await, twice, "{empty:?}");
    }
}

/// RS-07, attack row RS-01
#[actix_web::test]
async fn rs_07_a_token_in_query_cookie_or_body_is_no_token() {
    let world = World::new();
    let token = world.token(&["recruiter"], "jobs:write");
    let nobody = world.reply(get("/recruiters")).await;
    let query = get(&format!("/recruiters?access_token={token}"));
    let cookie = get("/recruiters").insert_header(("Cookie", format!("access_token={token}")));
    let body = get("/recruiters").set_form(json!({"access_token": token}));
    for request in [query, cookie, body] {
        assert_eq!(world.reply(request).await, nobody);
    }
}

/// RS-10
#[actix_web::test]
async fn rs_10_the_scheme_has_no_case() {
    let world = World::new();
    let token = world.token(&["recruiter"], "jobs:write");
    for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
        assert_eq!(
            world
                .with("/recruiters", &format!("{scheme} {token}"))
                .await
                .status,
            200
        );
    }
}

#[actix_web::test]
async fn the_caller_is_what_the_token_says() {
    let world = World::new();
    let service = world.key.token(
        json!({}),
        json!({"sub": "ats-service", "client_id": "ats-service", "roles": [], "scope": null}),
    );
    let reply = world
        .with("/authenticated", &format!("Bearer {service}"))
        .await;
    let said = reply.problem();
    assert_eq!((reply.status, &said["is_client"]), (200, &json!(true)));
    assert_eq!(said["claims"]["sub"], "ats-service");
    let user = world.as_role("/authenticated", &["candidate"], "").await;
    assert_eq!(user.problem()["is_client"], false);
}

/// OP-07: nobody is sent for another token because *we* have no keys.
#[actix_web::test]
async fn without_keys_the_answer_is_503_and_with_old_ones_too() {
    let issuer = FakeIssuer::start(Answer::Close).await;
    let clock = ManualClock::at(now());
    let keys = RemoteKeys::builder(issuer.url())
        .max_staleness(Duration::from_hours(1))
        .clock(Arc::new(clock.clone()))
        .start()
        .unwrap();
    let metadata = ResourceMetadata::new(API).unwrap();
    let key = TestKey::eddsa("k-1");
    let world = World {
        server: ResourceServer::new(keys, metadata).unwrap(),
        key,
    };
    let token = world.key.token(json!({}), json!({"iss": issuer.url()}));
    let call = || get("/anybody").insert_header(("Authorization", format!("Bearer {token}")));

    let check = async |world: &World| {
        let response = world.call(call()).await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(header(&response, "retry-after"), Some("5".to_owned()));
        assert_eq!(header(&response, "www-authenticate"), None);
        assert_eq!(
            world.reply(call()).await.problem()["title"],
            "Service Unavailable"
        );
        assert_eq!(
            world.reply(get("/anybody")).await.status,
            401,
            "no token is still no token"
        );
    };
    check(&world).await;

    issuer.answers(Answer::keys(crate::support::jwks(&[&world.key])));
    while !world.server.keys().is_ready() {
        clock.someone_sleeps().await;
        clock.advance(Duration::from_secs(1));
        tokio::task::yield_now().await;
    }
    assert_eq!(world.call(call()).await.status(), StatusCode::OK);

    issuer.answers(Answer::Close);
    clock.someone_sleeps().await;
    clock.advance(Duration::from_hours(2));
    check(&world).await;
    assert!(clock.now() > now());
}

/// RS-11: forgetting to install the server closes the route, it does not open it.
#[actix_web::test]
async fn rs_11_without_a_resource_server_nobody_is_let_in() {
    let world = World::new();
    let app = init_service(App::new().configure(routes)).await;
    let token = world.token(&["recruiter"], "jobs:write");
    let request = get("/recruiters").insert_header(("Authorization", format!("Bearer {token}")));
    let response = actix_web::test::call_service(&app, request.to_request()).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
}

/// PRM-01, PRM-02
#[actix_web::test]
async fn prm_01_the_metadata_document_is_served_where_the_challenge_says() {
    let world = World::new();
    let response = world
        .call(get("/.well-known/oauth-protected-resource"))
        .await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(
        header(&response, "content-type"),
        Some("application/json".to_owned())
    );
    let body = to_bytes(response.into_body()).await.unwrap();
    assert_eq!(
        serde_json::from_slice::<Value>(&body).unwrap(),
        json!({
            "resource": API,
            "authorization_servers": [ISSUER],
            "scopes_supported": ["jobs:read"],
            "bearer_methods_supported": ["header"],
        })
    );
}

/// PRM-01
#[actix_web::test]
async fn prm_01_an_identifier_with_a_path_has_its_document_below_the_well_known_path() {
    let key = TestKey::eddsa("k-1");
    let keys = RemoteKeys::fixed(ISSUER, key_set(&[&key]), Arc::new(ManualClock::at(now())));
    let metadata = ResourceMetadata::new("https://api.example.com/ats").unwrap();
    let world = World {
        key,
        server: ResourceServer::new(keys, metadata).unwrap(),
    };
    for path in [
        "/.well-known/oauth-protected-resource/ats",
        "/.well-known/oauth-protected-resource",
    ] {
        assert_eq!(
            world.call(get(path)).await.status(),
            StatusCode::OK,
            "{path}"
        );
    }
}

#[actix_web::test]
async fn a_policy_for_another_audience_than_the_resource_is_refused() {
    let world = World::new();
    let metadata = || ResourceMetadata::new(API).unwrap();
    let keys = || world.server.keys().clone();
    let other = Policy::new(ISSUER, "https://other.example");
    let refused = ResourceServer::with_policy(keys(), metadata(), other);
    assert_eq!(refused.err(), Some(PolicyError::ForeignAudience));
    let foreign = Policy::new("https://evil.example", API);
    let refused = ResourceServer::with_policy(keys(), metadata(), foreign);
    assert_eq!(refused.err(), Some(PolicyError::ForeignKeys));
}

/// A log that can be read.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn take(&self) -> String {
        String::from_utf8(std::mem::take(&mut self.0.lock().unwrap())).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// RS-13, and the standing oracle: one line per refusal, with the reason and without the token.
#[actix_web::test]
async fn rs_13_each_refusal_is_logged_once_with_its_reason_and_never_with_the_token() {
    let world = World::new();
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _installed = tracing::subscriber::set_default(subscriber);

    let expired = json!({"iat": 1_600_000_000, "exp": 1_600_000_900});
    let expired = world.key.token(json!({}), expired);
    let typed = world.key.token(json!({"typ": "JWT"}), json!({}));
    let candidate = world.token(&["candidate"], "jobs:write");
    let unscoped = world.token(&["recruiter"], "");
    for (token, reason) in [
        (expired.as_str(), "expired"),
        (typed.as_str(), "wrong_type"),
        (candidate.as_str(), "role_missing"),
        (unscoped.as_str(), "scope_missing"),
        ("secret-that-is-no-token", "not_compact"),
        ("", "malformed_request"),
    ] {
        log.take();
        let reply = world.with("/recruiters", &format!("Bearer {token}")).await;
        assert!(reply.status >= 400);
        let lines = log.take();
        let ours: Vec<&str> = lines
            .lines()
            .filter(|line| line.contains("shared_claims"))
            .collect();
        assert_eq!(ours.len(), 1, "{lines}");
        assert!(ours[0].contains(&format!("reason=\"{reason}\"")), "{lines}");
        for part in token.split('.').filter(|part| !part.is_empty()) {
            assert!(!lines.contains(part), "{lines}");
        }
        assert!(!reply.body.contains(reason), "the reason stays in the log");
        assert!(!reply.challenge.unwrap_or_default().contains(reason));
    }
}
