//! The login page and the people who use it (NIST SP 800-63B-4 §3.1.1.2).

use super::{CANDIDATE, Request};
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
