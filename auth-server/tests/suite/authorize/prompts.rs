//! What the user has to do: log in, log in again, or nothing (OpenID Connect Core §3.1.2.1, §3.1.2.3).

use std::time::Duration;

use serde_json::json;

use super::client::confidential;
use super::{CANDIDATE, RECRUITER, Request, error_of, parameters, register};
use crate::support::{PASSWORD, SECRET, World};

const CB: &str = "https://app.example.com/cb";

async fn with_client() -> World {
    let world = World::start().await;
    register(&world, confidential("web")).await;
    world
}

fn request() -> Request {
    Request::of("web", CB)
}

/// The claims of the ID token that a code gives.
async fn id_token(world: &World, code: &str) -> serde_json::Value {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CB),
        ("code_verifier", super::VERIFIER),
    ];
    let tokens = world.token_as(("web", SECRET), &form).await;
    assert_eq!(tokens.status, 200, "{}", tokens.text);
    tokens.claims_of("id_token")
}

/// OC-14, OC-20, OC-21, OC-22, CT-09: silence is answered at once, with the reason or with the same login.
#[tokio::test]
async fn oc_22_prompt_none_answers_at_once() {
    let world = with_client().await;
    let silent = request()
        .with("prompt", "none")
        .with("state", &"s".repeat(128));
    let mut person = world.person();
    let answer = parameters(&person.open(&silent.url()).await.away());
    assert_eq!(answer["error"], "login_required");
    assert_eq!(answer["state"].len(), 128);

    let first = person.log_in(&request().url(), CANDIDATE, PASSWORD).await;
    let first = id_token(&world, &parameters(&first)["code"]).await;
    world.clock.advance(Duration::from_mins(1));
    let again = parameters(&person.open(&silent.url()).await.away());
    let again = id_token(&world, &again["code"]).await;
    for claim in ["sub", "auth_time", "sid"] {
        assert_eq!(first[claim], again[claim], "{claim}");
    }
    let more = silent.with("scope", "openid jobs:read profile");
    assert_eq!(error_of(person.open(&more.url()).await), "consent_required");
}

/// OC-24, OC-26, OC-28: a new proof is asked for, and cannot be skipped by leaving the wish out.
#[tokio::test]
async fn oc_24_a_new_login_is_asked_for_and_gives_a_new_time() {
    let world = with_client().await;
    let mut person = world.person();
    let first = person.log_in(&request().url(), CANDIDATE, PASSWORD).await;
    let first = id_token(&world, &parameters(&first)["code"]).await;
    world.clock.advance(Duration::from_secs(10));
    for wish in [
        request().with("prompt", "login"),
        request().with("prompt", "select_account"),
        request().with("max_age", "0"),
        request().with("max_age", "5"),
    ] {
        let page = person.open(&wish.url()).await.page();
        assert!(page.is("page-login"), "{}", wish.url());
        // The page of the waiting request does not go on by itself either.
        let again = person.open(page.url.as_str()).await.page();
        assert!(again.is("page-login"));
        let silent = wish.with("prompt", "none").with("max_age", "0");
        assert_eq!(error_of(person.open(&silent.url()).await), "login_required");
    }
    let url = request().with("prompt", "login").url();
    let second = person.log_in(&url, CANDIDATE, PASSWORD).await;
    let second = id_token(&world, &parameters(&second)["code"]).await;
    assert_eq!(
        second["auth_time"].as_i64().unwrap(),
        first["auth_time"].as_i64().unwrap() + 10
    );
    assert_eq!(first["sid"], second["sid"], "the same session goes on");
    let patient = request().with("max_age", "10000");
    assert!(parameters(&person.open(&patient.url()).await.away()).contains_key("code"));
}

/// OC-30: what the client registered counts when the request is silent.
#[tokio::test]
async fn oc_30_the_default_max_age_of_the_client_counts() {
    let world = World::start().await;
    let mut client = confidential("web");
    client.metadata.default_max_age = Some(5);
    register(&world, client).await;
    let mut person = world.person();
    person.log_in(&request().url(), CANDIDATE, PASSWORD).await;
    world.clock.advance(Duration::from_secs(6));
    assert!(person.open(&request().url()).await.page().is("page-login"));
}

