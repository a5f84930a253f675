//! The service, started as `main` starts it, on a free port and an empty database.

use migrations::testing::FreshDatabase;
use reqwest::Method;
use resource_api::app::{self, Running, Surroundings};
use resource_api::clock::{Clock, HandClock, Instant};
use resource_api::random::Random;
use resource_api::settings::{Settings, Sources};
use serde_json::Value;

use super::{Caller, Issuer, Reply, Reserved, a_job, an_application};

/// When all tests begin, in seconds since the epoch.
pub(crate) const NOW: i64 = 1_800_000_000;

/// A running service with its issuer and its clock.
pub(crate) struct Api {
    pub(crate) url: String,
    pub(crate) issuer: Issuer,
    pub(crate) clock: HandClock,
    pub(crate) running: Running,
    client: reqwest::Client,
    _database: FreshDatabase,
}

impl Api {
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// With further settings.
    pub(crate) async fn start_with(settings: &[(&str, &str)]) -> Self {
        let reserved = Reserved::new();
        let (running, clock, database) = start_alone(reserved.url(), settings).await;
        let issuer = reserved.open();
        running.ready().await;
        Self::around(running, clock, database, issuer)
    }

    pub(crate) fn around(
        running: Running,
        clock: HandClock,
        database: FreshDatabase,
        issuer: Issuer,
    ) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self {
            url: running.url(),
            issuer,
            clock,
            running,
            client,
            _database: database,
        }
    }

    /// Stops the service and starts it again on the same database.
    pub(crate) async fn restart(self) -> Self {
        let Self {
            issuer,
            clock,
            running,
            _database: database,
            ..
        } = self;
        running.stop().await;
        let running = start_on(&database, issuer.url(), &clock, &[]).await;
        running.ready().await;
        Self::around(running, clock, database, issuer)
    }

    /// A request by a caller.
    pub(crate) fn request(&self, method: Method, path: &str, caller: &Caller) -> Request {
        self.anonymous(method, path)
            .bearer(&caller.token(&self.issuer))
    }

    /// A request without a token.
    pub(crate) fn anonymous(&self, method: Method, path: &str) -> Request {
        Request(self.client.request(method, format!("{}{path}", self.url)))
    }

    pub(crate) async fn get(&self, path: &str, caller: &Caller) -> Reply {
        self.request(Method::GET, path, caller).send().await
    }

    pub(crate) async fn post(&self, path: &str, caller: &Caller, body: Value) -> Reply {
        self.request(Method::POST, path, caller)
            .json(&body)
            .send()
            .await
    }

    pub(crate) async fn patch(&self, path: &str, caller: &Caller, body: Value) -> Reply {
        self.request(Method::PATCH, path, caller)
            .json(&body)
            .send()
            .await
    }

    pub(crate) async fn delete(&self, path: &str, caller: &Caller) -> Reply {
        self.request(Method::DELETE, path, caller).send().await
    }

    /// A draft of this recruiter; returns its path.
    pub(crate) async fn draft(&self, recruiter: &Caller) -> String {
        let reply = self.post("/jobs", recruiter, a_job()).await.expect(201);
        format!("/jobs/{}", reply.text_of("id"))
    }

    /// An open job of this recruiter; returns its path.
    pub(crate) async fn open_job(&self, recruiter: &Caller) -> String {
        let job = self.draft(recruiter).await;
        self.request(Method::POST, &format!("{job}/publish"), recruiter)
            .send()
            .await
            .expect(200);
        job
    }

    /// An application to a job; returns its path.
    pub(crate) async fn application(&self, job: &str, candidate: &Caller) -> String {
        let path = format!("{job}/applications");
        let reply = self
            .post(&path, candidate, an_application())
            .await
            .expect(201);
        format!("/applications/{}", reply.text_of("id"))
    }
}

/// The service without its issuer, not ready yet.
pub(crate) async fn start_alone(
    issuer: &str,
    settings: &[(&str, &str)],
) -> (Running, HandClock, FreshDatabase) {
    let database = FreshDatabase::create().await;
    let clock = HandClock::at(Instant::from_millis(NOW * 1_000));
    let running = start_on(&database, issuer, &clock, settings).await;
    (running, clock, database)
}

async fn start_on(
    database: &FreshDatabase,
    issuer: &str,
    clock: &HandClock,
    settings: &[(&str, &str)],
) -> Running {
    let own = [
        ("listen", "127.0.0.1:0"),
        ("auth.issuer", issuer),
        ("database.url", database.url()),
    ];
    let overrides = own
        .iter()
        .chain(settings)
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    let sources = Sources {
        overrides: overrides.collect(),
        ..Sources::default()
    };
    let clock = Clock::Hand(clock.clone());
    let surroundings = Surroundings {
        clock,
        random: Random::default(),
    };
    app::start(&Settings::load(&sources).unwrap(), surroundings)
        .await
        .unwrap()
}

/// A request in the making.
pub(crate) struct Request(pub(crate) reqwest::RequestBuilder);

impl Request {
    pub(crate) fn bearer(self, token: &str) -> Self {
        Self(self.0.header("authorization", format!("Bearer {token}")))
    }

    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.header(name, value))
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        Self(self.0.json(body))
    }

    pub(crate) fn text(self, content_type: &str, body: impl Into<reqwest::Body>) -> Self {
        Self(self.0.header("content-type", content_type).body(body))
    }

    pub(crate) async fn send(self) -> Reply {
        Reply::of(self.0.send().await.unwrap()).await
    }
}
