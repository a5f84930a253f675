//! Codes at the token endpoint (RFC 6749 §4.1.3).

use std::time::Duration;

use auth_server::accounts::Actor;
use auth_server::model::{ClientId, UserId};
use auth_server::store::consents;

use super::client::confidential;
use super::{CALLBACK, CANDIDATE, Request, VERIFIER, register};
use crate::support::{SECRET, World};

/// AC-04, AC-05, GR-01: a second redemption is refused, and what the first gave is dead.
#[tokio::test]
async fn ac_05_a_replayed_code_revokes_every_token_it_gave() {
    let world = World::start().await;
    let code = world.code(&Request::new()).await;
    let tokens = world.redeem(&code).await;
    assert_eq!(tokens.status, 200);
    world.redeem(&code).await.is_error(400, "invalid_grant");
    let tokens = tokens.json();
    let access = tokens["access_token"].as_str().unwrap();
    assert_eq!(world.userinfo(access).await.status, 401);
    refresh(&world, &tokens)
        .await
        .is_error(400, "invalid_grant");
}

/// AC-06: a replay by somebody who does not know everything proves nothing.
#[tokio::test]
async fn ac_06_a_replay_with_anything_wrong_revokes_nothing() {
    let world = World::start().await;
    register(&world, confidential("other")).await;
    let code = world.code(&Request::new()).await;
    let tokens = world.redeem(&code).await.json();
    let replay = async |changes: &[(&str, &str)]| {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("client_id", "ats-web"),
            ("code", code.as_str()),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        for (name, value) in changes {
            form.retain(|(known, _)| known != name);
            form.push((name, value));
        }
        world.token(&form).await.is_error(400, "invalid_grant");
    };
    replay(&[("code_verifier", &"x".repeat(43))]).await;
    replay(&[(
        "redirect_uri",
        "http://localhost:8081/docs/oauth2-redirect.html",
    )])
    .await;
    let foreign = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    world
        .token_as(("other", SECRET), &foreign)
        .await
        .is_error(400, "invalid_grant");
    let access = tokens["access_token"].as_str().unwrap();
    assert_eq!(world.userinfo(access).await.status, 200);
    assert_eq!(refresh(&world, &tokens).await.status, 200);
}

/// AC-01, GR-03: another client's code stays its owner's.
#[tokio::test]
async fn ac_01_a_code_is_redeemed_by_its_own_client_only() {
    let world = World::start().await;
    register(&world, confidential("other")).await;
    let code = world.code(&Request::new()).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    world
        .token_as(("other", SECRET), &form)
        .await
        .is_error(400, "invalid_grant");
    assert_eq!(world.redeem(&code).await.status, 200);
}

/// AC-02, DEC-06, GR-04: the redirect URI is the same, or left out where a challenge binds the code.
#[tokio::test]
async fn ac_02_the_redirect_uri_is_the_one_of_the_request() {
    let world = World::start().await;
    let mut classic = confidential("classic");
    classic.require_pkce = false;
    register(&world, classic).await;
    let code = world.code(&Request::new()).await;
    let form = |uri: Option<&'static str>| {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("client_id", "ats-web"),
            ("code_verifier", VERIFIER),
        ];
        form.extend(uri.map(|uri| ("redirect_uri", uri)));
        form
    };
    let mut wrong = form(Some("http://localhost:8081/docs/oauth2-redirect.html"));
    wrong.push(("code", &code));
    world.token(&wrong).await.is_error(400, "invalid_grant");
    let mut absent = form(None);
    absent.push(("code", &code));
    assert_eq!(world.token(&absent).await.status, 200);

    let request = Request::of("classic", "https://app.example.com/cb")
        .without("code_challenge")
        .without("code_challenge_method");
    let code = world.code(&request).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
    ];
    world
        .token_as(("classic", SECRET), &form)
        .await
        .is_error(400, "invalid_grant");
}