/// OC-25, OC-70, OC-72: consent is asked for again, and only then can access outlive the session.
#[tokio::test]
async fn oc_70_offline_access_needs_a_question() {
    let world = with_client().await;
    let mut person = world.person();
    let offline = request().with("scope", "openid offline_access jobs:read");
    let scope_of = async |url: &url::Url| {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", parameters(url)["code"].as_str()),
            ("redirect_uri", CB),
            ("code_verifier", super::VERIFIER),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let form: Vec<(&str, &str)> = form.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let tokens = world.token_as(("web", SECRET), &form).await;
        tokens.json()["scope"].as_str().unwrap().to_owned()
    };
    let without = person.log_in(&offline.url(), CANDIDATE, PASSWORD).await;
    assert_eq!(scope_of(&without).await, "jobs:read openid");
    let asking = offline.with("prompt", "consent");
    assert!(person.open(&asking.url()).await.page().is("page-consent"));
    let with = person.log_in(&asking.url(), CANDIDATE, PASSWORD).await;
    assert_eq!(scope_of(&with).await, "jobs:read offline_access openid");
}

/// OC-70, OC-72: it is not granted unasked either, where it is part of the client's default scope; and a
/// request for nothing else is refused before the user is troubled.
#[tokio::test]
async fn oc_72_offline_access_is_no_default() {
    let world = World::start().await;
    let mut client = confidential("web");
    client.metadata.is_first_party = true;
    client.default_scopes = client.scopes.clone();
    register(&world, client).await;
    let mut person = world.person();
    let silent = request().without("scope");
    let url = person.log_in(&silent.url(), CANDIDATE, PASSWORD).await;
    let code = parameters(&url)["code"].clone();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CB),
        ("code_verifier", super::VERIFIER),
    ];
    let tokens = world.token_as(("web", SECRET), &form).await;
    assert_eq!(tokens.json()["scope"], "jobs:read openid profile");
    let alone = request().with("scope", "offline_access");
    let seen = person.open(&alone.url()).await;
    assert_eq!(error_of(seen), "invalid_scope");
    let asking = alone.with("prompt", "consent");
    assert!(person.open(&asking.url()).await.page().is("page-consent"));
}

/// OC-31, OC-40: the answer is for the user who was asked for, or an error.
#[tokio::test]
async fn oc_31_another_user_than_the_one_asked_for_is_an_error() {
    let world = with_client().await;
    let mut person = world.person();
    let first = person.log_in(&request().url(), CANDIDATE, PASSWORD).await;
    let code = parameters(&first)["code"].clone();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CB),
        ("code_verifier", super::VERIFIER),
    ];
    let tokens = world.token_as(("web", SECRET), &form).await;
    let hint = tokens.json()["id_token"].as_str().unwrap().to_owned();
    let sub = tokens.claims_of("id_token")["sub"].clone();
    // Expired long ago, and still a hint.
    world.clock.advance(Duration::from_hours(2));
    let hinted = request().with("id_token_hint", &hint);
    let by_claim = request().with(
        "claims",
        &json!({"id_token": {"sub": {"value": sub}}}).to_string(),
    );
    for wish in [&hinted, &by_claim] {
        let silent = wish.clone().with("prompt", "none");
        let same = parameters(&person.open(&silent.url()).await.away());
        assert!(same.contains_key("code"), "{same:?}");
        let mut other = world.person();
        other.log_in(&request().url(), RECRUITER, PASSWORD).await;
        assert_eq!(error_of(other.open(&silent.url()).await), "login_required");
        world.clock.advance(Duration::from_secs(1));
        // Asked to become the right one, the user logs in as somebody else once more.
        let login = other.open(&wish.url()).await.page();
        let fields = [("login-username", RECRUITER), ("login-password", PASSWORD)];
        let seen = other.press(&login, "login-submit", &fields).await;
        assert_eq!(error_of(seen), "login_required");
    }
    let foreign = Request::new().with("id_token_hint", &hint);
    let seen = person.open(&foreign.url()).await;
    assert_eq!(
        error_of(seen),
        "invalid_request",
        "a hint of another client"
    );
}

