//! A single-page application with oidc-client-ts, unmodified, on an origin of its own: code + PKCE,
//! renewal by refresh token and by a hidden frame (`prompt=none`), logout. RFC 10017; OpenID Connect Core
//! §3.1.2.1, §12; RP-Initiated Logout.

mod application;

use std::time::Duration;

use thirtyfour::prelude::*;

use crate::{
    AUTH_SERVER,
    processes::{auth_server, free_port},
    screen::Browser,
};
use application::Application;

/// Where the application is, as registered; the browser finds it on a free port.
const APPLICATION: &str = "http://localhost:3000";
const USER: (&str, &str) = ("recruiter@example.com", "demo-password-1");
const PATIENCE: Duration = Duration::from_secs(20);
const GLANCE: Duration = Duration::from_millis(50);

/// BBA-01, BBA-07, BBA-08, GEN-22: nothing but the library and our headers make this work.
#[tokio::test]
async fn oidc_client_ts_logs_in_renews_silently_and_logs_out() {
    let server = auth_server(
        free_port(),
        &[("AUTH_SERVER_ISSUER", AUTH_SERVER.to_owned())],
    )
    .await;
    let [callback, silent, goodbye] =
        ["callback", "silent", "goodbye"].map(|page| format!("{APPLICATION}/{page}"));
    let options = [
        "--name=A small application",
        "--public",
        "--grant=authorization_code",
        "--grant=refresh_token",
        "--redirect-uri",
        &callback,
        "--redirect-uri",
        &silent,
        "--post-logout-redirect-uri",
        &goodbye,
        "--audience=http://localhost:8081",
        "--scope=openid profile email offline_access jobs:read",
    ];
    server.add_client("spa", &options, "").await;
    let application = Application::start();
    let places = [
        (AUTH_SERVER, server.port),
        (APPLICATION, application.port()),
    ];
    let browser = Browser::start(&places).await;
    browser
        .visit("spa", async |driver| tour(&Page(driver)).await)
        .await;
}

async fn tour(page: &Page) -> WebDriverResult<()> {
    page.0.goto(APPLICATION).await?;
    page.says("opened").await?;

    page.click("login").await?;
    page.look("login-username").await?.send_keys(USER.0).await?;
    page.look("login-password").await?.send_keys(USER.1).await?;
    page.click("login-submit").await?;
    page.click("consent-allow").await?;
    page.says("logged in").await?;
    assert_eq!(page.text("who").await?, USER.0);
    let mut tokens = vec![page.text("token").await?];

    for way in ["renew-by-token", "renew-by-frame"] {
        page.click(way).await?;
        page.says(way).await?;
        assert_eq!(page.text("who").await?, USER.0);
        let token = page.text("token").await?;
        assert!(
            !token.is_empty() && !tokens.contains(&token),
            "{way}: {token}"
        );
        tokens.push(token);
    }

    page.click("logout").await?;
    page.says("logged out").await?;
    assert_eq!(page.text("who").await?, "nobody");

    page.click("login").await?;
    page.look("login-username").await.map(drop)
}

/// What the browser shows, elements by their ids.
struct Page(WebDriver);

impl Page {
    async fn look(&self, id: &str) -> WebDriverResult<WebElement> {
        self.0
            .query(By::Id(id))
            .wait(PATIENCE, GLANCE)
            .and_displayed()
            .first()
            .await
    }

    async fn click(&self, id: &str) -> WebDriverResult<()> {
        self.look(id).await?.click().await
    }

    async fn text(&self, id: &str) -> WebDriverResult<String> {
        self.0.find(By::Id(id)).await?.text().await
    }

    /// Waits for the application's word, and fails when it is another.
    async fn says(&self, word: &str) -> WebDriverResult<()> {
        let said = self
            .0
            .query(By::XPath("//output[@id='word'][text()]"))
            .wait(PATIENCE, GLANCE)
            .first()
            .await?;
        assert_eq!(said.text().await?, word);
        Ok(())
    }
}
