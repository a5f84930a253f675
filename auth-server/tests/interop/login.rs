//! Clients that others wrote log in, refresh and log out, unmodified, with nothing but our issuer's URL:
//! openid-client and oauth4webapi (npm), Authlib (Python), openidconnect (Rust). OpenID Connect Core §3.1,
//! §12; Discovery; RP-Initiated Logout. A person at a browser without scripts does the rest.

mod foreign;
mod rust;

use std::process::Command;

use foreign::{Foreign, Said};
use serde_json::{Value, json};

use crate::{
    interop,
    person::{Person, Seen},
    processes::{Running, auth_server, free_port, require_variable},
};

const USER: (&str, &str) = ("recruiter@example.com", "demo-password-1");
const REDIRECT: &str = "http://127.0.0.1:3000/callback";
const AFTER_LOGOUT: &str = "http://127.0.0.1:3000/goodbye";
const SCOPE: &str = "openid profile email offline_access jobs:read";
const CLIENT: &str = "client-of-others";
const SECRET: &str = "ohFae4chiph0Eiquohreiy8Ahvoghae5Aik5";

#[tokio::test]
async fn openid_client_logs_in_refreshes_and_logs_out() {
    let server = Server::start().await;
    let mut node = Command::new("node");
    node.arg(interop("node/login_openid_client.mjs"));
    let result = server.visited_by(node, &server.confidential()).await;
    server.is_a_login_of_the_user(&result);
    assert!(result["left"].as_str().unwrap().starts_with(AFTER_LOGOUT));
}

#[tokio::test]
async fn oauth4webapi_logs_in_and_refreshes_as_a_public_client() {
    let server = Server::start().await;
    let mut node = Command::new("node");
    node.arg(interop("node/login_oauth4webapi.mjs"));
    let result = server.visited_by(node, &server.public()).await;
    server.is_a_login_of_the_user(&result);
    assert_ne!(
        result["tokens"]["refresh_token"], result["refreshed"]["refresh_token"],
        "a public client's refresh token rotates"
    );
}

#[tokio::test]
async fn authlib_logs_in_refreshes_and_logs_out() {
    let server = Server::start().await;
    let mut python = Command::new(require_variable("CHANCERY_TEST_PYTHON"));
    python.arg(interop("python/login.py"));
    let result = server.visited_by(python, &server.confidential()).await;
    server.is_a_login_of_the_user(&result);
    assert!(result["left"].as_str().unwrap().starts_with(AFTER_LOGOUT));
}

#[tokio::test]
async fn openidconnect_logs_in_refreshes_and_logs_out() {
    let server = Server::start().await;
    let mut person = Person::at(&server.issuer);
    let result = rust::visit(&server.confidential(), &mut person).await;
    server.is_a_login_of_the_user(&result);
    server.has_no_session(&mut person).await;
}

/// The server as a person would start it, with a client registered for these tests.
struct Server {
    issuer: String,
    _running: Running,
}

impl Server {
    async fn start() -> Self {
        let port = free_port();
        let running = auth_server(port, &[]).await;
        let options = [
            "--name=A client of others",
            "--secret-stdin",
            "--grant=authorization_code",
            "--grant=refresh_token",
            "--redirect-uri",
            REDIRECT,
            "--post-logout-redirect-uri",
            AFTER_LOGOUT,
            "--audience",
            crate::AUDIENCE,
            "--scope",
            SCOPE,
        ];
        running.add_client(CLIENT, &options, SECRET).await;
        Self {
            issuer: format!("http://localhost:{port}"),
            _running: running,
        }
    }

    fn confidential(&self) -> Value {
        json!({
            "issuer": self.issuer,
            "client_id": CLIENT,
            "client_secret": SECRET,
            "redirect_uri": REDIRECT,
            "post_logout_redirect_uri": AFTER_LOGOUT,
            "scope": SCOPE,
        })
    }

    /// The demo's own.
    fn public(&self) -> Value {
        json!({
            "issuer": self.issuer,
            "client_id": "ats-web",
            "redirect_uri": REDIRECT,
            "scope": SCOPE,
        })
    }

    /// Runs a client with a new person at the browser, and returns its report.
    async fn visited_by(&self, command: Command, settings: &Value) -> Value {
        let mut client = Foreign::start(command, settings);
        let mut person = Person::at(&self.issuer);
        let mut has_logged_in = false;
        loop {
            match client.listen() {
                Said::Done(result) => {
                    if result["left"].is_string() {
                        self.has_no_session(&mut person).await;
                    }
                    return result;
                }
                Said::Open(url) if has_logged_in => {
                    client.answer(&person.log_out(&url).await.away());
                }
                Said::Open(url) => {
                    client.answer(&person.log_in(&url, USER.0, USER.1).await);
                    has_logged_in = true;
                }
            }
        }
    }

    fn is_a_login_of_the_user(&self, result: &Value) {
        let (claims, userinfo) = (&result["claims"], &result["userinfo"]);
        assert_eq!(claims["iss"], *self.issuer, "{result:#}");
        assert_eq!(claims["sub"], userinfo["sub"], "{result:#}");
        assert_eq!(userinfo["email"], USER.0, "{result:#}");
        let (first, second) = (&result["tokens"], &result["refreshed"]);
        assert!(second["access_token"].is_string(), "{result:#}");
        assert_ne!(first["access_token"], second["access_token"], "{result:#}");
        let again = &result["refreshed_claims"];
        for name in ["iss", "sub", "aud", "auth_time"] {
            assert_eq!(again[name], claims[name], "{name} in {result:#}");
        }
    }

    /// Whoever has logged out is asked for the password again.
    async fn has_no_session(&self, person: &mut Person) {
        let request = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("client_id", CLIENT),
                ("response_type", "code"),
                ("scope", "openid"),
                ("redirect_uri", REDIRECT),
                (
                    "code_challenge",
                    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
                ),
                ("code_challenge_method", "S256"),
            ])
            .finish();
        let seen = person.open(&format!("/oauth2/authorize?{request}")).await;
        assert!(
            matches!(&seen, Seen::Page(page) if page.is("page-login")),
            "{seen:?}"
        );
    }
}
