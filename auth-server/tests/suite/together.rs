//! Both services: a token from the one, a call to the other, and what happens while one is away.

use std::net::TcpListener;
use std::time::Duration;

use resource_api::app::{Running, Surroundings};
use resource_api::settings::{Settings, Sources};
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, World};

/// The jobs API, told where the issuer is.
pub(crate) struct Api {
    pub(crate) running: Running,
    http: reqwest::Client,
    _data: tempfile::TempDir,
}

/// A port that nobody uses at this moment.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// An authorization server whose issuer is where it really listens, on the time of the machine.
async fn issuer_at(port: u16) -> World {
    let world = World::with(|inputs| {
        inputs
            .with("issuer", format!("http://127.0.0.1:{port}"))
            .with("listen", format!("127.0.0.1:{port}"))
    })
    .await;
    world.clock.set(auth_server::clock::Clock::System.now());
    world
}

impl Api {
    pub(crate) async fn start(issuer: &str) -> Self {
        let data = tempfile::tempdir().unwrap();
        let database = format!("sqlite://{}/api.db?mode=rwc", data.path().display());
        let overrides = [
            ("listen", "127.0.0.1:0"),
            ("auth.issuer", issuer),
            ("public_url", "http://localhost:8081"),
            ("database.url", &database),
        ];
        let sources = Sources {
            overrides: overrides
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .to_vec(),
            ..Sources::default()
        };
        let settings = Settings::load(&sources).unwrap();
        let running = resource_api::app::start(&settings, Surroundings::default())
            .await
            .unwrap();
        Self {
            running,
            http: reqwest::Client::new(),
            _data: data,
        }
    }

    async fn call(&self, method: &str, path: &str, token: &str, body: Option<Value>) -> Answer {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self
            .http
            .request(method, format!("{}{path}", self.running.url()));
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        Answer::of(request).await
    }

    pub(crate) async fn status(&self, path: &str, token: &str) -> u16 {
        self.call("GET", path, token, None).await.status
    }
}

/// JV-09, AT-14, OC-11: a real ID token, of a user who may do all this, opens nothing at the API.
#[actix_web::test]
async fn jv_09_an_id_token_opens_nothing_at_the_api() {
    let auth = issuer_at(free_port()).await;
    let api = Api::start(&auth.base).await;
    api.running.ready().await;
    let login = auth.code_grant("openid jobs:read", &[]).await;
    assert_eq!(
        api.status("/jobs", &login.member("access_token")).await,
        200
    );
    let refused = api
        .call("GET", "/jobs", &login.member("id_token"), None)
        .await;
    assert_eq!(refused.status, 401, "{}", refused.text);
    let challenge = refused.header("www-authenticate");
    assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
}

