//! A real browser: the pages of the server, and Swagger UI. A person opens `/docs` of each service,
//! logs in by the Authorize button, runs an operation that needs it, and sees 200, with the client
//! field filled in and blank. Screenshots of each end are left where `CHANCERY_TEST_SCREENSHOTS` says.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "the whole crate is a test"
)]

mod accessible;
mod axe;
mod front_channel;
mod gallery;
mod journey;
mod pages;
#[path = "../processes/mod.rs"]
mod processes;
mod screen;
mod spa;
mod swagger;

use std::process::Command;

use processes::{Running, auth_server, free_port, require_variable};
use screen::Browser;
use swagger::Page;
use thirtyfour::error::WebDriverResult;

/// Where the demo data and the defaults of both services place them. The browser is told to find
/// these on free ports, so that everything is as after `cargo dev` and no fixed port is needed.
const AUTH_SERVER: &str = "http://localhost:8080";
const RESOURCE_API: &str = "http://localhost:8081";

/// The two services, the second in trust of the first, and a browser that finds them.
struct Demo {
    auth_server: Running,
    resource_api: Running,
}

impl Demo {
    async fn start() -> Self {
        let issuer = ("AUTH_SERVER_ISSUER", AUTH_SERVER.to_owned());
        let auth_server = auth_server(free_port(), &[issuer]).await;
        let port = free_port();
        let mut command = Command::new(require_variable("CHANCERY_TEST_RESOURCE_API"));
        command
            .arg("serve")
            .env("RESOURCE_API_LISTEN", format!("127.0.0.1:{port}"))
            .env(
                "RESOURCE_API_AUTH__JWKS_URL",
                auth_server.at("/.well-known/jwks.json"),
            );
        let resource_api = Running::start(command, port).await;
        Self {
            auth_server,
            resource_api,
        }
    }

    /// Opens `/docs` of a service and does `visit` there.
    async fn at_docs_of<T>(
        &self,
        service: &str,
        picture: &str,
        visit: impl AsyncFnOnce(&Page) -> WebDriverResult<T>,
    ) -> T {
        let places = [
            (AUTH_SERVER, &self.auth_server),
            (RESOURCE_API, &self.resource_api),
        ];
        let browser = Browser::start(&places.map(|(url, service)| (url, service.port))).await;
        browser
            .visit(picture, async |driver| {
                visit(&Page::open(driver, service).await?).await
            })
            .await
    }
}

#[tokio::test]
async fn the_jobs_are_listed_after_a_login_that_names_the_client() {
    let demo = Demo::start().await;
    let status = demo
        .at_docs_of(RESOURCE_API, "api-client-named", async |page| {
            page.log_in("recruiter@example.com", Some("ats-web"))
                .await?;
            page.status_of("get", "/jobs").await
        })
        .await;
    assert_eq!(status, "200");
}

#[tokio::test]
async fn the_jobs_are_listed_after_a_login_with_a_blank_client() {
    let demo = Demo::start().await;
    let status = demo
        .at_docs_of(RESOURCE_API, "api-client-blank", async |page| {
            page.log_in("candidate@example.com", None).await?;
            page.status_of("get", "/jobs").await
        })
        .await;
    assert_eq!(status, "200");
}

#[tokio::test]
async fn without_a_login_the_jobs_are_refused() {
    let demo = Demo::start().await;
    let status = demo
        .at_docs_of(RESOURCE_API, "api-nobody", async |page| {
            page.status_of("get", "/jobs").await
        })
        .await;
    assert_eq!(status, "401");
}

#[tokio::test]
async fn the_auth_servers_own_page_logs_in_with_the_client_named_and_blank() {
    let demo = Demo::start().await;
    demo.at_docs_of(AUTH_SERVER, "auth-server-login", async |page| {
        page.log_in("recruiter@example.com", Some("ats-web"))
            .await?;
        page.log_out().await?;
        page.log_in("recruiter@example.com", None).await
    })
    .await;
}

#[tokio::test]
async fn a_service_gets_its_token_from_the_auth_servers_own_page() {
    let demo = Demo::start().await;
    let status = demo
        .at_docs_of(AUTH_SERVER, "auth-server-token", async |page| {
            page.present_client("ats-service", "demo-secret").await?;
            page.prepare("post", "/oauth2/token").await?;
            // Swagger UI invents a value for every field; an empty one is left out.
            for field in [
                "client_assertion",
                "client_assertion_type",
                "client_id",
                "client_secret",
                "password",
                "refresh_token",
                "scope",
                "username",
            ] {
                page.fill(field, "").await?;
            }
            page.fill("resource", r#"["http://localhost:8081"]"#)
                .await?;
            page.fill("grant_type", "client_credentials").await?;
            page.send("post", "/oauth2/token").await
        })
        .await;
    assert_eq!(status, "200");
}

/// On a port that the demo data do not name.
#[tokio::test]
async fn userinfo_answers_after_a_login_by_code_at_the_auth_servers_own_page() {
    let server = auth_server(free_port(), &[]).await;
    let issuer = format!("http://localhost:{}", server.port);
    let browser = Browser::start(&[(issuer.as_str(), server.port)]).await;
    let (status, refused) = browser
        .visit("auth-server-code", async |driver| {
            let page = Page::open(driver, &issuer).await?;
            page.log_in_by_code("candidate@example.com").await?;
            let status = page.status_of("get", "/oauth2/userinfo").await?;
            Ok((status, page.refused_by_policy().await?))
        })
        .await;
    assert_eq!(status, "200");
    assert_eq!(refused, [""; 0]);
}

#[tokio::test]
async fn the_auth_servers_own_page_works_under_another_name_of_the_machine() {
    let server = auth_server(free_port(), &[]).await;
    let address = server.at("/docs/");
    let browser = Browser::start(&[]).await;
    let status = browser
        .visit("auth-server-other-name", async |driver| {
            let page = Page::open_at(driver, &address).await?;
            page.status_of("get", "/livez").await
        })
        .await;
    assert_eq!(status, "200");
}