/// OC-36: a class that no login here gives, demanded; and the same only wished for.
#[tokio::test]
async fn oc_36_an_essential_acr_that_cannot_be_met_is_an_error() {
    let world = with_client().await;
    let claims = |essential: bool| {
        json!({"id_token": {"acr": {"essential": essential, "values": ["urn:mfa"]}}}).to_string()
    };
    let mut person = world.person();
    person.log_in(&request().url(), CANDIDATE, PASSWORD).await;
    let demanded = request().with("claims", &claims(true));
    let seen = person.open(&demanded.url()).await;
    assert_eq!(error_of(seen), "unmet_authentication_requirements");
    for wish in [
        request().with("claims", &claims(false)),
        request().with("acr_values", "urn:mfa urn:other"),
    ] {
        let answer = parameters(&person.open(&wish.url()).await.away());
        let claims = id_token(&world, &answer["code"]).await;
        assert!(claims["acr"].is_string());
    }
}

/// OC-32, OC-33, OC-34, OC-35, OC-37: wishes that are never an error.
#[tokio::test]
async fn oc_33_wishes_about_the_page_are_never_an_error() {
    let world = with_client().await;
    let german = request().with("ui_locales", "tlh de en");
    let page = world.person().open(&german.url()).await.page();
    assert!(page.text.contains("lang=\"de\""), "{}", page.text);
    for (name, value) in [
        ("ui_locales", "xx-YY !!"),
        ("claims_locales", "de"),
        ("display", "page"),
        ("display", "popup"),
        ("display", "touch"),
        ("display", "wap"),
        ("login_hint", CANDIDATE),
        ("login_hint", "nobody@example.com"),
    ] {
        let request = request().with(name, value);
        let page = world.person().open(&request.url()).await.page();
        assert!(page.is("page-login"), "{name}={value}");
        if name == "login_hint" {
            assert_eq!(page.value_of("login-username"), Some(value));
        }
    }
    let answer = world.authorize(&request()).await;
    assert_eq!(id_token(&world, &answer["code"]).await.get("nonce"), None);
}

/// OC-24, OC-32: who is logged in is asked to prove it; who is hinted at is asked for instead.
#[tokio::test]
async fn oc_32_a_hint_comes_before_who_is_logged_in() {
    let world = with_client().await;
    let mut person = world.person();
    person.log_in(&request().url(), CANDIDATE, PASSWORD).await;
    world.clock.advance(Duration::from_secs(1));
    let again = request().with("prompt", "login");
    for (request, name, is_question) in [
        (again.clone(), CANDIDATE, true),
        (again.clone().with("login_hint", CANDIDATE), CANDIDATE, true),
        (again.with("login_hint", RECRUITER), RECRUITER, false),
    ] {
        let page = person.open(&request.url()).await.page();
        assert_eq!(page.value_of("login-username"), Some(name));
        assert_eq!(page.is("login-problem"), is_question, "{name}");
    }
}

/// OC-04: the nonce comes back whole.
#[tokio::test]
async fn oc_04_the_nonce_is_echoed_unchanged() {
    let world = with_client().await;
    for nonce in ["n".repeat(64), "\u{e9}/+ ".repeat(96)] {
        let answer = world.authorize(&request().with("nonce", &nonce)).await;
        assert_eq!(id_token(&world, &answer["code"]).await["nonce"], *nonce);
    }
}

/// OC-01: without `openid`, no ID token.
#[tokio::test]
async fn oc_01_only_openid_gives_an_id_token() {
    let world = with_client().await;
    let code = world.code(&request().with("scope", "jobs:read")).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CB),
        ("code_verifier", super::VERIFIER),
    ];
    let tokens = world.token_as(("web", SECRET), &form).await.json();
    assert_eq!(tokens.get("id_token"), None);
}
