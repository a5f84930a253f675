//! Pages at work: with scripts and without, every page has its controls and does what it promises
//! (contract §2.6).

use thirtyfour::prelude::*;

use crate::gallery::{Gallery, OTHER_HOST};
use crate::screen::{Browser, Scripts};

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

/// Whoever clicks twice decides once: the second would be told that it was decided already.
#[tokio::test]
async fn a_second_click_sends_nothing() {
    const CLICK_TWICE: &str = "
        let sent = 0;
        document.addEventListener('submit', (event) => {
          sent += event.defaultPrevented ? 0 : 1;
          event.preventDefault();
        });
        const button = document.getElementById('login-submit');
        button.click();
        button.click();
        return sent;";
    let gallery = Gallery::open().await;
    let browser = Browser::start(&[]).await;
    let sent = browser.visit("login-twice", async |driver| {
        driver.goto(gallery.picture("login", "en")).await?;
        for field in ["login-username", "login-password"] {
            driver.find(By::Id(field)).await?.send_keys("x").await?;
        }
        let sent = driver.execute(CLICK_TWICE, Vec::new()).await?;
        Ok(sent.json().as_u64())
    });
    assert_eq!(sent.await, Some(1));
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
