//! Where a logout goes on, and where it does not (RP-Initiated Logout 1.0 §2, §3).

use std::time::Duration;

use auth_server::model::Algorithm;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{APP, COOKIE, OUT, client, is_logged_in, logout, world};
use crate::authorize::Request;
use crate::person::{Page, Seen};
use crate::support::ISSUER;

/// LO-01, LO-05, LO-06: with an ID token of the session nobody is asked, and `state` is all that goes
/// along.
#[tokio::test]
async fn lo_01_an_id_token_of_the_session_ends_it_at_once() {
    let world = world().await;
    world.add(client("one")).await;
    let mut person = world.person();
    for state in [None, Some("a b&c=ü")] {
        let tokens = world.log_in_to(&mut person, "one").await;
        let hint = tokens.member("id_token");
        let mut pairs = vec![
            ("id_token_hint", hint.as_str()),
            ("client_id", "one"),
            ("post_logout_redirect_uri", OUT),
            ("logout_hint", "candidate@example.com"),
        ];
        pairs.extend(state.map(|state| ("state", state)));
        let away = person.open(&logout(&pairs)).await.away();
        let expected = match state {
            None => OUT.to_owned(),
            Some(_) => format!("{OUT}&state=a+b%26c%3D%C3%BC"),
        };
        assert_eq!(away.as_str(), expected);
        assert!(person.cookie(COOKIE).is_none());
        assert!(!is_logged_in(&mut person, "one").await);
    }
    let ended = world.audit("session.end").await;
    assert_eq!(ended.len(), 2);
    assert_eq!(ended[0].client_id.as_deref(), Some("one"));
    assert!(ended[0].user_id.is_some() && ended[0].peer.is_some());
}

/// LO-01: the same by POST. A form of another site comes without cookies, so it is opened once more.
#[tokio::test]
async fn lo_01_a_logout_by_post_ends_the_session_too() {
    let world = world().await;
    world.add(client("one")).await;
    let mut person = world.person();
    for is_cross_site in [false, true] {
        let tokens = world.log_in_to(&mut person, "one").await;
        let hint = tokens.member("id_token");
        let form = [
            ("id_token_hint", hint.as_str()),
            ("post_logout_redirect_uri", OUT),
            ("state", "s"),
        ];
        let seen = if is_cross_site {
            let answer = world.post("/oauth2/logout", &form).await;
            assert_eq!(answer.status, 303);
            let again = answer.header("location").to_owned();
            assert!(
                again.starts_with(&format!("{ISSUER}/oauth2/logout?")),
                "{again}"
            );
            person.open(&again).await
        } else {
            person.post("/oauth2/logout", &form).await
        };
        assert_eq!(seen.away().as_str(), format!("{OUT}&state=s"));
        assert!(!is_logged_in(&mut person, "one").await);
    }
}

/// LO-02, LC-05: what we did not sign is no hint, and nothing happens.
#[tokio::test]
async fn lo_02_a_hint_that_is_not_ours_ends_on_a_page() {
    let world = world().await;
    world.add(client("one")).await;
    let mut person = world.person();
    let tokens = world.log_in_to(&mut person, "one").await;
    let good = tokens.member("id_token");
    let (head, signature) = good.rsplit_once('.').unwrap();
    let (_, payload) = head.split_once('.').unwrap();
    let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    for hint in [
        "x".to_owned(),
        format!("{none}.{payload}."),
        format!("{none}.{payload}.{signature}"),
        format!("{head}.{flipped}{}", &signature[1..]),
        tokens.member("access_token"),
    ] {
        let url = logout(&[
            ("id_token_hint", &hint),
            ("client_id", "one"),
            ("post_logout_redirect_uri", OUT),
        ]);
        is_refused(&person.open(&url).await.page(), "not valid");
        assert!(is_logged_in(&mut person, "one").await);
    }
}

/// LO-02: an ID token that has expired is good for the session it is of, and for one that has just
/// ended; one of long ago only names its client.
#[tokio::test]
async fn lo_02_an_expired_hint_is_good_while_its_session_is_known() {
    let world = world().await;
    world.add(client("one")).await;
    let mut person = world.person();
    let tokens = world.log_in_to(&mut person, "one").await;
    let hint = tokens.member("id_token");
    let url = logout(&[("id_token_hint", &hint), ("post_logout_redirect_uri", OUT)]);
    world.clock.advance(Duration::from_hours(1));
    assert_eq!(person.open(&url).await.away().as_str(), OUT);
    assert!(!is_logged_in(&mut person, "one").await);
    // A second tab.
    assert_eq!(person.open(&url).await.away().as_str(), OUT);
    // Its session is forgotten.
    world.clock.advance(Duration::from_hours(24 * 30));
    auth_server::lifecycle::prune(&world.state).await.unwrap();
    assert!(person.open(&url).await.page().is("page-logged-out"));
    world.log_in_to(&mut person, "one").await;
    let page = person.open(&url).await.page();
    assert!(page.is("page-logout"));
    let end = person.press(&page, "logout-confirm", &[]).await.away();
    assert_eq!(end.as_str(), OUT);
}