/// AC-03, GR-04: sixty seconds, or what the client registered.
#[tokio::test]
async fn ac_03_a_code_is_worth_nothing_after_its_time() {
    let world = World::start().await;
    let code = world.code(&Request::new()).await;
    world.clock.advance(Duration::from_secs(59));
    assert_eq!(world.redeem(&code).await.status, 200);
    let code = world.code(&Request::new()).await;
    world.clock.advance(Duration::from_mins(1));
    world.redeem(&code).await.is_error(400, "invalid_grant");
}

/// AC-07, GR-12: what is no code of ours.
#[tokio::test]
async fn ac_07_unknown_codes_and_other_kinds_of_secrets_are_refused() {
    let world = World::start().await;
    let code = world.code(&Request::new()).await;
    let tokens = world.redeem(&code).await.json();
    let refresh_token = tokens["refresh_token"].as_str().unwrap();
    let access_token = tokens["access_token"].as_str().unwrap();
    let made_up = "A".repeat(43);
    for wrong in ["x", &made_up, refresh_token, access_token, "a\u{0}b"] {
        world.redeem(wrong).await.is_error(400, "invalid_grant");
    }
    let fresh = world.code(&Request::new()).await;
    world
        .token(&[
            ("grant_type", "refresh_token"),
            ("client_id", "ats-web"),
            ("refresh_token", &fresh),
        ])
        .await
        .is_error(400, "invalid_grant");
    assert_eq!(world.redeem(&fresh).await.status, 200, "nothing was spent");
    assert_eq!(refresh(&world, &tokens).await.status, 200);
}

/// AC-09, GR-10: between the decision and the redemption the user was locked, or took it back.
#[tokio::test]
async fn ac_09_what_changed_since_the_decision_counts() {
    let world = World::start().await;
    let user = world.state.accounts.find(CANDIDATE).await.unwrap().unwrap();
    let code = world.code(&Request::new()).await;
    let id = user.id.clone();
    world
        .state
        .store
        .write(async move |txn| consents::delete(txn, &id, &ClientId::new("ats-web")).await)
        .await
        .unwrap();
    world.redeem(&code).await.is_error(400, "invalid_grant");

    let code = world.code(&Request::new()).await;
    let by = Actor::console(world.state.clock.now());
    world.state.accounts.lock(&user.id, &by).await.unwrap();
    world.redeem(&code).await.is_error(400, "invalid_grant");
    world.state.accounts.unlock(&user.id, &by).await.unwrap();
    world.redeem(&code).await.is_error(400, "invalid_grant");
}

/// AC-11, AT-06: what was decided is what the tokens say.
#[tokio::test]
async fn ac_11_the_tokens_say_what_was_decided() {
    let world = World::start().await;
    let request = Request::new().with("nonce", "n-1");
    let code = world.code(&request).await;
    world.clock.advance(Duration::from_secs(30));
    let tokens = world.redeem(&code).await;
    let (access, id) = (
        tokens.claims_of("access_token"),
        tokens.claims_of("id_token"),
    );
    for claim in ["sub", "auth_time", "sid", "acr", "amr", "iss"] {
        assert_eq!(access[claim], id[claim], "{claim}");
    }
    assert_eq!(id["nonce"], "n-1");
    assert_eq!(access["scope"], "jobs:read openid");
    assert_eq!(
        access["iat"].as_i64().unwrap() - access["auth_time"].as_i64().unwrap(),
        30
    );
    let user: UserId = world
        .state
        .accounts
        .find(CANDIDATE)
        .await
        .unwrap()
        .unwrap()
        .id;
    assert_eq!(id["sub"], user.as_str());
}

async fn refresh(world: &World, tokens: &serde_json::Value) -> crate::support::Answer {
    world
        .token(&[
            ("grant_type", "refresh_token"),
            ("client_id", "ats-web"),
            ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
        ])
        .await
}
