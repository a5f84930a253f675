//! Every page in every state, in light and dark, enlarged, in two languages: nobody is left out
//! (WCAG 2.2 AA). A picture of each is kept.

use std::path::Path;

use serde_json::json;
use thirtyfour::prelude::*;

use crate::axe;
use crate::gallery::{Gallery, PICTURES};
use crate::processes::require_variable;
use crate::screen::Browser;

/// How pages are shown.
struct Showing {
    name: &'static str,
    scheme: &'static str,
    lang: &'static str,
    /// The screen has 1280 pixels: enlarged, fewer of them are left (in CSS pixels).
    zoom: u32,
}

/// Our script takes the browser away from some pages; they are looked at without it.
const OUR_SCRIPT: &str = "*/chancery.js";
const PASSING: [&str; 2] = ["form-post", "logged-out-next"];
const WIDE: &str = "return document.documentElement.scrollWidth > window.innerWidth";

/// Issue 4
#[tokio::test]
async fn axe_finds_nothing_against_any_page_in_light() {
    look_at_every_page(&Showing {
        name: "light",
        scheme: "light",
        lang: "en",
        zoom: 1,
    })
    .await;
}

/// Issue 4
#[tokio::test]
async fn axe_finds_nothing_against_any_page_in_dark() {
    look_at_every_page(&Showing {
        name: "dark",
        scheme: "dark",
        lang: "de",
        zoom: 1,
    })
    .await;
}

/// Issue 4
#[tokio::test]
async fn axe_finds_nothing_against_any_page_at_200_percent() {
    look_at_every_page(&Showing {
        name: "zoom-200",
        scheme: "light",
        lang: "de",
        zoom: 2,
    })
    .await;
}

/// WCAG 1.4.10: even then nothing needs a second scroll bar.
#[tokio::test]
async fn axe_finds_nothing_against_any_page_at_400_percent() {
    look_at_every_page(&Showing {
        name: "zoom-400",
        scheme: "dark",
        lang: "en",
        zoom: 4,
    })
    .await;
}

/// The proof that the tests above would notice: pale text, a field without a name.
#[tokio::test]
async fn axe_finds_what_is_wrong_with_a_page() {
    let browser = Browser::start(&[]).await;
    let found = browser.visit("axe", async |driver| {
        let page = "data:text/html,<title>x</title><main><h1>x</h1><input>\
                    <p style='color:%23999;background:%23fff'>pale</p><p>clear</p></main>";
        driver.goto(page).await?;
        axe::violations(&driver).await
    });
    let found = found.await.join("\n");
    for rule in ["color-contrast:", "label:", "html-has-lang:"] {
        assert!(found.contains(rule), "{rule} {found}");
    }
}

async fn look_at_every_page(showing: &Showing) {
    let gallery = Gallery::open().await;
    let browser = Browser::start(&[]).await;
    let found = browser.visit("accessible-end", async |driver| {
        show_as(&driver, showing).await?;
        let mut found = Vec::new();
        for name in PICTURES {
            let is_passing = PASSING.contains(&name);
            block(&driver, is_passing.then_some(OUR_SCRIPT)).await?;
            driver.goto(gallery.picture(name, showing.lang)).await?;
            keep(&driver, &format!("{name}-{}", showing.name)).await?;
            let problems = axe::violations(&driver).await?.into_iter();
            found.extend(problems.map(|problem| format!("{name}: {problem}")));
            if driver.execute(WIDE, Vec::new()).await?.json() == &json!(true) {
                found.push(format!("{name}: wider than the screen"));
            }
        }
        Ok(found)
    });
    let found = found.await;
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Keeps the browser from loading a file.
async fn block(driver: &WebDriver, url: Option<&str>) -> WebDriverResult<()> {
    let urls: Vec<&str> = url.into_iter().collect();
    let devtools = driver.cdp();
    devtools.send_raw("Network.enable", json!({})).await?;
    let params = json!({ "urls": urls });
    devtools.send_raw("Network.setBlockedURLs", params).await?;
    Ok(())
}

/// Shows what follows in a colour scheme and size: what zooming does to a page.
async fn show_as(driver: &WebDriver, showing: &Showing) -> WebDriverResult<()> {
    let feature = json!({ "name": "prefers-color-scheme", "value": showing.scheme });
    let media = json!({ "features": [feature] });
    let metrics = json!({
        "width": 1280 / showing.zoom,
        "height": 900 / showing.zoom,
        "deviceScaleFactor": showing.zoom,
        "mobile": false,
    });
    let devtools = driver.cdp();
    devtools
        .send_raw("Emulation.setEmulatedMedia", media)
        .await?;
    devtools
        .send_raw("Emulation.setDeviceMetricsOverride", metrics)
        .await?;
    Ok(())
}

async fn keep(driver: &WebDriver, name: &str) -> WebDriverResult<()> {
    let folder = require_variable("CHANCERY_TEST_SCREENSHOTS");
    let file = format!("{folder}/page-{name}.png");
    driver.screenshot(Path::new(&file)).await
}