/// LO-02, LO-04: a session outlives the key of its first ID token. Such a one proves nothing any more,
/// but the user can still leave.
#[tokio::test]
async fn lo_02_a_hint_of_a_key_that_is_gone_is_a_question() {
    let world = world().await;
    world.add(client("one")).await;
    let mut person = world.person();
    let hint = world.log_in_to(&mut person, "one").await.member("id_token");
    let kid = crate::support::part(&hint, 0)["kid"]
        .as_str()
        .unwrap()
        .to_owned();
    let done = world.command(&["keys", "revoke", "--emergency", &kid], "");
    assert!(done.status.success(), "{done:?}");
    let now = world.state.clock.now();
    world.state.keys.reload(now).await.unwrap();
    for who in [&[][..], &[("client_id", "one")]] {
        let hinted = [
            ("id_token_hint", hint.as_str()),
            ("post_logout_redirect_uri", OUT),
        ];
        let page = person.open(&logout(&[&hinted, who].concat())).await.page();
        assert!(page.is("page-logout"), "{}", page.text);
        assert!(is_logged_in(&mut person, "one").await);
        let end = person.press(&page, "logout-confirm", &[]).await;
        match who {
            [] => assert!(end.page().is("page-logged-out")),
            _ => assert_eq!(end.away().as_str(), OUT),
        }
        assert!(!is_logged_in(&mut person, "one").await);
        world.log_in_to(&mut person, "one").await;
    }
}

/// LO-02: whatever the client's ID tokens are signed with.
#[tokio::test]
async fn lo_02_a_hint_may_be_signed_with_any_algorithm_of_ours() {
    let world = world().await;
    world.add_key("ES256").await;
    let mut other = client("one");
    other.metadata.id_token_alg = Some(Algorithm::ES256);
    world.add(other).await;
    let mut person = world.person();
    let hint = world.log_in_to(&mut person, "one").await.member("id_token");
    let url = logout(&[("id_token_hint", &hint), ("post_logout_redirect_uri", OUT)]);
    assert_eq!(person.open(&url).await.away().as_str(), OUT);
}

/// LO-03
#[tokio::test]
async fn lo_03_a_client_that_is_not_the_hints_ends_on_a_page() {
    let world = world().await;
    world.add(client("one")).await;
    world.add(client("two")).await;
    let mut person = world.person();
    let hint = world.log_in_to(&mut person, "one").await.member("id_token");
    for (other, text) in [("two", "contradicts"), ("nobody", "contradicts")] {
        let url = logout(&[("id_token_hint", &hint), ("client_id", other)]);
        is_refused(&person.open(&url).await.page(), text);
    }
    let url = logout(&[("client_id", "nobody")]);
    is_refused(&person.open(&url).await.page(), "not known here");
    let url = format!("{}&client_id=one", logout(&[("client_id", "one")]));
    is_refused(&person.open(&url).await.page(), "twice");
    assert!(is_logged_in(&mut person, "one").await);
}

/// LO-05, LC-05, LC-06: nobody is sent to what is not registered, however similar it looks.
#[tokio::test]
async fn lo_05_only_exactly_registered_uris_are_gone_to() {
    let world = world().await;
    world.add(client("one")).await;
    let mut person = world.person();
    let hint = world.log_in_to(&mut person, "one").await.member("id_token");
    for uri in [
        "https://evil.example/",
        "https://app.example.com/out",
        "https://app.example.com/out?from=here&more=1",
        "https://app.example.com/out?from=here#x",
        "https://app.example.com/plain/",
        "https://app.example.com/plain?",
        "HTTPS://app.example.com/plain",
        "https://app.example.com/x/../plain",
        "https://app.example.com/cb",
        "//app.example.com/plain",
        "//evil.example",
        "/\\evil.example",
        "https:evil.example",
        "%2f%2fevil.example",
        "javascript:alert(1)",
    ] {
        for vouched in [("id_token_hint", hint.as_str()), ("client_id", "one")] {
            let url = logout(&[vouched, ("post_logout_redirect_uri", uri)]);
            let page = person.open(&url).await.page();
            is_refused(&page, "not registered");
            assert!(!page.text.contains("evil"), "{uri}");
        }
    }
    assert!(is_logged_in(&mut person, "one").await);
    // Without a client nobody vouches for it: it is as if it were not there.
    let url = logout(&[("post_logout_redirect_uri", OUT), ("state", "s")]);
    let page = person.open(&url).await.page();
    assert!(page.is("page-logout") && !page.text.contains(APP));
    let page = person.press(&page, "logout-confirm", &[]).await.page();
    assert!(page.is("page-logged-out") && !page.text.contains(APP));
}

