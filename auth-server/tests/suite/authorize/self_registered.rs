//! Clients that registered themselves are not trusted like those of an administrator (RFC 9700 §4.11.2).

use auth_server::model::Origin;

use super::client::confidential;
use super::{CANDIDATE, Request, parameters, register};
use crate::support::{PASSWORD, World};

const CB: &str = "https://app.example.com/cb";

/// AZ-18, BCP-44, BCP-45: a link cannot use us to send a browser on to whoever registered.
#[tokio::test]
async fn az_18_an_error_goes_to_a_client_that_registered_itself_only_by_the_users_own_step() {
    let world = World::start().await;
    for (id, origin) in [
        ("known", Origin::Administrator),
        ("stranger", Origin::Registration),
    ] {
        let mut client = confidential(id);
        client.metadata.origin = origin;
        register(&world, client).await;
    }
    let silent = |id: &str| Request::of(id, CB).with("prompt", "none").url();

    let to_known = world.person().open(&silent("known")).await.away();
    assert_eq!(parameters(&to_known)["error"], "login_required");

    let page = world.person().open(&silent("stranger")).await.page();
    assert_eq!(page.status, 400);
    assert!(
        page.is("page-error") && page.is("error-continue"),
        "{}",
        page.text
    );
    let onward = url::Url::parse(page.target_of("error-continue").unwrap()).unwrap();
    assert_eq!(parameters(&onward), parameters(&to_known));

    // Before the login nothing else happens either: the login page, and no redirect with a result.
    let page = world
        .person()
        .open(&Request::of("stranger", CB).url())
        .await
        .page();
    assert!(page.is("page-login"), "{}", page.text);
}

/// AZ-18, RM-05: the step is a form where the client wants the answer by one, and nothing is sent without
/// the button; who has denied reads nothing of a mistake.
#[tokio::test]
async fn rm_05_the_users_own_step_keeps_the_response_mode() {
    let world = World::start().await;
    let mut client = confidential("stranger");
    client.metadata.origin = Origin::Registration;
    register(&world, client).await;
    let request = Request::of("stranger", CB).with("response_mode", "form_post");
    let mut person = world.person();
    let login = person.open(&request.url()).await.page();
    let fields = [("login-username", CANDIDATE), ("login-password", PASSWORD)];
    let consent = person.press(&login, "login-submit", &fields).await.page();
    let page = person.press(&consent, "consent-deny", &[]).await.page();
    assert_eq!(page.status, 400);
    assert!(page.text.contains("Go back to the application?"));
    assert_eq!(page.value_of_name("error"), Some("access_denied"));
    assert_eq!(page.value_of_name("state"), Some("s-1"));
    assert!(page.value_of_name("iss").is_some());
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("form-action https://app.example.com;"),
        "{policy}"
    );
    assert!(!page.text.contains("data-submit"), "{}", page.text);
    let sent = person.press(&page, "error-continue", &[]).await.away();
    assert_eq!(sent.as_str(), CB);
}
