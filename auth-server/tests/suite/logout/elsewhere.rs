//! Sessions that end without their browser: by an administrator, with the account, with another login
//! (Back-Channel Logout 1.0 §2.7; matrix LO-25), and what is forgotten afterwards.

use std::time::Duration;

use serde_json::Value;

use super::listener::{Listener, Manner};
use super::{CALLBACK, client, is_logged_in, world};
use crate::authorize::{CANDIDATE, RECRUITER, Request, parameters};
use crate::support::{PASSWORD, World};

impl World {
    /// A command that has to succeed, with its JSON.
    fn done(&self, arguments: &[&str], input: &str) -> Value {
        let mut all = vec!["--format", "json"];
        all.extend(arguments);
        let output = self.command(&all, input);
        assert!(output.status.success(), "{output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

/// LO-25, RT-11: every way in which somebody else ends a session is told, and its tokens are dead.
#[tokio::test]
async fn lo_25_sessions_that_others_end_are_told_too() {
    let world = world().await;
    let mut listener = Listener::answering(&[Manner::Status(200)]).await;
    world.add(listener.client("one")).await;
    let set_password = ["user", "set-password", CANDIDATE, "--password-stdin"];
    for (arguments, again) in [
        (vec!["session", "revoke", "SID"], None),
        (vec!["session", "revoke", "--user", CANDIDATE], None),
        (set_password.to_vec(), None),
        (vec!["user", "lock", CANDIDATE], Some("unlock")),
        (vec!["user", "disable", CANDIDATE], Some("unlock")),
        (vec!["user", "delete", CANDIDATE, "--yes"], None),
    ] {
        let mut person = world.person();
        let offline = Request::of("one", CALLBACK)
            .with("scope", "openid offline_access")
            .with("prompt", "consent");
        let tokens = world.log_in_with(&mut person, offline).await;
        let sid = tokens.claims_of("id_token")["sid"].clone();
        let arguments: Vec<&str> = arguments
            .iter()
            .map(|argument| match *argument {
                "SID" => sid.as_str().unwrap(),
                other => other,
            })
            .collect();
        world.done(&arguments, PASSWORD);
        let heard = listener.next().await;
        let claims = world.verified(&heard, "one").await;
        assert_eq!(claims["sid"], sid, "{arguments:?}");
        assert_eq!(claims["sub"], tokens.claims_of("id_token")["sub"]);
        assert!(listener.is_quiet(), "{arguments:?}");
        assert!(!is_logged_in(&mut person, "one").await, "{arguments:?}");
        world
            .refresh_of("one", &tokens)
            .await
            .is_error(400, "invalid_grant");
        if let Some(again) = again {
            world.done(&["user", again, CANDIDATE], "");
        }
    }
    assert_eq!(world.audit("session.end").await.len(), 1);
    assert_eq!(world.audit("user.log_out").await.len(), 1);
}

/// LO-25: somebody else logs in in the same browser: the first session has ended, and its clients hear.
#[tokio::test]
async fn lo_25_another_login_in_the_same_browser_is_told() {
    let world = world().await;
    let mut listener = Listener::answering(&[Manner::Status(200)]).await;
    world.add(listener.client("one")).await;
    world.add(client("two")).await;
    let mut person = world.person();
    let tokens = world.log_in_to(&mut person, "one").await;
    world.clock.advance(Duration::from_secs(1));
    let other = Request::of("two", CALLBACK).with("prompt", "select_account");
    let url = person.log_in(&other.url(), RECRUITER, PASSWORD).await;
    assert!(parameters(&url).contains_key("code"));
    let claims = world.verified(&listener.next().await, "one").await;
    assert_eq!(claims["sid"], tokens.claims_of("id_token")["sid"]);
}

/// Contract §2.1: who is logged in, of everybody or of one user, page by page.
#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one() {
    let world = world().await;
    world.add(client("one")).await;
    world.clock.set(auth_server::clock::Clock::System.now());
    let mut persons = [world.person(), world.person()];
    let mut sids = Vec::new();
    for person in &mut persons {
        let tokens = world.log_in_to(person, "one").await;
        sids.push(
            tokens.claims_of("id_token")["sid"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
    }
    sids.sort();
    let listed = world.done(&["session", "list", "--user", CANDIDATE], "");
    let items = listed["items"].as_array().unwrap();
    let ids: Vec<&str> = items
        .iter()
        .map(|item| item["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, sids);
    assert_eq!(items[0]["user"], CANDIDATE);
    assert_eq!(items[0]["clients"], serde_json::json!(["one"]));
    assert!(items[0].get("handle_digest").is_none());
    let page = world.done(&["session", "list", "--limit", "1"], "");
    assert_eq!(page["next"], sids[0].as_str());
    let others = world.done(&["session", "list", "--user", RECRUITER], "");
    assert_eq!(others["items"], serde_json::json!([]));
    world.done(&["session", "revoke", &sids[0]], "");
    for gone in [sids[0].as_str(), "nothing"] {
        let output = world.command(&["session", "revoke", gone], "");
        assert_eq!(output.status.code(), Some(1));
    }
    for wrong in [
        vec!["session", "revoke"],
        vec!["session", "revoke", &sids[1], "--user", CANDIDATE],
    ] {
        assert_eq!(world.command(&wrong, "").status.code(), Some(2));
    }
    let listed = world.done(&["session", "list"], "");
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(listed["items"][0]["id"], sids[1].as_str());
}

/// OP: what nobody can use any more is forgotten, and a session's clients only with the session.
#[tokio::test]
async fn what_has_expired_is_forgotten_in_its_time() {
    let world = world().await;
    world.add(client("one")).await;
    let mut person = world.person();
    world.log_in_to(&mut person, "one").await;
    let prune = async |after: Duration| {
        world.clock.advance(after);
        auth_server::lifecycle::prune(&world.state).await.unwrap();
    };
    prune(Duration::from_mins(119)).await;
    assert_eq!(world.rows("authorization_requests").await, 1);
    prune(Duration::from_mins(2)).await;
    assert_eq!(world.rows("authorization_requests").await, 0);
    assert_eq!(world.rows("authorization_codes").await, 1);
    prune(Duration::from_hours(23)).await;
    assert_eq!(world.rows("authorization_codes").await, 0);
    assert_eq!(
        world.rows("session_clients").await,
        1,
        "the session may live"
    );
    prune(Duration::from_hours(24 * 8)).await;
    assert_eq!(world.rows("session_clients").await, 0);
}