/// The article's story: people made by the command line, logged in by both doors, and everybody may
/// do what their role says (PW-01, RS-02).
#[actix_web::test]
async fn a_recruiter_and_a_candidate_meet() {
    let auth = issuer_at(free_port()).await;
    for (name, role) in [
        ("rita@example.com", "recruiter"),
        ("carl@example.com", "candidate"),
    ] {
        let add = ["user", "add", name, "--role", role, "--password-stdin"];
        let output = auth.command(&add, "correct horse battery\n");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let api = Api::start(&auth.base).await;
    api.running.ready().await;

    let form = [
        ("username", "rita@example.com"),
        ("password", "correct horse battery"),
    ];
    let recruiter = auth.post("/auth/login", &form).await.member("access_token");
    let login = auth
        .log_in("carl@example.com", "correct horse battery")
        .await;
    let candidate = login.member("access_token");

    let job = json!({"title": "Engineer", "description": "Builds things.", "location": "Berlin"});
    let posted = api
        .call("POST", "/jobs", &recruiter, Some(job.clone()))
        .await;
    assert_eq!(posted.status, 201, "{}", posted.text);
    let id = posted.member("id");
    assert_eq!(
        posted.header("location"),
        format!("http://localhost:8081/jobs/{id}")
    );
    assert_eq!(
        api.call("POST", "/jobs", &candidate, Some(job))
            .await
            .status,
        403
    );

    // A draft is not there for a candidate; open it is.
    assert_eq!(api.status(&format!("/jobs/{id}"), &candidate).await, 404);
    let publish = format!("/jobs/{id}/publish");
    assert_eq!(
        api.call("POST", &publish, &recruiter, None).await.status,
        200
    );
    let letter = json!({"cover_letter": "Here I am."});
    let apply = format!("/jobs/{id}/applications");
    let applied = api
        .call("POST", &apply, &candidate, Some(letter.clone()))
        .await;
    assert_eq!(applied.status, 201, "{}", applied.text);
    assert_eq!(
        api.call("POST", &apply, &candidate, Some(letter))
            .await
            .status,
        409
    );

    let mine = api.call("GET", "/applications/my", &candidate, None).await;
    assert_eq!(mine.json()["items"].as_array().unwrap().len(), 1);
    assert_eq!(api.status("/applications/my", &recruiter).await, 403);

    let stage = format!("/applications/{}/stage", applied.member("id"));
    for to in ["screening", "interview", "offer", "hired"] {
        let moved = api
            .call("POST", &stage, &recruiter, Some(json!({"stage": to})))
            .await;
        assert_eq!(
            (moved.status, moved.member("stage").as_str()),
            (200, to),
            "{}",
            moved.text
        );
    }
    let back = api
        .call(
            "POST",
            &stage,
            &recruiter,
            Some(json!({"stage": "applied"})),
        )
        .await;
    assert_eq!(back.status, 409);
    let forbidden = api
        .call("POST", &stage, &candidate, Some(json!({"stage": "hired"})))
        .await;
    assert_eq!(forbidden.status, 403);
    api.running.stop().await;
}

/// JWK-13, OP-07: cached keys carry the API through an outage of the authorization server.
#[actix_web::test]
async fn jwk_13_the_api_answers_while_the_authorization_server_is_down() {
    let auth = issuer_at(free_port()).await;
    let api = Api::start(&auth.base).await;
    api.running.ready().await;
    let token = auth
        .log_in("recruiter@example.com", PASSWORD)
        .await
        .member("access_token");
    assert_eq!(api.status("/jobs", &token).await, 200);
    auth.stop();
    for _ in 0..20 {
        assert_eq!(api.status("/jobs", &token).await, 200);
    }
    assert_eq!(api.status("/readyz", "").await, 200);
    api.running.stop().await;
}

/// OP-07: started alone, the API lives, is not ready, refuses with 503, and recovers by itself.
#[actix_web::test]
async fn op_07_the_api_becomes_ready_when_the_authorization_server_comes() {
    let port = free_port();
    let api = Api::start(&format!("http://127.0.0.1:{port}")).await;
    assert_eq!(api.status("/livez", "").await, 200);
    assert_eq!(api.status("/readyz", "").await, 503);
    let refused = api.call("GET", "/jobs", "a.b.c", None).await;
    assert_eq!(refused.status, 503);
    assert!(!refused.header("retry-after").is_empty());

    let auth = issuer_at(port).await;
    tokio::time::timeout(Duration::from_secs(20), api.running.ready())
        .await
        .unwrap();
    assert_eq!(api.status("/readyz", "").await, 200);
    let token = auth
        .log_in("recruiter@example.com", PASSWORD)
        .await
        .member("access_token");
    assert_eq!(api.status("/jobs", &token).await, 200);
    api.running.stop().await;
}

/// A restart keeps keys and data: a token from before still works, and so does its refresh token.
#[actix_web::test]
async fn a_token_from_before_a_restart_still_works() {
    let port = free_port();
    let auth = issuer_at(port).await;
    let api = Api::start(&auth.base).await;
    api.running.ready().await;
    let login = auth.log_in("recruiter@example.com", PASSWORD).await;
    let before = auth.get("/.well-known/jwks.json").await.json();
    let auth = auth.restart();
    assert_eq!(auth.get("/.well-known/jwks.json").await.json(), before);
    assert_eq!(
        api.status("/jobs", &login.member("access_token")).await,
        200
    );
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", "ats-web"),
        ("refresh_token", &login.member("refresh_token")),
    ];
    let refreshed = auth.token(&form).await;
    refreshed.is_ok();
    assert_eq!(
        api.status("/jobs", &refreshed.member("access_token")).await,
        200
    );
    api.running.stop().await;
}

/// RT-16, JV-09: only access tokens open the API.
#[actix_web::test]
async fn rt_16_a_refresh_token_opens_nothing() {
    let auth = issuer_at(free_port()).await;
    let api = Api::start(&auth.base).await;
    api.running.ready().await;
    let login = auth.log_in("recruiter@example.com", PASSWORD).await;
    let refused = api
        .call("GET", "/jobs", &login.member("refresh_token"), None)
        .await;
    assert_eq!(refused.status, 401);
    assert!(refused.header("www-authenticate").contains("invalid_token"));
    api.running.stop().await;
}
