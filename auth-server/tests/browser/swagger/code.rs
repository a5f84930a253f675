//! The login by authorization code with PKCE (RFC 7636): Swagger UI opens a second window, the person
//! logs in there, and the window closes when the code is back.

use thirtyfour::prelude::*;
use tokio::time::{Instant, interval};

use super::{GLANCE, PATIENCE, Page, section_of};

impl Page {
    /// Logs in by the authorization code flow of the Authorize dialog, with what it offers by itself.
    pub(crate) async fn log_in_by_code(&self, user: &str) -> WebDriverResult<()> {
        self.open_dialog().await?;
        let explorer = self.browser.window().await?;
        let section = section_of("client_id_authorizationCode");
        self.press_authorize(&section).await?;
        let windows = self.wait_for_windows(2).await?;
        let other = windows.into_iter().find(|window| *window != explorer);
        let other = other.ok_or_else(|| fault("the login has no window"))?;
        self.browser.switch_to_window(other).await?;
        self.replace("login-username", user).await?;
        self.replace("login-password", "demo-password-1").await?;
        self.click(By::Id("login-submit")).await?;
        self.click(By::Id("consent-allow")).await?;
        self.wait_for_windows(1).await?;
        self.browser.switch_to_window(explorer).await?;
        self.see_authorized().await
    }

    /// What the content security policy has refused so far, one line each.
    pub(crate) async fn refused_by_policy(&self) -> WebDriverResult<Vec<String>> {
        const SCRIPT: &str = "
            const done = arguments[0];
            const seen = [];
            const note = reports => reports.forEach(({ body }) =>
                seen.push(body.effectiveDirective + ' ' + body.blockedURL));
            new ReportingObserver(note, { types: ['csp-violation'], buffered: true }).observe();
            setTimeout(() => done(seen), 0);";
        self.browser
            .execute_async(SCRIPT, Vec::new())
            .await?
            .convert()
    }

    async fn wait_for_windows(&self, count: usize) -> WebDriverResult<Vec<WindowHandle>> {
        let deadline = Instant::now() + PATIENCE;
        let mut glance = interval(GLANCE);
        loop {
            glance.tick().await;
            let windows = self.browser.windows().await?;
            if windows.len() == count {
                return Ok(windows);
            }
            if Instant::now() > deadline {
                return Err(fault(&format!("{} windows are open", windows.len())));
            }
        }
    }
}

fn fault(text: &str) -> WebDriverError {
    WebDriverError::FatalError(text.to_owned())
}
