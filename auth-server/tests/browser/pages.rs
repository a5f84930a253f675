//! Every page as people meet it: in light and dark, enlarged, in two languages, with scripts and
//! without (contract §2.6). Nobody is left out (WCAG 2.2 AA).

use serde_json::json;
use thirtyfour::prelude::*;

use crate::axe;
use crate::gallery::{Gallery, OTHER_HOST, PICTURES};
use crate::processes::require_variable;
use crate::screen::{Browser, Scripts};

/// How a page is shown: a name, the colour scheme, the width in CSS pixels and the scale.
const SHOWINGS: [(&str, &str, u32, u32); 4] = [
    ("light", "light", 1280, 1),
    ("dark", "dark", 1280, 1),
    ("zoom-200", "light", 640, 2),
    // 400 % on a screen of 1280 pixels: nothing may need a second scroll bar (WCAG 1.4.10).
    ("zoom-400", "dark", 320, 4),
];

/// Our script takes the browser away from some pages; they are looked at without it.
const OUR_SCRIPT: &str = "*/chancery.js";
const PASSING: [&str; 2] = ["form-post", "logged-out-next"];

/// Issue 4: axe-core finds nothing, in any state of any page.
#[tokio::test]
async fn axe_finds_nothing_against_any_page_in_light_dark_and_enlarged() {
    let gallery = Gallery::open().await;
    let browser = Browser::start(&[]).await;
    let found = browser.visit("pages-end", async |driver| {
        let mut found = Vec::new();
        for (showing, scheme, width, scale) in SHOWINGS {
            show_as(&driver, scheme, width, scale).await?;
            for name in PICTURES {
                let is_passing = PASSING.contains(&name);
                block(&driver, is_passing.then_some(OUR_SCRIPT)).await?;
                let lang = if scheme == "dark" { "de" } else { "en" };
                driver.goto(gallery.picture(name, lang)).await?;
                keep(&driver, &format!("{name}-{showing}")).await?;
                let problems = axe::violations(&driver).await?.into_iter();
                found.extend(problems.map(|it| format!("{name} {showing}: {it}")));
                let wide = "return document.documentElement.scrollWidth > window.innerWidth";
                if driver.execute(wide, Vec::new()).await?.json() == &json!(true) {
                    found.push(format!("{name} {showing}: wider than the screen"));
                }
            }
        }
        Ok(found)
    });
    let found = found.await;
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The proof that the test above would notice: pale text, a field without a name.
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

/// Keeps the browser from loading a file.
async fn block(driver: &WebDriver, url: Option<&str>) -> WebDriverResult<()> {
    let urls: Vec<&str> = url.into_iter().collect();
    driver.cdp().send_raw("Network.enable", json!({})).await?;
    let params = json!({ "urls": urls });
    driver
        .cdp()
        .send_raw("Network.setBlockedURLs", params)
        .await?;
    Ok(())
}

/// Shows what follows in a colour scheme, a width and a scale: what zooming does to a page.
async fn show_as(driver: &WebDriver, scheme: &str, width: u32, scale: u32) -> WebDriverResult<()> {
    let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
    driver
        .cdp()
        .send_raw("Emulation.setEmulatedMedia", media)
        .await?;
    let metrics = json!({ "width": width, "height": 900 / scale, "deviceScaleFactor": scale, "mobile": false });
    driver
        .cdp()
        .send_raw("Emulation.setDeviceMetricsOverride", metrics)
        .await?;
    Ok(())
}

async fn keep(driver: &WebDriver, name: &str) -> WebDriverResult<()> {
    let folder = require_variable("CHANCERY_TEST_SCREENSHOTS");
    driver
        .screenshot(std::path::Path::new(&format!("{folder}/page-{name}.png")))
        .await
}

/// CT-03: without scripts every page is there, with all its controls.
#[tokio::test]
async fn ct_03_without_scripts_every_page_has_all_its_controls() {
    let gallery = Gallery::open().await;
    let browser = Browser::start_with(&[], Scripts::Off).await;
    browser
        .visit("pages-without-scripts", async |driver| {
            for (picture, controls) in [
                (
                    "login",
                    &[
                        "page-login",
                        "login-username",
                        "login-password",
                        "login-submit",
                        "login-cancel",
                    ][..],
                ),
                (
                    "consent",
                    &["page-consent", "consent-allow", "consent-deny"],
                ),
                ("logout", &["page-logout", "logout-confirm"]),
                ("logged-out", &["page-logged-out"]),
                (
                    "logged-out-next",
                    &["page-logged-out", "logged-out-continue"],
                ),
                (
                    "error-redirect-uri",
                    &["page-error", "error-code", "error-description"],
                ),
                ("form-post", &["page-form-post", "form-post-submit"]),
            ] {
                driver.goto(gallery.picture(picture, "en")).await?;
                for id in controls {
                    let control = driver.find(By::Id(*id)).await?;
                    assert!(control.is_displayed().await?, "{picture}: {id}");
                }
            }
            // What only a script can do is not offered.
            driver.goto(gallery.picture("login", "en")).await?;
            let reveal = driver.find(By::Id("login-reveal")).await?;
            assert!(!reveal.is_displayed().await?);
            Ok(())
        })
        .await;
}

/// RM-02, RM-04: with scripts by itself, without them by the button, both with the very values.
#[tokio::test]
async fn rm_02_rm_04_a_form_post_arrives_at_the_client() {
    let gallery = Gallery::open().await;
    for scripts in [Scripts::On, Scripts::Off] {
        let browser = Browser::start_with(&[], scripts).await;
        let said = browser
            .visit("form-post", async |driver| {
                driver.goto(gallery.picture("form-post", "en")).await?;
                if scripts == Scripts::Off {
                    driver
                        .find(By::Id("form-post-submit"))
                        .await?
                        .click()
                        .await?;
                }
                driver
                    .query(By::XPath("//*[starts-with(text(), 'given:')]"))
                    .first()
                    .await?
                    .text()
                    .await
            })
            .await;
        assert_eq!(said, "given: code=%3C%22%27%26%3E&state=a%09b");
    }
}

/// The password can be shown, and is hidden again; the field keeps the focus.
#[tokio::test]
async fn a_password_can_be_shown_while_it_is_typed() {
    let gallery = Gallery::open().await;
    let browser = Browser::start(&[]).await;
    browser
        .visit("login-reveal", async |driver| {
            driver.goto(gallery.picture("login", "en")).await?;
            let password = driver.find(By::Id("login-password")).await?;
            password.send_keys("a secret").await?;
            let reveal = driver.find(By::Id("login-reveal")).await?;
            for (kind, pressed) in [("text", "true"), ("password", "false")] {
                reveal.click().await?;
                assert_eq!(password.attr("type").await?.as_deref(), Some(kind));
                assert_eq!(reveal.attr("aria-pressed").await?.as_deref(), Some(pressed));
                assert_eq!(
                    driver.active_element().await?.id().await?.as_deref(),
                    Some("login-password")
                );
            }
            Ok(())
        })
        .await;
}

/// LO-30: once the frames have been loaded, or could not be, the browser goes on by itself.
#[tokio::test]
async fn lo_30_after_the_frames_the_browser_goes_on() {
    let gallery = Gallery::open().await;
    let browser = Browser::start(&[]).await;
    browser
        .visit("logged-out-on", async |driver| {
            driver
                .goto(gallery.picture("logged-out-next", "en"))
                .await?;
            driver
                .query(By::XPath("//*[starts-with(text(), 'given:')]"))
                .first()
                .await?;
            Ok(())
        })
        .await;
}

/// Decision 0011: Chromium holds every redirect after a form against the policy of its page.
#[tokio::test]
async fn a_login_arrives_at_a_client_that_sends_the_browser_on_to_another_host() {
    let gallery = Gallery::open().await;
    for scripts in [Scripts::On, Scripts::Off] {
        let browser = Browser::start_with(&[(OTHER_HOST, gallery.port)], scripts).await;
        browser
            .visit("login-two-hosts", async |driver| {
                driver.goto(gallery.picture("login", "en")).await?;
                for (field, text) in [
                    ("login-username", "candidate"),
                    ("login-password", "secret"),
                ] {
                    driver.find(By::Id(field)).await?.send_keys(text).await?;
                }
                driver.find(By::Id("login-submit")).await?.click().await?;
                let arrived = By::XPath("//*[starts-with(text(), 'given:')]");
                driver.query(arrived).first().await?;
                let url = driver.current_url().await?;
                assert_eq!(url.as_str(), format!("{OTHER_HOST}/client"));
                Ok(())
            })
            .await;
    }
}
