//! A headless Chromium of its own for each test, and a picture of what it showed at the end, good
//! or bad.

use std::path::Path;

use serde_json::json;
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

/// Whether pages may run scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scripts {
    On,
    Off,
}

/// A running browser with a new profile.
pub(crate) struct Browser(WebDriver);

impl Browser {
    /// Starts one that finds each of these URLs on this port of the machine.
    pub(crate) async fn start(places: &[(&str, u16)]) -> Self {
        Self::start_with(places, Scripts::On).await
    }

    /// The same, with or without scripts.
    pub(crate) async fn start_with(places: &[(&str, u16)], scripts: Scripts) -> Self {
        let rules: Vec<_> = places
            .iter()
            .map(|(url, port)| {
                format!("MAP {} 127.0.0.1:{port}", url.trim_start_matches("http://"))
            })
            .collect();
        let mut capabilities = DesiredCapabilities::chrome();
        for flag in FLAGS {
            capabilities.add_arg(flag).unwrap();
        }
        capabilities
            .add_arg(&format!("--host-resolver-rules={}", rules.join(",")))
            .unwrap();
        if scripts == Scripts::Off {
            let block = json!({ "profile.managed_default_content_settings.javascript": 2 });
            capabilities
                .add_experimental_option("prefs", block)
                .unwrap();
        }
        let driver = require_variable("CHANCERY_TEST_WEBDRIVER");
        Self(
            WebDriver::new(driver, capabilities)
                .await
                .expect("a browser starts"),
        )
    }

    /// Does `visit`, keeps a screenshot of how it ended, and ends the browser on every way out.
    pub(crate) async fn visit<T>(
        self,
        picture: &str,
        visit: impl AsyncFnOnce(WebDriver) -> WebDriverResult<T>,
    ) -> T {
        let picture = format!(
            "{}/{picture}.png",
            require_variable("CHANCERY_TEST_SCREENSHOTS")
        );
        let visited = self
            .0
            .run_and_quit(async |driver| {
                let visited = visit(driver.clone()).await;
                driver.screenshot(Path::new(&picture)).await?;
                visited
            })
            .await;
        visited.unwrap_or_else(|error| panic!("{error}\nlast seen: {picture}"))
    }
}
