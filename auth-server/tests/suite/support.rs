//! A running server with the demo's users and clients, on a free port, with a clock moved by hand.

use std::rc::Rc;
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::thread::JoinHandle;
use std::time::Duration;

use auth_server::app::{self, Addresses, Ambient};
use auth_server::clock::{Clock, HandClock, Instant};
use auth_server::context::AppState;
use auth_server::random::Random;
use auth_server::settings::{self, Inputs, Mode, Settings};
use migrations::testing::FreshDatabase;
use reqwest::header::HeaderMap;
use sea_orm::{ConnectionTrait as _, FromQueryResult as _};
use serde_json::Value;

/// Every demo user's password (contract §2.5).
pub(crate) const PASSWORD: &str = "demo-password-1";
/// The secret of the demo's confidential clients (contract §2.5).
pub(crate) const SECRET: &str = "demo-secret";
/// Issuer of every test server, whatever port it listens on.
pub(crate) const ISSUER: &str = "http://localhost:8080";

/// One server. It stops when this is dropped.
pub(crate) struct World {
    pub(crate) base: String,
    pub(crate) http: reqwest::Client,
    pub(crate) clock: HandClock,
    pub(crate) state: AppState,
    pub(crate) management: Option<std::net::SocketAddr>,
    server: Server,
    inputs: Inputs,
    place: Rc<Place>,
}

/// What outlives a restart.
struct Place {
    data: tempfile::TempDir,
    database: FreshDatabase,
}

/// A row of the audit trail.
pub(crate) struct AuditRow {
    pub(crate) reason: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) user_id: Option<String>,
    pub(crate) peer: Option<String>,
    pub(crate) detail: String,
}

