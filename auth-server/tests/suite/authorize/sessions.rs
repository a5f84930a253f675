//! The browser's session, and that nobody decides for somebody else.

use std::time::Duration;

use super::{CANDIDATE, RECRUITER, Request, parameters};
use crate::person::{Page, Person};
use crate::support::{PASSWORD, World};

const SESSION: &str = "chancery-session";

async fn at_login(person: &mut Person) -> Page {
    person.open(&Request::new().url()).await.page()
}

async fn log_in(person: &mut Person, page: &Page) -> Page {
    let fields = [("login-username", CANDIDATE), ("login-password", PASSWORD)];
    person.press(page, "login-submit", &fields).await.page()
}

/// AZ-22, LC-03, LC-04: attributes, and a new handle at each login; the old one is dead.
#[tokio::test]
async fn az_22_each_login_has_a_new_handle_and_the_old_one_is_dead() {
    let world = World::start().await;
    let mut person = world.person();
    let page = at_login(&mut person).await;
    assert!(person.cookie(SESSION).is_none());
    let mut handles = Vec::new();
    log_in(&mut person, &page).await;
    handles.push(person.cookie(SESSION).unwrap().to_owned());
    world.clock.advance(Duration::from_secs(1));
    let again = Request::new().with("prompt", "login");
    let page = person.open(&again.url()).await.page();
    log_in(&mut person, &page).await;
    handles.push(person.cookie(SESSION).unwrap().to_owned());
    assert_ne!(handles[0], handles[1]);
    let silent = Request::new().with("prompt", "none");
    for (handle, expected) in handles.iter().zip(["login_required", "consent_required"]) {
        let answer = world
            .request("GET", &silent.url())
            .header("cookie", format!("{SESSION}={handle}"))
            .send()
            .await
            .unwrap();
        let location = answer.headers()["location"].to_str().unwrap().to_owned();
        assert!(location.contains(expected), "{location}");
    }
}

/// LC-03: a handle that somebody else chose is never taken over.
#[tokio::test]
async fn lc_03_a_chosen_session_is_replaced_at_login() {
    let world = World::start().await;
    let mut person = world.person();
    let page = at_login(&mut person).await;
    person.set_cookie(SESSION, "chosen-by-somebody-else");
    log_in(&mut person, &page).await;
    assert_ne!(person.cookie(SESSION), Some("chosen-by-somebody-else"));
}

/// AZ-22: idle and absolute limits.
#[tokio::test]
async fn az_22_a_session_ends_idle_and_ends_for_good() {
    let world = World::with(|inputs| {
        inputs
            .with("session.idle_ttl", "1h")
            .with("session.ttl", "3h")
    })
    .await;
    let mut person = world.person();
    person
        .log_in(&Request::new().url(), CANDIDATE, PASSWORD)
        .await;
    let silent = Request::new().with("prompt", "none").url();
    for _ in 0..3 {
        world.clock.advance(Duration::from_mins(50));
        let answer = parameters(&person.open(&silent).await.away());
        assert!(answer.contains_key("code"), "{answer:?}");
    }
    world.clock.advance(Duration::from_mins(50));
    let answer = parameters(&person.open(&silent).await.away());
    assert_eq!(answer["error"], "login_required", "three hours have passed");
    person
        .log_in(&Request::new().url(), CANDIDATE, PASSWORD)
        .await;
    world.clock.advance(Duration::from_mins(61));
    let answer = parameters(&person.open(&silent).await.away());
    assert_eq!(answer["error"], "login_required", "idle for an hour");
}

/// AZ-23: two tabs at once both end well, and a decision is made once.
#[tokio::test]
async fn az_23_two_tabs_both_finish_and_a_decision_is_not_replayed() {
    let world = World::start().await;
    let mut person = world.person();
    let one = at_login(&mut person).await;
    let two = at_login(&mut person).await;
    let consent_one = log_in(&mut person, &one).await;
    let consent_two = log_in(&mut person, &two).await;
    let first = person
        .press(&consent_one, "consent-allow", &[])
        .await
        .away();
    let second = person
        .press(&consent_two, "consent-allow", &[])
        .await
        .away();
    assert_ne!(parameters(&first)["code"], parameters(&second)["code"]);
    // The back button, and the button again.
    for button in ["consent-allow", "consent-deny"] {
        let page = person.press(&consent_one, button, &[]).await.page();
        assert_eq!(page.status, 400);
        assert!(page.is("page-error"));
    }
    let page = log_in(&mut person, &one).await;
    assert!(page.is("page-error"), "the login page again");
}

