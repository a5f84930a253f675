//! The way of a person through the real server, with scripts and without: a mistyped password, the
//! consent, back to the application, the back button, the logout.

use std::time::Duration;

use thirtyfour::prelude::*;
use url::Url;

use crate::AUTH_SERVER;
use crate::gallery::Gallery;
use crate::processes::{Running, auth_server, free_port};
use crate::screen::{Browser, Scripts};

/// The application, as the demo registers it. The gallery stands in for it.
const APPLICATION: &str = "http://localhost:8081";
const CALLBACK: &str = "http://localhost:8081/docs/oauth2-redirect.html";
const USER: &str = "candidate@example.com";
const PASSWORD: &str = "demo-password-1";
const PATIENCE: Duration = Duration::from_secs(20);
const GLANCE: Duration = Duration::from_millis(50);

/// A server, an application and a browser that finds both.
struct Stage {
    server: Running,
    application: Gallery,
}

impl Stage {
    async fn set() -> Self {
        let issuer = ("AUTH_SERVER_ISSUER", AUTH_SERVER.to_owned());
        Self {
            server: auth_server(free_port(), &[issuer]).await,
            application: Gallery::open().await,
        }
    }

    /// Goes the way twice, each time in a new browser: with scripts and without.
    async fn twice(&self, picture: &str, way: impl AsyncFn(&Visitor) -> WebDriverResult<()>) {
        for scripts in [Scripts::On, Scripts::Off] {
            let places = [
                (AUTH_SERVER, self.server.port),
                (APPLICATION, self.application.port),
            ];
            let browser = Browser::start_with(&places, scripts).await;
            browser
                .visit(&format!("{picture}-{scripts:?}"), async |driver| {
                    way(&Visitor(driver)).await
                })
                .await;
        }
    }
}

/// Somebody at the browser.
struct Visitor(WebDriver);

