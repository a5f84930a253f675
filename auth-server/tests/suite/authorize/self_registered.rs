//! Clients that registered themselves are not trusted like those of an administrator (RFC 9700 §4.11.2).

use auth_server::model::Origin;

use super::client::confidential;
use super::{Request, parameters, register};
use crate::support::World;

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
