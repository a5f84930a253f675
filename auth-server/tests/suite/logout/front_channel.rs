//! Frames of the clients that took part (Front-Channel Logout 1.0).

use super::{CALLBACK, OUT, client, is_logged_in, logout, world};
use crate::authorize::Request;
use crate::support::ISSUER;

/// LO-30, LO-32: a frame for each client of the session, with `iss` and `sid` where it wants both, with
/// its own query; the policy of the page names their origins and no others; then it goes on.
#[tokio::test]
async fn lo_30_the_page_loads_every_clients_frame_and_then_goes_on() {
    let world = world().await;
    for (id, uri, is_session_required) in [
        ("one", "https://app.example.com/front?a=1&b=%20", true),
        ("two", "https://two.example/front", false),
        ("other", "https://other.example/front", true),
    ] {
        let mut client = client(id);
        client.metadata.frontchannel_logout_uri = Some(uri.to_owned());
        client.metadata.frontchannel_logout_session_required = is_session_required;
        world.add(client).await;
    }
    world.add(client("without")).await;
    let mut person = world.person();
    for id in ["one", "two", "without"] {
        world.log_in_to(&mut person, id).await;
    }
    // Somebody else's session.
    world.log_in_to(&mut world.person(), "other").await;
    let tokens = world.log_in_to(&mut person, "one").await;
    let hint = tokens.member("id_token");
    let sid = tokens.claims_of("id_token")["sid"]
        .as_str()
        .unwrap()
        .to_owned();
    let url = logout(&[
        ("id_token_hint", &hint),
        ("post_logout_redirect_uri", OUT),
        ("state", "s"),
    ]);
    let page = person.open(&url).await.page();
    assert!(page.is("page-logged-out"));
    let iss: String = url::form_urlencoded::byte_serialize(ISSUER.as_bytes()).collect();
    assert_eq!(
        frames(&page.text),
        [
            format!("https://app.example.com/front?a=1&b=%20&iss={iss}&sid={sid}"),
            "https://two.example/front".to_owned(),
        ]
    );
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("frame-src https://app.example.com https://two.example;"),
        "{policy}"
    );
    assert_eq!(
        attribute(&page.text, "id=\"logged-out-continue\"", "href"),
        format!("{OUT}&state=s")
    );
    assert!(!is_logged_in(&mut person, "one").await);
    assert!(person.cookie(super::COOKIE).is_none());
}

/// LO-30: clients that only asked, and got nothing, took no part.
#[tokio::test]
async fn lo_30_a_client_that_never_got_a_code_takes_no_part() {
    let world = world().await;
    world.add(client("one")).await;
    let mut framed = client("framed");
    framed.metadata.frontchannel_logout_uri = Some("https://app.example.com/front".to_owned());
    world.add(framed).await;
    let mut person = world.person();
    world.log_in_to(&mut person, "one").await;
    // The question of consent stays unanswered.
    let asks = Request::of("framed", CALLBACK);
    assert!(person.open(&asks.url()).await.page().is("page-consent"));
    let page = person.open("/logout").await.page();
    let page = person.press(&page, "logout-confirm", &[]).await.page();
    assert!(frames(&page.text).is_empty(), "{}", page.text);
}

/// The URLs of the frames in a page.
fn frames(text: &str) -> Vec<String> {
    let frames = text.match_indices("<iframe");
    frames
        .map(|(at, _)| attribute(&text[at..], "<iframe", "src"))
        .collect()
}

/// An attribute of the first element from `sign` on.
fn attribute(text: &str, sign: &str, name: &str) -> String {
    let (_, rest) = text.split_once(sign).unwrap();
    let (_, rest) = rest.split_once(&format!("{name}=\"")).unwrap();
    let (value, _) = rest.split_once('"').unwrap();
    value.replace("&amp;", "&").replace("&#x2f;", "/")
}
