//! An application that talks to instances: logs in, refreshes, verifies, and keeps what it was told.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::Value;
use shared_claims::NumericDate;
use shared_claims::verify::{Algorithm, KeySet, Policy, Rejection, Verifier};

use crate::installation::{AUDIENCE, ISSUER};
use crate::instance::Instance;

/// The password of every demo user.
const PASSWORD: &str = "demo-password-1";
/// The secret of the demo's confidential clients.
pub(crate) const SECRET: &str = "demo-secret";

/// Sends requests; cheap to clone.
#[derive(Clone)]
pub(crate) struct Client(reqwest::Client);

/// What came back, if anything did.
#[derive(Debug)]
pub(crate) enum Reply {
    /// An answer.
    Answer(Answer),
    /// The connection was refused or broke.
    Lost,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<String>,
    pub(crate) body: Value,
    pub(crate) took: Duration,
}

impl Client {
    pub(crate) fn new() -> Self {
        let built = reqwest::Client::builder()
            .timeout(Duration::from_mins(1))
            .pool_max_idle_per_host(1_000)
            .build();
        Self(built.unwrap())
    }

    /// The password grant of the demo's public client.
    pub(crate) async fn log_in(&self, base: &str, password: &str) -> Reply {
        let form = [
            ("grant_type", "password"),
            ("client_id", "ats-web"),
            ("username", "candidate@example.com"),
            ("password", password),
        ];
        self.token(base, &form).await
    }

    /// Logs in; the refresh token.
    pub(crate) async fn session(&self, base: &str) -> String {
        self.log_in(base, PASSWORD).await.answer().refresh_token()
    }

    /// The refresh grant.
    pub(crate) async fn refresh(&self, base: &str, token: &str) -> Reply {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", "ats-web"),
            ("refresh_token", token),
        ];
        self.token(base, &form).await
    }

    /// The client credentials grant.
    pub(crate) async fn service_token(&self, base: &str, secret: &str) -> Reply {
        let request = self.0.post(format!("{base}/oauth2/token"));
        let request = request.basic_auth("ats-service", Some(secret));
        Reply::of(request.form(&[("grant_type", "client_credentials")])).await
    }

    /// `GET`.
    pub(crate) async fn get(&self, base: &str, path: &str) -> Reply {
        Reply::of(self.0.get(format!("{base}{path}"))).await
    }

    /// The published keys of an instance.
    pub(crate) async fn jwks(&self, base: &str) -> Value {
        self.get(base, "/.well-known/jwks.json").await.answer().body
    }

    /// Gives a token of the demo's public client back.
    pub(crate) async fn revoke(&self, base: &str, token: &str) -> Reply {
        let form = [("client_id", "ats-web"), ("token", token)];
        Reply::of(self.0.post(format!("{base}/oauth2/revoke")).form(&form)).await
    }

    /// The claims of the user that an access token may know.
    pub(crate) async fn userinfo(&self, base: &str, token: &str) -> Reply {
        let request = self.0.get(format!("{base}/oauth2/userinfo"));
        Reply::of(request.bearer_auth(token)).await
    }

    pub(crate) async fn token(&self, base: &str, form: &[(&str, &str)]) -> Reply {
        Reply::of(self.0.post(format!("{base}/oauth2/token")).form(form)).await
    }
}

impl Reply {
    async fn of(request: reqwest::RequestBuilder) -> Self {
        let begun = Instant::now();
        let Ok(response) = request.send().await else {
            return Self::Lost;
        };
        let status = response.status().as_u16();
        let retry_after = response.headers().get("retry-after").cloned();
        let Ok(text) = response.text().await else {
            return Self::Lost;
        };
        Self::Answer(Answer {
            status,
            retry_after: retry_after.map(|value| value.to_str().unwrap().to_owned()),
            body: serde_json::from_str(&text).unwrap_or(Value::String(text)),
            took: begun.elapsed(),
        })
    }

    /// The answer; fails when there is none.
    #[track_caller]
    pub(crate) fn answer(self) -> Answer {
        match self {
            Self::Answer(answer) => answer,
            Self::Lost => panic!("the connection was lost"),
        }
    }

    /// The answer, if there is one.
    pub(crate) fn find(self) -> Option<Answer> {
        match self {
            Self::Answer(answer) => Some(answer),
            Self::Lost => None,
        }
    }
}

impl Answer {
    /// The new refresh token; fails when the answer is no success.
    #[track_caller]
    pub(crate) fn refresh_token(&self) -> String {
        self.member("refresh_token")
    }

    /// A text of a successful answer.
    #[track_caller]
    pub(crate) fn member(&self, name: &str) -> String {
        assert_eq!(self.status, 200, "{}", self.body);
        self.body[name]
            .as_str()
            .unwrap_or_else(|| panic!("no {name}: {}", self.body))
            .to_owned()
    }

    /// Fails unless it is this error.
    #[track_caller]
    pub(crate) fn is_error(&self, status: u16, error: &str) {
        assert_eq!(
            (self.status, self.body["error"].as_str()),
            (status, Some(error)),
            "{self:?}"
        );
    }

    /// Fails unless it is 503 with `Retry-After` and without a word about the cause.
    #[track_caller]
    pub(crate) fn is_unavailable(&self) {
        self.is_error(503, "temporarily_unavailable");
        assert!(self.retry_after.is_some(), "{self:?}");
        let text = self.body["error_description"].to_string().to_lowercase();
        for betrayal in [
            "sql",
            "postgres",
            "mysql",
            "maria",
            "connection",
            "pool",
            "disk",
        ] {
            assert!(!text.contains(betrayal), "{text}");
        }
    }
}

/// The generation that a refresh token names: `rt_<family, 22 characters>_<generation>_<MAC>`.
pub(crate) fn generation(token: &str) -> u32 {
    let rest = token.strip_prefix("rt_").unwrap();
    rest[22 + 1..].split('_').next().unwrap().parse().unwrap()
}

/// The key id in the header of a token.
pub(crate) fn kid(token: &str) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let header = URL_SAFE_NO_PAD
        .decode(token.split('.').next().unwrap())
        .unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

/// Verifies an access token with the keys that an instance publishes.
pub(crate) async fn verify(
    client: &Client,
    at: &Instance,
    access_token: &str,
) -> Result<Value, Rejection> {
    verify_with(&client.jwks(&at.base).await, access_token)
}

/// Verifies an access token with a published key set.
pub(crate) fn verify_with(set: &Value, access_token: &str) -> Result<Value, Rejection> {
    let keys = KeySet::from_jwks_json(set.to_string().as_bytes()).unwrap();
    let policy = Policy::new(ISSUER, AUDIENCE).algorithms(&[Algorithm::Es256, Algorithm::Rs256]);
    let verifier = Verifier::new(policy).unwrap();
    #[expect(
        clippy::disallowed_methods,
        reason = "the instances live in the real time"
    )]
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let now = NumericDate::from_seconds(now.try_into().unwrap());
    let token = verifier.verify(&keys, access_token, now)?;
    Ok(serde_json::to_value(token.claims()).unwrap())
}
