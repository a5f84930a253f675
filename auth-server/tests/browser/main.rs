//! Swagger UI in a real browser: a person opens `/docs` of each service, logs in by the Authorize
//! button, runs an operation that needs it, and sees 200. With the client field filled in, and blank.
//! Screenshots of each end are left where `CHANCERY_TEST_SCREENSHOTS` says.

#[path = "../processes/mod.rs"]
mod processes;
mod screen;
mod swagger;

use std::process::Command;

use processes::{Running, auth_server, free_port, require_variable};
use swagger::Page;

/// The two services, the second in trust of the first.
struct Services {
    auth_server: Running,
    resource_api: Running,
}

impl Services {
    async fn start() -> Self {
        let (auth_port, api_port) = (free_port(), free_port());
        let api_url = format!("http://localhost:{api_port}");
        // The API's page asks the auth server for a token across origins.
        let cors = [("AUTH_SERVER_CORS__ALLOWED_ORIGINS", api_url.clone())];
        let auth_server = auth_server(auth_port, &cors).await;

        let mut command = Command::new(require_variable("CHANCERY_TEST_RESOURCE_API"));
        command
            .arg("serve")
            .env("RESOURCE_API_LISTEN", format!("127.0.0.1:{api_port}"))
            .env("RESOURCE_API_AUTH__ISSUER", &auth_server.url);
        // Its identifier stays the default, which is the audience of the demo clients.
        let resource_api = Running::start(command, api_url, api_port).await;
        Self {
            auth_server,
            resource_api,
        }
    }
}

#[tokio::test]
async fn the_jobs_are_listed_after_a_login_that_names_the_client() {
    let services = Services::start().await;
    screen::with_browser("api-client-named", async |browser| {
        let page = Page::open(browser, &services.resource_api.url).await?;
        page.log_in("recruiter@example.com", Some("ats-web"))
            .await?;
        assert_eq!(page.status_of("get", "/jobs").await?, "200");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn the_jobs_are_listed_after_a_login_with_a_blank_client() {
    let services = Services::start().await;
    screen::with_browser("api-client-blank", async |browser| {
        let page = Page::open(browser, &services.resource_api.url).await?;
        page.log_in("candidate@example.com", None).await?;
        assert_eq!(page.status_of("get", "/jobs").await?, "200");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn without_a_login_the_jobs_are_refused() {
    let services = Services::start().await;
    screen::with_browser("api-nobody", async |browser| {
        let page = Page::open(browser, &services.resource_api.url).await?;
        assert_eq!(page.status_of("get", "/jobs").await?, "401");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn the_auth_servers_own_page_logs_in_with_the_client_named_and_blank() {
    let services = Services::start().await;
    screen::with_browser("auth-server", async |browser| {
        let page = Page::open(browser, &services.auth_server.url).await?;
        page.log_in("recruiter@example.com", Some("ats-web"))
            .await?;
        page.log_out().await?;
        page.log_in("recruiter@example.com", None).await?;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_service_gets_its_token_from_the_auth_servers_own_page() {
    let services = Services::start().await;
    screen::with_browser("auth-server-token", async |browser| {
        let page = Page::open(browser, &services.auth_server.url).await?;
        page.present_client("ats-service", "demo-secret").await?;
        page.prepare("post", "/oauth2/token").await?;
        page.fill("grant_type", "client_credentials").await?;
        assert_eq!(page.send("post", "/oauth2/token").await?, "200");
        Ok(())
    })
    .await;
}
