//! The pages of a logout: the question, the confirmation, the end (RP-Initiated Logout 1.0 §2).

use super::{COOKIE, OUT, client, is_logged_in, logout, world};
use crate::support::{ISSUER, World};

/// LO-04, LO-08, LC-05: no parameters, only `state`, no redirect URI: the user is asked, and then told.
#[tokio::test]
async fn lo_08_without_a_redirect_uri_the_user_is_asked_and_told() {
    let world = world().await;
    world.add(client("one")).await;
    let mut person = world.person();
    for url in [
        logout(&[]),
        logout(&[("state", "s")]),
        logout(&[("client_id", "one")]),
        "/logout".to_owned(),
    ] {
        world.log_in_to(&mut person, "one").await;
        let page = person.open(&url).await.page();
        assert_eq!(page.status, 200);
        assert!(page.is("page-logout"), "{url}");
        assert!(page.text.contains("candidate@example.com"));
        assert!(is_logged_in(&mut person, "one").await, "only asked");
        let page = person.press(&page, "logout-confirm", &[]).await.page();
        assert_eq!(page.status, 200);
        assert!(page.is("page-logged-out"), "{url}");
        assert_eq!(page.headers["cache-control"], "no-cache, no-store");
        assert!(!is_logged_in(&mut person, "one").await);
        // Once more: nobody is left to be asked.
        assert!(person.open(&url).await.page().is("page-logged-out"));
    }
}

/// LO-10, LC-04: the cookie is taken away with the attributes it was given with, and the old handle is
/// dead.
#[tokio::test]
async fn lo_10_the_cookie_is_cleared_and_its_handle_is_dead() {
    let world = world().await;
    world.add(client("one")).await;
    let mut person = world.person();
    world.log_in_to(&mut person, "one").await;
    let handle = person.cookie(COOKIE).unwrap().to_owned();
    let page = person.open("/logout").await.page();
    let page = person.press(&page, "logout-confirm", &[]).await.page();
    let cookies = page.headers.get_all("set-cookie");
    let cleared = cookies.iter().map(|cookie| cookie.to_str().unwrap());
    let cleared: Vec<&str> = cleared.filter(|text| text.starts_with(COOKIE)).collect();
    assert_eq!(
        cleared,
        ["chancery-session=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0"]
    );
    person.set_cookie(COOKIE, &handle);
    assert!(!is_logged_in(&mut person, "one").await);
    assert!(person.open("/logout").await.page().is("page-logged-out"));
}

/// LO-04, LC-01, LC-05, LC-08: only the form of our own page in this browser logs anybody out, and only
/// when its button was pressed.
#[tokio::test]
async fn lo_04_a_forged_or_empty_confirmation_logs_nobody_out() {
    let world = world().await;
    world.add(client("one")).await;
    let (mut person, mut attacker) = (world.person(), world.person());
    world.log_in_to(&mut person, "one").await;
    world.log_in_to(&mut attacker, "one").await;
    let page = person.open("/logout").await.page();
    let token = page.value_of_name("csrf").unwrap().to_owned();
    let foreign = attacker.open("/logout").await.page();
    let foreign = foreign.value_of_name("csrf").unwrap().to_owned();
    for token in ["", "x", foreign.as_str()] {
        let form = [("csrf", token), ("decision", "logout")];
        assert_eq!(person.post("/logout", &form).await.page().status, 403);
    }
    assert_eq!(person.post("/logout", &[]).await.page().status, 403);
    let form = [("csrf", token.as_str()), ("decision", "logout")];
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
    ] {
        let answer = world
            .request("POST", "/logout")
            .header("cookie", person.cookies())
            .header(name, value)
            .form(&form)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 403, "{name}");
    }
    for decision in [vec![], vec![("decision", "stay")]] {
        let mut form = vec![("csrf", token.as_str())];
        form.extend(decision);
        assert!(person.post("/logout", &form).await.page().is("page-logout"));
    }
    // What the page did not offer is not obeyed either.
    let form = [
        ("csrf", token.as_str()),
        ("decision", "logout"),
        ("client_id", "one"),
        ("post_logout_redirect_uri", "https://evil.example/"),
    ];
    let page = person.post("/logout", &form).await.page();
    assert!(page.is("page-error") && !page.text.contains("evil"));
    assert!(is_logged_in(&mut person, "one").await);
    assert!(world.audit("session.end").await.is_empty());
}

