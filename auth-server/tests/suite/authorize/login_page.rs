//! The login page and the people who use it (NIST SP 800-63B-4 §3.1.1.2).

use super::Request;
use crate::support::World;

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
