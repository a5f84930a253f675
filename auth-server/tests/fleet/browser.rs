//! A person who is logged in and has consented, so that each request gives a code at once.

use url::form_urlencoded::Serializer;

use crate::client::{Client, Reply};
use crate::installation::ISSUER;
use crate::person::{Page, Person};

/// RFC 7636 Appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const CALLBACK: &str = "http://127.0.0.1:3000/callback";
const CANDIDATE: &str = "candidate@example.com";
const PASSWORD: &str = "demo-password-1";

/// Somebody with a browser.
pub(crate) struct Browser(Person);

impl Browser {
    /// Logs in at an instance, and allows the demo's public client what it asks for.
    pub(crate) async fn logged_in(base: &str) -> Self {
        let mut browser = Self(Person::behind(ISSUER, base));
        browser.0.log_in(&request(""), CANDIDATE, PASSWORD).await;
        browser
    }

    /// Talks to another instance from now on.
    pub(crate) fn move_to(&mut self, base: &str) {
        self.0.move_to(base);
    }

    /// A code; the session and the consent are there.
    pub(crate) async fn code(&mut self) -> String {
        code(&self.0.open(&request("")).await.away())
    }

    /// A code, unless a connection breaks.
    pub(crate) async fn try_code(&mut self) -> Option<String> {
        let seen = self.0.try_open(&request("")).await?;
        Some(code(&seen.away()))
    }

    /// The consent page of a new request.
    pub(crate) async fn consent_page(&mut self) -> Page {
        self.0.open(&request("consent")).await.page()
    }

    /// Allows it; the code.
    pub(crate) async fn allow(&mut self, page: &Page) -> String {
        code(&self.0.press(page, "consent-allow", &[]).await.away())
    }

    /// The page of applications with access.
    pub(crate) async fn applications(&mut self) -> Page {
        self.0.open("/account/applications").await.page()
    }

    /// Takes back what the demo's public client was allowed.
    pub(crate) async fn withdraw(&mut self, page: &Page) {
        let after = self.0.press(page, "withdraw-ats-web", &[]).await.page();
        assert!(after.is("applications-withdrawn"), "{}", after.text);
    }

    /// Logs out, and confirms it.
    pub(crate) async fn log_out(&mut self) {
        let page = self.0.open("/logout").await.page();
        self.0.press(&page, "logout-confirm", &[]).await.page();
    }

    /// The same person in a second tab.
    pub(crate) fn tab(&self) -> Self {
        Self(self.0.clone())
    }
}

impl Client {
    /// Redeems a code for the demo's public client.
    pub(crate) async fn redeem(&self, base: &str, code: &str) -> Reply {
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", "ats-web"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        self.token(base, &form).await
    }
}

fn request(prompt: &str) -> String {
    let mut query = Serializer::new(String::new());
    query.extend_pairs([
        ("response_type", "code"),
        ("client_id", "ats-web"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid jobs:read"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("prompt", prompt),
    ]);
    format!("/oauth2/authorize?{}", query.finish())
}

#[track_caller]
fn code(url: &url::Url) -> String {
    let code = url.query_pairs().find(|(name, _)| name == "code");
    let (_, code) = code.unwrap_or_else(|| panic!("no code: {url}"));
    code.into_owned()
}