/// LO-01, UI: every page in the language that is asked for, the confirmation's answer too.
#[tokio::test]
async fn lo_01_the_pages_speak_the_language_of_ui_locales() {
    let world = world().await;
    world.add(client("one")).await;
    let mut person = world.person();
    let tokens = world.log_in_to(&mut person, "one").await;
    let german = |pairs: &[(&str, &str)]| {
        let mut all = pairs.to_vec();
        all.push(("ui_locales", "fr de"));
        logout(&all)
    };
    let page = person
        .open(&german(&[("client_id", "nobody")]))
        .await
        .page();
    assert!(page.text.contains("lang=\"de\""), "{}", page.text);
    let page = person.open("/logout?ui_locales=de").await.page();
    assert!(page.text.contains("lang=\"de\""), "{}", page.text);
    let hint = tokens.member("id_token");
    let page = person.open(&german(&[])).await.page();
    assert!(page.is("page-logout") && page.text.contains("lang=\"de\""));
    let page = person.press(&page, "logout-confirm", &[]).await.page();
    assert!(page.is("page-logged-out") && page.text.contains("lang=\"de\""));
    let page = person
        .open(&german(&[("id_token_hint", &hint)]))
        .await
        .page();
    assert!(page.is("page-logged-out") && page.text.contains("lang=\"de\""));
}

/// LO-01: everything else that a stranger may send is refused on a page, with the right status.
#[tokio::test]
async fn lo_01_what_cannot_be_read_is_refused_on_a_page() {
    let world = world().await;
    let mut person = world.person();
    let long = format!("/oauth2/logout?state={}", "x".repeat(9 * 1024));
    for (url, status) in [
        (long.as_str(), 414),
        ("/oauth2/logout?state=%zz", 400),
        ("/oauth2/logout?state=a&state=b", 400),
    ] {
        let page = person.open(url).await.page();
        assert_eq!(page.status, status, "{url}");
        assert!(page.is("page-error"));
    }
    for (method, path) in [("PUT", "/oauth2/logout"), ("DELETE", "/logout")] {
        let answer = world.request(method, path).send().await.unwrap();
        assert_eq!(answer.status(), 405);
        assert_eq!(answer.headers()["allow"], "GET, POST");
    }
}

/// LO-05, LC-08: a client that is switched off sends nobody anywhere.
#[tokio::test]
async fn lo_05_a_disabled_client_sends_nobody_anywhere() {
    let world = world().await;
    world.add(client("one")).await;
    let mut person = world.person();
    let hint = world.log_in_to(&mut person, "one").await.member("id_token");
    switch_off(&world, "one").await;
    let url = logout(&[("id_token_hint", &hint), ("post_logout_redirect_uri", OUT)]);
    let page = person.open(&url).await.page();
    assert!(page.is("page-error") && !page.text.contains(OUT));
    // The user leaves without it.
    let page = person.open("/logout").await.page();
    let page = person.press(&page, "logout-confirm", &[]).await.page();
    assert!(page.is("page-logged-out"));
}

async fn switch_off(world: &World, id: &str) {
    let (id, now) = (
        auth_server::model::ClientId::new(id),
        world.state.clock.now(),
    );
    let done = world.state.store.write(async move |txn| {
        auth_server::store::clients::set_disabled(txn, &id, Some(now), now).await
    });
    done.await.unwrap();
    world.state.directory.refresh().await.unwrap();
}

/// MD-07: the metadata names the endpoint and what it can do.
#[tokio::test]
async fn md_07_the_metadata_tells_of_logout() {
    let world = World::start().await;
    let metadata = world.get("/.well-known/openid-configuration").await.json();
    assert_eq!(
        metadata["end_session_endpoint"],
        format!("{ISSUER}/oauth2/logout")
    );
    for member in [
        "backchannel_logout_supported",
        "backchannel_logout_session_supported",
        "frontchannel_logout_supported",
        "frontchannel_logout_session_supported",
    ] {
        assert_eq!(metadata[member], true, "{member}");
    }
}