/// The thread a server lives on, with a runtime of its own as in the binary: when a test ends, in
/// whatever way, the server still ends in order.
struct Server {
    handle: actix_web::dev::ServerHandle,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Server {
    /// Starts it and returns what the test may look at.
    fn start(settings: Settings, ambient: Ambient) -> (Self, AppState, Addresses) {
        let (sender, receiver) = channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let bound = app::bind(settings, ambient).unwrap();
                let opened = bound.open().await.unwrap().unwrap();
                let there = (opened.handle(), opened.state().clone(), opened.addresses());
                sender.send(there).unwrap();
                opened.serve().await.unwrap();
            });
        });
        let (handle, state, addresses) = receiver.recv().unwrap();
        let thread = Mutex::new(Some(thread));
        (Self { handle, thread }, state, addresses)
    }

    /// Stops it and waits for its end.
    fn stop(&self, is_graceful: bool) {
        // The command is sent at once; its answer is of no interest.
        drop(self.handle.stop(is_graceful));
        if let Some(thread) = self.thread.lock().unwrap().take() {
            thread.join().unwrap();
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // A second panic while a failed test unwinds would hide the first.
        if !std::thread::panicking() {
            self.server.stop(false);
        }
    }
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl World {
    /// The demo, with the contract's defaults.
    pub(crate) async fn start() -> Self {
        Self::with(|inputs| inputs).await
    }

    /// The demo with other settings: `World::with(|inputs| inputs.with("tokens.access_ttl", "1m"))`.
    pub(crate) async fn with(change: impl FnOnce(Inputs) -> Inputs) -> Self {
        let place = Place {
            data: tempfile::tempdir().unwrap(),
            database: FreshDatabase::create().await,
        };
        let inputs = Inputs::new(Mode::Dev {
            allow_remote: false,
        })
        .with("listen", "127.0.0.1:0")
        .with("issuer", ISSUER)
        .with("database.url", place.database.url())
        .with("data_dir", place.data.path().to_str().unwrap());
        // A round number in the future of every certificate and key that a test makes.
        let clock = HandClock::at(Instant::from_seconds(1_900_000_000));
        Self::open(change(inputs), Rc::new(place), clock)
    }

    fn open(inputs: Inputs, place: Rc<Place>, clock: HandClock) -> Self {
        let settings = settings::load(&inputs).unwrap().settings;
        let ambient = Ambient {
            clock: Clock::Hand(clock.clone()),
            random: Random::system(),
        };
        let (server, state, addresses) = Server::start(settings, ambient);
        let (base, management) = (format!("http://{}", addresses.public), addresses.management);
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(30))
            .build()
            .unwrap();
        Self {
            base,
            http,
            clock,
            state,
            management,
            server,
            inputs,
            place,
        }
    }

    /// Stops it; its database stays as long as this value.
    pub(crate) fn stop(&self) {
        self.server.stop(true);
    }

    /// Stops it and starts it anew on the same database, data directory and clock.
    pub(crate) fn restart(self) -> Self {
        self.stop();
        Self::open(
            self.inputs.clone(),
            Rc::clone(&self.place),
            self.clock.clone(),
        )
    }

    /// Another instance on the same database, data directory and clock.
    pub(crate) fn beside(&self) -> Self {
        let place = Rc::clone(&self.place);
        Self::open(self.inputs.clone(), place, self.clock.clone())
    }

    /// A request to a path of this server.
    pub(crate) fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        self.http.request(method, format!("{}{path}", self.base))
    }

    /// `GET`.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request("GET", path)).await
    }

    /// A form posted to a path.
    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        Answer::of(self.request("POST", path).form(form)).await
    }

    /// A form posted to the token endpoint, the client in the form.
    pub(crate) async fn token(&self, form: &[(&str, &str)]) -> Answer {
        self.post("/oauth2/token", form).await
    }

    /// A form posted to the token endpoint, the client by HTTP Basic.
    pub(crate) async fn token_as(&self, client: (&str, &str), form: &[(&str, &str)]) -> Answer {
        let request = self
            .request("POST", "/oauth2/token")
            .basic_auth(client.0, Some(client.1));
        Answer::of(request.form(form)).await
    }

    /// The password grant of the demo's public client.
    pub(crate) async fn log_in(&self, username: &str, password: &str) -> Answer {
        self.token(&[
            ("grant_type", "password"),
            ("client_id", "ats-web"),
            ("username", username),
            ("password", password),
        ])
        .await
    }

    /// The audit events of a kind, oldest first.
    pub(crate) async fn audit(&self, kind: &str) -> Vec<AuditRow> {
        let sql = format!(
            "SELECT reason, client_id, user_id, peer, detail FROM audit_events \
             WHERE kind = '{kind}' ORDER BY seq"
        );
        let rows = self
            .state
            .store
            .read()
            .query_all_raw(sea_orm::Statement::from_string(
                self.state.store.read().get_database_backend(),
                sql,
            ));
        let read = |row: sea_orm::QueryResult| AuditRow {
            reason: row.try_get("", "reason").unwrap(),
            client_id: row.try_get("", "client_id").unwrap(),
            user_id: row.try_get("", "user_id").unwrap(),
            peer: row.try_get("", "peer").unwrap(),
            detail: row.try_get("", "detail").unwrap(),
        };
        rows.await.unwrap().into_iter().map(read).collect()
    }

    /// Everything the server keeps beside the key-encryption key: each table as JSON, and the bytes
    /// of the file where there is one.
    pub(crate) async fn dump(&self) -> String {
        let tables = [
            "audit_events",
            "change_log",
            "client_registrations",
            "client_secrets",
            "clients",
            "families",
            "initial_tokens",
            "logout_deliveries",
            "server_state",
            "session_clients",
            "sessions",
            "signing_keys",
            "throttles",
            "users",
        ];
        let db = self.state.store.read();
        let mut text = String::new();
        for table in tables {
            let sql = format!("SELECT * FROM {table}");
            let statement = sea_orm::Statement::from_string(db.get_database_backend(), sql);
            let rows = sea_orm::JsonValue::find_by_statement(statement)
                .all(db)
                .await
                .unwrap();
            assert!(
                !rows.is_empty()
                    || matches!(
                        table,
                        "client_registrations"
                            | "initial_tokens"
                            | "logout_deliveries"
                            | "session_clients"
                            | "sessions"
                            | "throttles"
                    ),
                "{table}"
            );
            text.push_str(&serde_json::to_string(&rows).unwrap());
        }
        if let Some(file) = self.place.database.url().strip_prefix("sqlite://") {
            let file = file.split('?').next().unwrap();
            for part in [file.to_owned(), format!("{file}-wal")] {
                text.push_str(&String::from_utf8_lossy(
                    &std::fs::read(part).unwrap_or_default(),
                ));
            }
        }
        text
    }

    /// The command line on the database of this server. `input` goes to its standard input.
    pub(crate) fn command(&self, arguments: &[&str], input: &str) -> std::process::Output {
        use std::io::Write as _;
        use std::process::{Command, Stdio};
        let mut child = Command::new(env!("CARGO_BIN_EXE_auth-server"))
            .args(arguments)
            .current_dir(self.place.data.path())
            .env("AUTH_SERVER_DATABASE__URL", self.place.database.url())
            .env("AUTH_SERVER_DATA_DIR", self.place.data.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        child.wait_with_output().unwrap()
    }

    /// The client credentials grant of the demo's service.
    pub(crate) async fn service_token(&self) -> Answer {
        self.token_as(
            ("ats-service", SECRET),
            &[("grant_type", "client_credentials")],
        )
        .await
    }
}