/// AZ-01, AZ-23, OC-22: a form that the client's own page sends comes without our cookies (`SameSite=Lax`). It is
/// as good as a link: the session counts, and the tab that waits at our page goes on.
#[tokio::test]
async fn az_01_a_form_of_another_site_is_as_good_as_a_link() {
    let world = World::start().await;
    let mut person = world.person();
    let page = at_login(&mut person).await;
    let by_form = async |request: &Request| {
        let answer = world
            .request("POST", "/oauth2/authorize")
            .header("origin", "http://127.0.0.1:3000")
            .form(&request.pairs())
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 303);
        assert_eq!(answer.headers().get("set-cookie"), None);
        answer.headers()["location"].to_str().unwrap().to_owned()
    };
    let url = by_form(&Request::new().with("state", "a b+&\u{e9}")).await;
    assert!(
        url.starts_with("http://localhost:8080/oauth2/authorize?"),
        "{url}"
    );
    assert!(person.open(&url).await.page().is("page-login"));
    let consent = log_in(&mut person, &page).await;
    person.press(&consent, "consent-allow", &[]).await.away();
    let silent = Request::new()
        .with("prompt", "none")
        .with("state", "a b+&\u{e9}");
    let url = by_form(&silent).await;
    let answer = parameters(&person.open(&url).await.away());
    assert_eq!(answer["state"], "a b+&\u{e9}");
    assert!(
        answer.contains_key("code"),
        "and no login_required: {answer:?}"
    );
}

/// AZ-23: a browser is marked when something of it waits; an answer replaces no mark.
#[tokio::test]
async fn az_23_an_answer_to_the_client_and_an_error_set_no_cookie() {
    let world = World::start().await;
    for request in [
        Request::new().with("prompt", "none"),
        Request::new().with("response_type", "token"),
        Request::new().with("client_id", "nobody"),
    ] {
        let answer = world.get(&request.url()).await;
        assert!(
            !answer.headers.contains_key("set-cookie"),
            "{}",
            request.url()
        );
    }
    assert!(
        world
            .get(&Request::new().url())
            .await
            .headers
            .contains_key("set-cookie")
    );
}

/// AZ-19, LC-01: without the token, with another browser's, from another site: nothing happens.
#[tokio::test]
async fn az_19_forms_that_no_page_of_ours_in_this_browser_sent_do_nothing() {
    let world = World::start().await;
    let mut victim = world.person();
    let page = at_login(&mut victim).await;
    let request = page.value_of_name("request").unwrap().to_owned();
    let token = page.value_of_name("csrf").unwrap().to_owned();
    let mut attacker = world.person();
    let foreign = at_login(&mut attacker).await;
    let foreign_token = foreign.value_of_name("csrf").unwrap().to_owned();
    let form = |csrf: &str| {
        vec![
            ("request".to_owned(), request.clone()),
            ("csrf".to_owned(), csrf.to_owned()),
            ("username".to_owned(), CANDIDATE.to_owned()),
            ("password".to_owned(), PASSWORD.to_owned()),
            ("decision".to_owned(), "login".to_owned()),
        ]
    };
    for token in ["", "x", &foreign_token] {
        let form = form(token);
        let form: Vec<(&str, &str)> = form.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let answer = victim.post("/login", &form).await.page();
        assert_eq!(answer.status, 403, "{token}");
        assert!(victim.cookie(SESSION).is_none());
    }
    // The attacker knows the victim's whole form, but not the cookie.
    let form = form(&token);
    let form: Vec<(&str, &str)> = form.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(attacker.post("/login", &form).await.page().status, 403);
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
    ] {
        let answer = world
            .request("POST", "/login")
            .header("cookie", victim.cookies())
            .header(name, value)
            .form(&form)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 403, "{name}");
    }
    let consent = log_in(&mut victim, &page).await;
    let request = consent.value_of_name("request").unwrap();
    let forged = [("request", request), ("csrf", "x"), ("decision", "allow")];
    assert_eq!(victim.post("/consent", &forged).await.page().status, 403);
}

