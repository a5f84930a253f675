//! Consent: shown, remembered, shown again (OpenID Connect Core §3.1.2.4).

use super::client::confidential;
use super::{CALLBACK, CANDIDATE, Request, native, parameters, register};
use crate::support::{PASSWORD, World};

const CB: &str = "https://app.example.com/cb";

/// AZ-20: who asks, where it goes, for what; and what is new.
#[tokio::test]
async fn az_20_consent_is_remembered_and_asked_again_for_more() {
    let world = World::start().await;
    let mut client = confidential("web");
    "Example Hiring".clone_into(&mut client.name);
    register(&world, client).await;
    let mut person = world.person();
    let request = Request::of("web", CB);
    let login = person.open(&request.url()).await.page();
    let fields = [("login-username", CANDIDATE), ("login-password", PASSWORD)];
    let consent = person.press(&login, "login-submit", &fields).await.page();
    assert!(consent.is("page-consent"));
    for text in ["Example Hiring", "app.example.com", "See jobs"] {
        assert!(consent.text.contains(text), "{text}:\n{}", consent.text);
    }
    person.press(&consent, "consent-allow", &[]).await.away();
    let narrower = request.clone().with("scope", "jobs:read");
    for known in [request.clone(), narrower] {
        assert!(parameters(&person.open(&known.url()).await.away()).contains_key("code"));
    }
    let more = request.with("scope", "openid profile jobs:read");
    assert!(person.open(&more.url()).await.page().is("page-consent"));
}

/// AZ-20: the operator's own applications ask nobody, unless they want to; public ones always do.
#[tokio::test]
async fn az_20_a_first_party_client_skips_consent_if_it_keeps_a_secret() {
    let world = World::start().await;
    let mut first = confidential("first");
    first.metadata.is_first_party = true;
    register(&world, first).await;
    let mut public = native("pretender", &["https://app.example.com/cb"]);
    public.metadata.is_first_party = true;
    register(&world, public).await;
    let fields = [("login-username", CANDIDATE), ("login-password", PASSWORD)];
    let mut person = world.person();
    let login = person.open(&Request::of("first", CB).url()).await.page();
    let url = person.press(&login, "login-submit", &fields).await.away();
    assert!(parameters(&url).contains_key("code"));
    let asked = Request::of("first", CB).with("prompt", "consent");
    assert!(person.open(&asked.url()).await.page().is("page-consent"));
    let pretender = Request::of("pretender", CB);
    assert!(
        person
            .open(&pretender.url())
            .await
            .page()
            .is("page-consent")
    );
}

/// AZ-21: whose name proves nothing asks each time; a browser application at home need not.
#[tokio::test]
async fn az_21_a_native_client_that_anybody_could_be_asks_each_time() {
    let world = World::start().await;
    let places = ["com.example.app:/cb", "http://127.0.0.1/cb"];
    register(&world, native("phone", &places)).await;
    let mut person = world.person();
    for place in ["com.example.app:/cb", "http://127.0.0.1:50123/cb"] {
        let request = Request::of("phone", place);
        person.log_in(&request.url(), CANDIDATE, PASSWORD).await;
        assert!(person.open(&request.url()).await.page().is("page-consent"));
    }
    let at_home = Request::of("ats-web", CALLBACK);
    person.log_in(&at_home.url(), CANDIDATE, PASSWORD).await;
    assert!(parameters(&person.open(&at_home.url()).await.away()).contains_key("code"));
}