impl Answer {
    /// Sends and reads everything.
    pub(crate) async fn of(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        Self {
            status,
            headers,
            text: response.text().await.unwrap(),
        }
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("{error} in {} {}", self.status, self.text))
    }

    /// A member of the JSON body as text.
    pub(crate) fn member(&self, name: &str) -> String {
        self.json()[name]
            .as_str()
            .unwrap_or_else(|| panic!("no {name} in {} {}", self.status, self.text))
            .to_owned()
    }

    /// A header as text; empty when absent.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The header of the access token in the body.
    pub(crate) fn token_header(&self) -> Value {
        part(&self.member("access_token"), 0)
    }

    /// The claims of the access token in the body, not verified.
    pub(crate) fn claims(&self) -> Value {
        part(&self.member("access_token"), 1)
    }

    /// The claims of a token in the body, not verified.
    pub(crate) fn claims_of(&self, member: &str) -> Value {
        part(&self.member(member), 1)
    }

    /// Fails unless the answer is this OAuth error in its full form (GEN-03, GEN-04).
    #[track_caller]
    pub(crate) fn is_error(&self, status: u16, error: &str) {
        assert_eq!(
            (self.status, self.member("error").as_str()),
            (status, error),
            "{}",
            self.text
        );
        assert_eq!(self.header("content-type"), "application/json");
        assert_eq!(self.header("cache-control"), "no-store");
        let description = self.member("error_description");
        assert!(
            description
                .bytes()
                .all(|b| matches!(b, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e)),
            "{description}"
        );
        if status == 401 {
            assert_eq!(
                self.header("www-authenticate"),
                format!("Basic realm=\"{ISSUER}\"")
            );
        }
    }

    /// Fails unless the answer is 200.
    #[track_caller]
    pub(crate) fn is_ok(&self) {
        assert_eq!(self.status, 200, "{}", self.text);
    }
}

/// A part of a compact JWS as JSON.
pub(crate) fn part(token: &str, index: usize) -> Value {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let bytes = URL_SAFE_NO_PAD
        .decode(token.split('.').nth(index).unwrap())
        .unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// Clients that a test makes up.
pub(crate) mod clients {
    use auth_server::clock::Instant;
    use auth_server::model::{
        AuthMethod, Client, ClientId, ClientKind, ClientMetadata, ClientSecret, GrantType,
    };
    use auth_server::secret::Secret;
    use auth_server::store::clients;
    use shared_claims::ScopeSet;

    use super::World;

    /// A confidential client with one secret and every grant, speaking to the demo's resource.
    pub(crate) fn confidential(id: &str, secret: &str) -> Client {
        let at = Instant::from_seconds(1_800_000_000);
        Client {
            id: ClientId::new(id),
            name: format!("Test client {id}"),
            kind: ClientKind::Confidential,
            auth_method: AuthMethod::AnySecret,
            secrets: vec![ClientSecret {
                id: format!("{id}-1"),
                digest: Secret::new(secret).digest(),
                created_at: at,
                expires_at: None,
            }],
            grant_types: vec![
                GrantType::ClientCredentials,
                GrantType::Password,
                GrantType::RefreshToken,
            ],
            redirect_uris: Vec::new(),
            scopes: ScopeSet::parse("jobs:read jobs:write openid").unwrap(),
            default_scopes: ScopeSet::parse("jobs:read").unwrap(),
            audiences: vec!["http://localhost:8081".into()],
            roles: Vec::new(),
            access_ttl: None,
            token_alg: None,
            require_pkce: true,
            may_introspect: false,
            password_grant_until: None,
            metadata: ClientMetadata::default(),
            disabled_at: None,
            created_at: at,
            updated_at: at,
        }
    }

    /// The same as a public client.
    pub(crate) fn public(id: &str) -> Client {
        Client {
            kind: ClientKind::Public,
            auth_method: AuthMethod::None,
            secrets: Vec::new(),
            grant_types: vec![
                GrantType::AuthorizationCode,
                GrantType::Password,
                GrantType::RefreshToken,
            ],
            redirect_uris: vec!["https://app.example.com/cb".to_owned()],
            ..confidential(id, "")
        }
    }

    impl World {
        /// Registers a client.
        pub(crate) async fn add(&self, client: Client) {
            self.state
                .store
                .write(async move |txn| clients::create(txn, &client).await)
                .await
                .unwrap();
            self.state.directory.refresh().await.unwrap();
        }
    }
}