impl Visitor {
    /// Follows a link of the application to the server.
    async fn ask(&self, more: &[(&str, &str)]) -> WebDriverResult<()> {
        let mut url = Url::parse(&format!("{AUTH_SERVER}/oauth2/authorize")).unwrap();
        let usual = [
            ("response_type", "code"),
            ("client_id", "ats-web"),
            ("redirect_uri", CALLBACK),
            ("scope", "openid jobs:read"),
            ("state", "<state & more>"),
            // The second round is asked as well.
            ("prompt", "consent"),
            (
                "code_challenge",
                "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            ),
            ("code_challenge_method", "S256"),
        ];
        let changed = |name: &str| more.iter().any(|(other, _)| *other == name);
        let kept = usual.iter().filter(|(name, _)| !changed(name));
        url.query_pairs_mut().extend_pairs(kept.chain(more));
        self.0.goto(url.as_str()).await
    }

    async fn look(&self, id: &str) -> WebDriverResult<WebElement> {
        let query = self.0.query(By::Id(id)).wait(PATIENCE, GLANCE);
        query.and_displayed().first().await
    }

    async fn press(&self, id: &str) -> WebDriverResult<()> {
        self.look(id).await?.click().await
    }

    async fn type_into(&self, id: &str, text: &str) -> WebDriverResult<()> {
        let field = self.look(id).await?;
        field.clear().await?;
        field.send_keys(text).await
    }

    async fn log_in(&self, password: &str) -> WebDriverResult<()> {
        self.type_into("login-username", USER).await?;
        self.type_into("login-password", password).await?;
        self.press("login-submit").await
    }

    /// Waits until the browser is back at the application, and reads what it was given.
    async fn given(&self, name: &str) -> WebDriverResult<Option<String>> {
        let body = self.0.query(By::Css("body")).wait(PATIENCE, GLANCE);
        let is_there = |element: WebElement| async move {
            let url = element.handle().current_url().await?;
            Ok(url.as_str().starts_with(CALLBACK))
        };
        body.with_filter(is_there).first().await?;
        let url = self.0.current_url().await?;
        let mut pairs = url.query_pairs();
        let found = pairs.find(|(other, _)| other == name);
        Ok(found.map(|(_, value)| value.into_owned()))
    }
}

/// Contract §2.6; AZ-23, OC-33
#[tokio::test]
async fn az_23_a_person_logs_in_consents_and_cannot_decide_twice() {
    let stage = Stage::set().await;
    stage
        .twice("journey-login", async |visitor| {
            visitor.ask(&[("ui_locales", "fr de")]).await?;
            let html = visitor.0.find(By::Css("html")).await?;
            assert_eq!(html.attr("lang").await?.as_deref(), Some("de"));
            visitor.log_in("not the password").await?;
            visitor.look("login-problem").await?;
            let field = visitor.look("login-username").await?;
            assert_eq!(field.prop("value").await?.as_deref(), Some(USER));
            visitor.log_in(PASSWORD).await?;
            let account = visitor.look("consent-username").await?.text().await?;
            assert_eq!(account, USER);
            visitor.press("consent-allow").await?;
            let state = visitor.given("state").await?;
            assert_eq!(state.as_deref(), Some("<state & more>"));
            assert!(visitor.given("code").await?.is_some());
            visitor.0.back().await?;
            if visitor.0.find(By::Id("consent-allow")).await.is_ok() {
                visitor.press("consent-allow").await?;
            }
            visitor.look("page-error").await.map(drop)
        })
        .await;
}

/// Contract §2.6: both ways out are `access_denied`.
#[tokio::test]
async fn a_person_may_leave_at_every_page() {
    let stage = Stage::set().await;
    stage
        .twice("journey-leave", async |visitor| {
            visitor.ask(&[]).await?;
            visitor.press("login-cancel").await?;
            let error = visitor.given("error").await?;
            assert_eq!(error.as_deref(), Some("access_denied"));
            visitor.ask(&[]).await?;
            visitor.log_in(PASSWORD).await?;
            visitor.press("consent-deny").await?;
            let error = visitor.given("error").await?;
            assert_eq!(error.as_deref(), Some("access_denied"));
            Ok(())
        })
        .await;
}

/// LO-04, LO-08
#[tokio::test]
async fn lo_04_lo_08_a_person_is_asked_and_logged_out() {
    let stage = Stage::set().await;
    stage
        .twice("journey-logout", async |visitor| {
            visitor.ask(&[]).await?;
            visitor.log_in(PASSWORD).await?;
            visitor.look("page-consent").await?;
            visitor
                .0
                .goto(format!("{AUTH_SERVER}/oauth2/logout"))
                .await?;
            visitor.press("logout-confirm").await?;
            visitor.look("page-logged-out").await?;
            visitor.ask(&[]).await?;
            visitor.look("page-login").await.map(drop)
        })
        .await;
}

/// RM-02: the answer arrives by a form, through the login, with scripts and without.
#[tokio::test]
async fn rm_02_a_login_ends_in_a_form_that_the_browser_posts() {
    let stage = Stage::set().await;
    stage
        .twice("journey-form-post", async |visitor| {
            visitor.ask(&[("response_mode", "form_post")]).await?;
            visitor.log_in(PASSWORD).await?;
            visitor.press("consent-allow").await?;
            if let Ok(button) = visitor.0.find(By::Id("form-post-submit")).await {
                // With scripts the page may be gone between the look and the click.
                drop(button.click().await);
            }
            assert_eq!(visitor.given("code").await?, None);
            Ok(())
        })
        .await;
}

/// CT-04, GEN-19
#[tokio::test]
async fn ct_04_a_mistake_of_the_application_ends_at_a_page_in_words() {
    let stage = Stage::set().await;
    stage
        .twice("journey-error", async |visitor| {
            let mut said = Vec::new();
            for mistake in [
                ("client_id", "nobody"),
                ("redirect_uri", "https://evil.example/"),
                ("redirect_uri", "no URI"),
            ] {
                visitor.ask(&[mistake]).await?;
                visitor.look("error-code").await?;
                said.push(visitor.look("error-description").await?.text().await?);
                assert!(
                    !visitor
                        .look("error-request-id")
                        .await?
                        .text()
                        .await?
                        .is_empty()
                );
            }
            said.dedup();
            assert_eq!(said.len(), 3, "{said:?}");
            Ok(())
        })
        .await;
}