/// LO-05: a client that only says who it is gets the browser back when the user has confirmed; when
/// nobody is logged in, there is nobody to confirm.
#[tokio::test]
async fn lo_05_a_client_without_a_hint_gets_the_browser_back_after_the_confirmation() {
    let world = world().await;
    world.add(client("one")).await;
    let mut person = world.person();
    world.log_in_to(&mut person, "one").await;
    let url = logout(&[
        ("client_id", "one"),
        ("post_logout_redirect_uri", OUT),
        ("state", "s"),
    ]);
    let page = person.open(&url).await.page();
    assert!(page.is("page-logout") && page.text.contains("Test client one"));
    assert!(is_logged_in(&mut person, "one").await, "not yet");
    let end = person.press(&page, "logout-confirm", &[]).await.away();
    assert_eq!(end.as_str(), format!("{OUT}&state=s"));
    assert!(!is_logged_in(&mut person, "one").await);
    assert!(person.open(&url).await.page().is("page-logged-out"));
}

/// LO-04: an ID token of another session, or a hint at another user, does not log this one out.
#[tokio::test]
async fn lo_04_a_hint_of_another_session_is_a_question() {
    let world = world().await;
    world.add(client("one")).await;
    let (mut one, mut two) = (world.person(), world.person());
    let of_one = world.log_in_to(&mut one, "one").await.member("id_token");
    let of_two = world.log_in_to(&mut two, "one").await.member("id_token");
    for pairs in [
        vec![("id_token_hint", of_one.as_str())],
        vec![
            ("id_token_hint", of_two.as_str()),
            ("logout_hint", "recruiter@example.com"),
        ],
    ] {
        let page = two.open(&logout(&pairs)).await.page();
        assert!(page.is("page-logout"));
        assert!(is_logged_in(&mut two, "one").await);
    }
    let page = two.open(&logout(&[("id_token_hint", &of_two)])).await;
    assert!(page.page().is("page-logged-out"));
    assert!(is_logged_in(&mut one, "one").await);
}

/// LC-07: nothing that the caller says of the server shows in where it sends the browser.
#[tokio::test]
async fn lc_07_a_spoofed_host_changes_nothing() {
    let world = world().await;
    for (name, value) in [
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("forwarded", "host=evil.example;proto=a"),
    ] {
        let answer = world
            .request("POST", "/oauth2/logout")
            .header(name, value)
            .form(&[("state", "x")])
            .send()
            .await
            .unwrap();
        let location = answer.headers()["location"].to_str().unwrap();
        assert_eq!(
            location,
            format!("{ISSUER}/oauth2/logout?state=x"),
            "{name}"
        );
    }
}

/// LO-10, OC-73, RT-11: refresh tokens of the session end with it, but not offline ones.
#[tokio::test]
async fn lo_10_tokens_of_the_session_end_with_it_and_offline_ones_do_not() {
    let world = world().await;
    world.add(client("one")).await;
    let mut person = world.person();
    let offline = Request::of("one", super::CALLBACK)
        .with("scope", "openid jobs:read offline_access")
        .with("prompt", "consent");
    let kept = world.log_in_with(&mut person, offline).await;
    let ended = world.log_in_to(&mut person, "one").await;
    let before = world.log_in_to(&mut person, "one").await;
    world.refresh_of("one", &before).await.is_ok();
    let hint = ended.member("id_token");
    let seen = person.open(&logout(&[("id_token_hint", &hint)])).await;
    assert!(matches!(&seen, Seen::Page(page) if page.is("page-logged-out")));
    world
        .refresh_of("one", &ended)
        .await
        .is_error(400, "invalid_grant");
    world.refresh_of("one", &kept).await.is_ok();
}

/// CT-04: each case in words of its own.
#[track_caller]
fn is_refused(page: &Page, text: &str) {
    assert_eq!(page.status, 400, "{}", page.text);
    assert!(page.is("page-error") && page.is("error-code"));
    let shown = page.text.to_lowercase();
    assert!(shown.contains(text), "{text} in\n{}", page.text);
}
