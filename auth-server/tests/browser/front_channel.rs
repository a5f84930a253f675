//! Front-channel logout in a real browser: the page of the server loads a frame of every application of
//! the session, its script runs there, and then the browser goes on (Front-Channel Logout 1.0 §2, §3).

mod application;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use thirtyfour::prelude::*;
use url::Url;

use crate::AUTH_SERVER;
use crate::processes::{Running, auth_server, free_port};
use crate::screen::{Browser, Scripts};
use application::Application;

/// Where the applications are, as registered; the browser finds each on a free port.
const ORIGINS: [&str; 2] = ["http://localhost:3001", "http://localhost:3002"];
const USER: (&str, &str) = ("candidate@example.com", "demo-password-1");
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1EXEMPLARYVERIFIER";
const PATIENCE: Duration = Duration::from_secs(20);
const GLANCE: Duration = Duration::from_millis(50);

/// LO-30, LO-32, LO-05: both applications are told `iss` and `sid` in a frame, their scripts can forget
/// the user, and the browser goes on by itself, or without scripts by the user's step.
#[tokio::test]
async fn lo_30_lo_32_the_frames_of_every_application_are_loaded() {
    let server = auth_server(
        free_port(),
        &[("AUTH_SERVER_ISSUER", AUTH_SERVER.to_owned())],
    )
    .await;
    for (number, origin) in ORIGINS.into_iter().enumerate() {
        register(&server, number, origin).await;
    }
    for scripts in [Scripts::On, Scripts::Off] {
        let applications = ORIGINS.map(|_| Application::start());
        let places = [
            (AUTH_SERVER, server.port),
            (ORIGINS[0], applications[0].port()),
            (ORIGINS[1], applications[1].port()),
        ];
        let browser = Browser::start_with(&places, scripts).await;
        let picture = format!("front-channel-{scripts:?}");
        let sid = browser.visit(&picture, async |driver| {
            let visitor = Visitor {
                driver,
                server: &server,
            };
            visitor.log_in_and_out(scripts).await
        });
        let sid = sid.await;
        let iss: String = url::form_urlencoded::byte_serialize(AUTH_SERVER.as_bytes()).collect();
        let frame = format!("iframe /front?own=1&iss={iss}&sid={sid}");
        for application in &applications {
            let frames = application.asked("iframe ");
            assert_eq!(frames, [frame.as_str()], "{scripts:?}");
            // What the script in the frame asked for.
            let forgotten = application.asked("image /forgotten");
            assert_eq!(forgotten.len(), usize::from(scripts == Scripts::On));
        }
    }
}

async fn register(server: &Running, number: usize, origin: &str) {
    let at = |path: &str| format!("{origin}{path}");
    let [callback, goodbye, front] = ["/callback", "/goodbye", "/front?own=1"].map(at);
    let options = [
        "--public",
        "--grant=authorization_code",
        "--redirect-uri",
        &callback,
        "--post-logout-redirect-uri",
        &goodbye,
        "--frontchannel-logout-uri",
        &front,
        "--frontchannel-logout-session-required",
        "--audience=http://localhost:8081",
        "--scope=openid",
    ];
    server.add_client(&id(number), &options, "").await;
}

fn id(number: usize) -> String {
    format!("application-{number}")
}

/// Somebody at the browser.
struct Visitor<'a> {
    driver: WebDriver,
    server: &'a Running,
}

impl Visitor<'_> {
    /// Logs in at both applications, and out at the first; returns the session's id.
    async fn log_in_and_out(&self, scripts: Scripts) -> WebDriverResult<String> {
        self.ask(0).await?;
        self.look("login-username").await?.send_keys(USER.0).await?;
        self.look("login-password").await?.send_keys(USER.1).await?;
        self.press("login-submit").await?;
        let hint = self.arrive(0).await?;
        self.ask(1).await?;
        let other = self.arrive(1).await?;
        let sid = sid_of(&hint);
        assert_eq!(sid, sid_of(&other));

        let goodbye = format!("{}/goodbye", ORIGINS[0]);
        let mut url = Url::parse(&format!("{AUTH_SERVER}/oauth2/logout")).unwrap();
        url.query_pairs_mut()
            .append_pair("id_token_hint", &hint)
            .append_pair("post_logout_redirect_uri", &goodbye)
            .append_pair("state", "s");
        self.driver.goto(url.as_str()).await?;
        if scripts == Scripts::Off {
            self.press("logged-out-continue").await?;
        }
        let end = self.until_at(&goodbye).await?;
        assert_eq!(end.query(), Some("state=s"));
        self.ask(0).await?;
        self.look("login-username").await?;
        Ok(sid)
    }

    /// Begins a login at an application.
    async fn ask(&self, number: usize) -> WebDriverResult<()> {
        let mut url = Url::parse(&format!("{AUTH_SERVER}/oauth2/authorize")).unwrap();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &id(number))
            .append_pair("redirect_uri", &format!("{}/callback", ORIGINS[number]))
            .append_pair("scope", "openid")
            // The second round is asked as well.
            .append_pair("prompt", "consent")
            .append_pair("code_challenge", &challenge())
            .append_pair("code_challenge_method", "S256");
        self.driver.goto(url.as_str()).await
    }

    /// Allows it what it asks for, and is sent back to it; its ID token.
    async fn arrive(&self, number: usize) -> WebDriverResult<String> {
        let callback = format!("{}/callback", ORIGINS[number]);
        self.press("consent-allow").await?;
        let url = self.until_at(&callback).await?;
        let code = url.query_pairs().find(|(name, _)| name == "code");
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", &id(number)),
            ("code", &code.unwrap().1),
            ("redirect_uri", &callback),
            ("code_verifier", VERIFIER),
        ];
        let request = reqwest::Client::new().post(self.server.at("/oauth2/token"));
        let answer = request.form(&form).send().await.unwrap();
        let tokens: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        Ok(tokens["id_token"].as_str().unwrap().to_owned())
    }

    async fn look(&self, id: &str) -> WebDriverResult<WebElement> {
        let query = self.driver.query(By::Id(id)).wait(PATIENCE, GLANCE);
        query.and_displayed().first().await
    }

    async fn press(&self, id: &str) -> WebDriverResult<()> {
        self.look(id).await?.click().await
    }

    /// Waits until the browser is at this page.
    async fn until_at(&self, page: &str) -> WebDriverResult<Url> {
        let body = self.driver.query(By::Css("body")).wait(PATIENCE, GLANCE);
        let page = page.to_owned();
        let is_there = move |element: WebElement| {
            let page = page.clone();
            async move {
                let url = element.handle().current_url().await?;
                Ok(url.as_str().starts_with(&page))
            }
        };
        body.with_filter(is_there).first().await?;
        self.driver.current_url().await
    }
}

fn challenge() -> String {
    use sha2::{Digest as _, Sha256};
    URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER))
}

fn sid_of(id_token: &str) -> String {
    let claims = id_token.split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    claims["sid"].as_str().unwrap().to_owned()
}
