//! A headless Chromium of its own for each test, and a picture of what it showed at the end, good
//! or bad.

use std::path::Path;

use thirtyfour::prelude::*;

use crate::processes::require_variable;

/// Nothing in the browser may call home, remember anything or ask for anything.
const FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1200,1600",
];

/// Runs `visit` in a new browser (chromedriver gives each a new profile), keeps a screenshot named
/// `name`, and ends the browser on every way out.
pub(crate) async fn with_browser(
    name: &str,
    visit: impl AsyncFnOnce(WebDriver) -> WebDriverResult<()>,
) {
    let mut capabilities = DesiredCapabilities::chrome();
    for flag in FLAGS {
        capabilities.add_arg(flag).unwrap();
    }
    let driver = require_variable("CHANCERY_TEST_WEBDRIVER");
    let browser = WebDriver::new(driver, capabilities)
        .await
        .expect("a browser starts");
    let picture = format!(
        "{}/{name}.png",
        require_variable("CHANCERY_TEST_SCREENSHOTS")
    );
    let visited = browser
        .run_and_quit(async |browser| {
            let visited = visit(browser.clone()).await;
            browser.screenshot(Path::new(&picture)).await?;
            visited
        })
        .await;
    if let Err(error) = visited {
        panic!("{error}\nlast seen: {picture}");
    }
}
