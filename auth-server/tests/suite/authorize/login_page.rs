//! The login page and the people who use it (NIST SP 800-63B-4 §3.1.1.2).

use super::{CANDIDATE, Request};
use crate::person::{Page, Person};
use crate::support::{PASSWORD, World};

/// NP-14: password managers find the fields, nothing forbids to paste, and the password can be shown.
#[tokio::test]
async fn np_14_password_managers_recognise_the_fields_and_the_password_can_be_shown() {
    let world = World::start().await;
    let page = world.person().open(&Request::new().url()).await.page();
    for (field, purpose) in [
        ("login-username", "username"),
        ("login-password", "current-password"),
    ] {
        assert_eq!(
            page.attribute(field, "autocomplete"),
            Some(purpose),
            "{field}"
        );
        for bar in ["onpaste", "oncopy", "maxlength", "readonly"] {
            assert_eq!(page.attribute(field, bar), None, "{field}");
        }
    }
    assert_eq!(
        page.attribute("login-reveal", "aria-controls"),
        Some("login-password")
    );
}

const ONE_TIME: &str = "a word for the first day";
const CHOSEN: &str = "seven quiet herons at dawn";

/// Logs in with a password that has to be changed, as far as the page that says so.
async fn due(world: &World, password: &str) -> (Person, Page) {
    let mut person = world.person();
    let page = person.open(&Request::new().url()).await.page();
    assert_eq!(page.attribute("login-new-password", "name"), None);
    let first = [("login-username", CANDIDATE), ("login-password", password)];
    let page = person.press(&page, "login-submit", &first).await.page();
    assert_eq!(page.status, 200);
    assert!(page.text.contains("has to be changed"), "{}", page.text);
    let field = page.attribute("login-new-password", "autocomplete");
    assert_eq!(field, Some("new-password"));
    (person, page)
}

/// The form of that page with its three fields.
fn filled<'a>(old: &'a str, new: &'a str) -> [(&'static str, &'a str); 3] {
    [
        ("login-username", CANDIDATE),
        ("login-password", old),
        ("login-new-password", new),
    ]
}

/// NP-18, NP-11, PW-09: a password of an administrator opens nothing but the choice of another.
#[tokio::test]
async fn np_18_a_one_time_password_is_good_for_choosing_another() {
    let world = World::start().await;
    let set = [
        "user",
        "set-password",
        CANDIDATE,
        "--one-time",
        "--password-stdin",
    ];
    assert!(world.command(&set, ONE_TIME).status.success());
    let direct = world.log_in(CANDIDATE, ONE_TIME).await;
    direct.is_error(400, "invalid_grant");

    let (mut person, page) = due(&world, ONE_TIME).await;
    for (new, words) in [
        ("short", "A sentence of a few words"),
        (ONE_TIME, "is the old one"),
        ("candidate@example.com", "made of your name"),
    ] {
        let next = person
            .press(&page, "login-submit", &filled(ONE_TIME, new))
            .await;
        let next = next.page();
        assert_eq!(next.status, 422, "{new}");
        assert!(next.text.contains(words), "{new}: {}", next.text);
        assert!(!next.text.contains(ONE_TIME), "no password comes back");
    }
    let wrong = person
        .press(&page, "login-submit", &filled("wrong", CHOSEN))
        .await;
    assert!(wrong.page().text.contains("is not right"));
    let done = person
        .press(&page, "login-submit", &filled(ONE_TIME, CHOSEN))
        .await;
    assert!(
        done.page().is("page-consent"),
        "logged in, and asked what is next"
    );

    let old = world.log_in(CANDIDATE, ONE_TIME).await;
    old.is_error(400, "invalid_grant");
    world.log_in(CANDIDATE, CHOSEN).await.is_ok();
    assert_eq!(world.audit("user.password").await.len(), 2);
}

/// NP-18: two browsers hold the same one-time password; the second finds it used up.
#[tokio::test]
async fn np_18_a_one_time_password_is_used_up_once() {
    let world = World::start().await;
    let set = [
        "user",
        "set-password",
        CANDIDATE,
        "--one-time",
        "--password-stdin",
    ];
    assert!(world.command(&set, ONE_TIME).status.success());
    let mut pages = [due(&world, ONE_TIME).await, due(&world, ONE_TIME).await];
    let mut ends = Vec::new();
    for ((person, page), new) in pages.iter_mut().zip([CHOSEN, "nine loud herons at dusk"]) {
        let seen = person
            .press(page, "login-submit", &filled(ONE_TIME, new))
            .await;
        ends.push(seen.page().is("page-consent"));
    }
    assert_eq!(ends, [true, false]);
    world.log_in(CANDIDATE, CHOSEN).await.is_ok();
}

/// NP-08: on suspicion an administrator demands a change; every session ends, and the old password is
/// good for the change only.
#[tokio::test]
async fn np_08_a_password_can_be_called_in() {
    let world = World::start().await;
    let tokens = world.log_in(CANDIDATE, PASSWORD).await;
    let expire = ["user", "expire-password", CANDIDATE];
    assert!(world.command(&expire, "").status.success());
    let token = tokens.member("refresh_token");
    let refresh = [
        ("grant_type", "refresh_token"),
        ("client_id", "ats-web"),
        ("refresh_token", token.as_str()),
    ];
    world.token(&refresh).await.is_error(400, "invalid_grant");
    let direct = world.log_in(CANDIDATE, PASSWORD).await;
    direct.is_error(400, "invalid_grant");
    assert!(
        direct
            .member("error_description")
            .contains("nteractive login")
    );
    let (mut person, page) = due(&world, PASSWORD).await;
    let done = person
        .press(&page, "login-submit", &filled(PASSWORD, CHOSEN))
        .await;
    assert!(
        done.page().is("page-consent"),
        "logged in, and asked what is next"
    );
    world.log_in(CANDIDATE, CHOSEN).await.is_ok();
}

/// AZ-23: a program that sends the form back to the URL of its page logs in like a browser, which sends it to
/// the URL of the form.
#[tokio::test]
async fn az_23_the_form_may_be_sent_to_where_its_page_was() {
    let world = World::start().await;
    let mut person = world.person();
    let page = person.open(&Request::new().url()).await.page();
    let form = [
        ("request", page.value_of_name("request").unwrap()),
        ("csrf", page.value_of_name("csrf").unwrap()),
        ("username", CANDIDATE),
        ("password", PASSWORD),
    ];
    let next = person.post(page.url.as_str(), &form).await.page();
    assert!(next.is("page-consent"), "{}", next.text);
}

/// Contract §2.3, AZ-24: who types the address of the page logs in to the account, and nowhere else.
#[tokio::test]
async fn az_24_the_page_by_itself_is_a_login_to_the_account() {
    let world = World::start().await;
    let mut person = world.person();
    let page = person.open("/login").await.page();
    assert!(page.is("page-login"), "{}", page.text);
    let fields = [("login-username", CANDIDATE), ("login-password", PASSWORD)];
    let account = person.press(&page, "login-submit", &fields).await.page();
    assert!(account.is("page-applications"), "{}", account.text);
    let again = person.open("/login").await.page();
    assert!(again.is("page-applications"), "already logged in");
}