/// LC-08: no step is skipped, and an empty form decides nothing.
#[tokio::test]
async fn lc_08_steps_cannot_be_skipped() {
    let world = World::start().await;
    let mut person = world.person();
    let login = at_login(&mut person).await;
    let request = login.value_of_name("request").unwrap().to_owned();
    let csrf = login.value_of_name("csrf").unwrap().to_owned();
    let early = [
        ("request", request.as_str()),
        ("csrf", csrf.as_str()),
        ("decision", "allow"),
    ];
    let page = person.post("/consent", &early).await.page();
    assert!(page.is("page-login"), "consent before login");
    let empty = [("request", request.as_str()), ("csrf", csrf.as_str())];
    assert!(person.post("/login", &empty).await.page().is("page-login"));
    let consent = log_in(&mut person, &login).await;
    let csrf = consent.value_of_name("csrf").unwrap();
    let empty = [("request", request.as_str()), ("csrf", csrf)];
    let page = person.post("/consent", &empty).await.page();
    assert!(page.is("page-consent"), "nothing was decided");
    for path in ["/login", "/consent"] {
        assert_eq!(person.post(path, &[]).await.page().status, 403);
    }
    assert_eq!(person.open("/consent").await.page().status, 400);
}

/// AZ-19, OC-41: a consent page names a user; when somebody else has logged in since, in another tab, its
/// button decides nothing for them.
#[tokio::test]
async fn az_19_a_consent_is_given_by_the_user_whom_the_page_names() {
    let world = World::start().await;
    let mut person = world.person();
    let page = at_login(&mut person).await;
    let consent = log_in(&mut person, &page).await;
    world.clock.advance(Duration::from_secs(1));
    let other = Request::new().with("prompt", "select_account");
    person.log_in(&other.url(), RECRUITER, PASSWORD).await;
    let page = person.press(&consent, "consent-allow", &[]).await.page();
    assert_eq!(page.status, 403, "{}", page.text);
}

/// CR-01: the page says the same for every kind of wrong credentials, and slows down as the grant does.
#[tokio::test]
async fn cr_01_the_login_page_does_not_tell_who_exists() {
    let world = World::start().await;
    let mut person = world.person();
    let page = at_login(&mut person).await;
    let mut texts = Vec::new();
    for name in [CANDIDATE, "nobody@example.com"] {
        let fields = [
            ("login-username", name),
            ("login-password", "wrong password"),
        ];
        let page = person.press(&page, "login-submit", &fields).await.page();
        assert_eq!(page.status, 422);
        texts.push(page.text.replace(name, "NAME"));
    }
    assert_eq!(texts[0], texts[1]);
    let mut last = None;
    for _ in 0..6 {
        let fields = [("login-username", CANDIDATE), ("login-password", "wrong")];
        last = Some(person.press(&page, "login-submit", &fields).await.page());
    }
    let last = last.unwrap();
    assert_eq!(last.status, 429);
    assert!(last.headers.contains_key("retry-after"));
}

/// OC-41: somebody else logs in in the same browser: the answers are theirs from then on.
#[tokio::test]
async fn oc_41_the_answer_is_for_the_session_of_this_browser() {
    let world = World::start().await;
    let mut person = world.person();
    let first = person
        .log_in(&Request::new().url(), CANDIDATE, PASSWORD)
        .await;
    let first = world.redeem(&parameters(&first)["code"]).await;
    world.clock.advance(Duration::from_secs(1));
    let other = Request::new().with("prompt", "select_account");
    let second = person.log_in(&other.url(), RECRUITER, PASSWORD).await;
    let second = world.redeem(&parameters(&second)["code"]).await;
    assert_ne!(
        first.claims_of("id_token")["sub"],
        second.claims_of("id_token")["sub"]
    );
    assert_ne!(
        first.claims_of("id_token")["sid"],
        second.claims_of("id_token")["sid"]
    );
    // The first session ended, and its refresh token with it.
    let refresh = first.json()["refresh_token"].as_str().unwrap().to_owned();
    world
        .token(&[
            ("grant_type", "refresh_token"),
            ("client_id", "ats-web"),
            ("refresh_token", &refresh),
        ])
        .await
        .is_error(400, "invalid_grant");
}
