//! Swagger UI as a person uses it. Selectors are those of Swagger UI 5; every look waits until the
//! page has what is looked for.

use std::time::Duration;

use thirtyfour::prelude::*;

mod code;

/// How long the page may take for one step.
const PATIENCE: Duration = Duration::from_secs(20);
const GLANCE: Duration = Duration::from_millis(50);

/// An open `/docs`.
pub(crate) struct Page {
    browser: WebDriver,
}

impl Page {
    /// Opens `/docs` of a service and waits until the operations are drawn.
    pub(crate) async fn open(browser: WebDriver, service: &str) -> WebDriverResult<Self> {
        Self::open_at(browser, &format!("{service}/docs")).await
    }

    /// The same, for exactly this address.
    pub(crate) async fn open_at(browser: WebDriver, address: &str) -> WebDriverResult<Self> {
        browser.goto(address).await?;
        let page = Self { browser };
        page.look(By::Css(".opblock")).await?;
        Ok(page)
    }

    /// Logs in by the password flow of the Authorize dialog, with the client field as given or blank.
    pub(crate) async fn log_in(&self, user: &str, client: Option<&str>) -> WebDriverResult<()> {
        self.open_dialog().await?;
        self.replace("oauth_username", user).await?;
        self.replace("oauth_password", "demo-password-1").await?;
        self.replace("client_id_password", client.unwrap_or_default())
            .await?;
        self.authorize_in(&section_of("client_id_password")).await
    }

    /// Forgets the login of the password flow.
    pub(crate) async fn log_out(&self) -> WebDriverResult<()> {
        self.open_dialog().await?;
        let logout = "//*[@class='auth-btn-wrapper']/button[text()='Logout']";
        self.click(By::XPath(logout)).await?;
        self.look(By::Id("oauth_username")).await?;
        self.close_dialog().await
    }

    /// Presents a client's own credentials (HTTP Basic) by the Authorize dialog.
    pub(crate) async fn present_client(&self, id: &str, secret: &str) -> WebDriverResult<()> {
        self.open_dialog().await?;
        self.replace("auth-basic-username", id).await?;
        self.replace("auth-basic-password", secret).await?;
        self.authorize_in(&section_of("auth-basic-username")).await
    }

    /// Runs an operation without parameters and reads the status it shows.
    pub(crate) async fn status_of(&self, method: &str, path: &str) -> WebDriverResult<String> {
        self.prepare(method, path).await?;
        self.send(method, path).await
    }

    /// Opens an operation so that its form can be filled.
    pub(crate) async fn prepare(&self, method: &str, path: &str) -> WebDriverResult<()> {
        let operation = operation(method, path);
        let control = "//button[contains(@class, 'opblock-summary-control')]";
        self.click(By::XPath(format!("{operation}{control}")))
            .await?;
        self.look(By::XPath(format!("{operation}{EXECUTE}")))
            .await
            .map(drop)
    }

    /// Types into one field of an opened operation's form.
    pub(crate) async fn fill(&self, field: &str, value: &str) -> WebDriverResult<()> {
        let input = "//*[self::input[not(@type='checkbox')] or self::textarea]";
        let input = format!("//tr[@data-property-name='{field}']{input}");
        replace(&self.look(By::XPath(input)).await?, value).await
    }

    /// Sends an opened operation and reads the status of the live answer.
    pub(crate) async fn send(&self, method: &str, path: &str) -> WebDriverResult<String> {
        let operation = operation(method, path);
        self.click(By::XPath(format!("{operation}{EXECUTE}")))
            .await?;
        let status = "//table[contains(@class, 'live-responses-table')]\
                      //tbody\
                      //td[contains(@class, 'response-col_status')]";
        let text = self
            .look(By::XPath(format!("{operation}{status}")))
            .await?
            .text()
            .await?;
        Ok(text.lines().next().unwrap_or_default().trim().to_owned())
    }

    async fn open_dialog(&self) -> WebDriverResult<()> {
        self.click(By::Css(".auth-wrapper > .btn.authorize"))
            .await?;
        self.look(By::Css(".modal-ux .auth-container"))
            .await
            .map(drop)
    }

    async fn close_dialog(&self) -> WebDriverResult<()> {
        self.click(By::Css(".modal-ux .btn-done")).await
    }

    /// Presses Authorize in one section of the dialog and waits for the page to say that it worked.
    async fn authorize_in(&self, section: &str) -> WebDriverResult<()> {
        self.press_authorize(section).await?;
        self.see_authorized().await
    }

    async fn press_authorize(&self, section: &str) -> WebDriverResult<()> {
        let button = "//button[@type='submit' or contains(@class, 'authorize')]";
        self.click(By::XPath(format!("{section}{button}"))).await
    }

    /// Waits until the dialog says how the login ended, and closes it.
    async fn see_authorized(&self) -> WebDriverResult<()> {
        let outcome = "//*[self::h6[text()='Authorized'] or contains(@class, 'errors')]";
        let outcome = self
            .look(By::XPath(format!("//*[@class='modal-ux']{outcome}")))
            .await?;
        let text = outcome.text().await?;
        if text != "Authorized" {
            return Err(WebDriverError::FatalError(format!(
                "the login says: {text}"
            )));
        }
        self.close_dialog().await
    }

    /// Makes the field with this id hold exactly `text`.
    async fn replace(&self, id: &str, text: &str) -> WebDriverResult<()> {
        replace(&self.look(By::Id(id)).await?, text).await
    }

    async fn click(&self, by: By) -> WebDriverResult<()> {
        let button = self.look(by).await?;
        button.scroll_into_view().await?;
        button.click().await
    }

    async fn look(&self, by: By) -> WebDriverResult<WebElement> {
        self.browser
            .query(by)
            .wait(PATIENCE, GLANCE)
            .and_displayed()
            .first()
            .await
    }
}

/// Types over what is in a field; Swagger UI does not notice a field that is cleared by script.
async fn replace(field: &WebElement, text: &str) -> WebDriverResult<()> {
    field.send_keys(Key::Control + "a").await?;
    field.send_keys(Key::Backspace + text).await
}

const EXECUTE: &str = "//button[contains(@class, 'execute')]";

/// The block of one operation.
fn operation(method: &str, path: &str) -> String {
    format!(
        "//div[contains(@class, 'opblock-{method}')]\
         [.//*[contains(@class, 'opblock-summary-path')][@data-path='{path}']]"
    )
}

/// The part of the Authorize dialog that holds the field with this id.
fn section_of(field: &str) -> String {
    format!("//*[@id='{field}']/ancestor::div[contains(@class, 'auth-container')]")
}
