//! Who learns nothing, and how that is said (RFC 6750 §3; matrix UI-04, UI-05, UI-07, RS rows, attack
//! IR-06).

use auth_server::accounts::Actor;
use auth_server::model::ClientId;
use auth_server::store::{DatabaseTransaction, clients as stored_clients, users};

use super::{CANDIDATE, PATH, refuses};
use crate::support::{Answer, ISSUER, SECRET, World};

/// RS-07: a token in the URL is not seen.
#[actix_web::test]
async fn rs_07_a_token_in_the_query_is_no_token() {
    let world = World::start().await;
    let token = world.access_token_for("openid").await;
    let path = format!("{PATH}?access_token={token}");
    for method in ["GET", "POST"] {
        let answer = Answer::of(world.request(method, &path)).await;
        is_asked_for_a_token(&answer);
        let form = world.request(method, &path).form(&[("x", "y")]);
        is_asked_for_a_token(&Answer::of(form).await);
    }
}

/// RS-02: who brought nothing is told how to authenticate, not what went wrong.
#[track_caller]
fn is_asked_for_a_token(answer: &Answer) {
    assert_eq!(answer.status, 401, "{}", answer.text);
    let challenge = answer.header("www-authenticate");
    assert_eq!(
        challenge,
        format!("Bearer realm=\"{ISSUER}\", scope=\"openid\"")
    );
}

/// UI-05, RS-02, RS-03, RS-06
#[actix_web::test]
async fn ui_05_rs_02_06_refusals_are_those_of_rfc_6750() {
    let world = World::start().await;
    let token = world.access_token_for("openid").await;
    is_asked_for_a_token(&world.get(PATH).await);
    let basic = world
        .request("GET", PATH)
        .basic_auth("ats-service", Some(SECRET));
    is_asked_for_a_token(&Answer::of(basic).await);
    for header in ["Bearer", "Bearer  "] {
        let request = world.request("GET", PATH).header("authorization", header);
        refuses(&Answer::of(request).await, 400, "invalid_request");
    }
    let twice = world
        .request("GET", PATH)
        .bearer_auth(&token)
        .header("authorization", format!("Bearer {token}"));
    refuses(&Answer::of(twice).await, 400, "invalid_request");
    let both = world.request("POST", PATH).bearer_auth(&token);
    let both = both.form(&[("access_token", &token)]);
    refuses(&Answer::of(both).await, 400, "invalid_request");
    let mut forged = token.clone();
    forged.truncate(token.len() - 4);
    for bad in [
        "x",
        "a.b.c",
        &forged,
        &format!("{token}."),
        &"a".repeat(6000),
    ] {
        refuses(&world.userinfo(bad).await, 401, "invalid_token");
    }
}

/// IR-06, UI-04: an ID token, a client's own token, one without `openid`, one of another server.
#[actix_web::test]
async fn ir_06_ui_04_tokens_of_another_kind_learn_nothing() {
    let world = World::start().await;
    let login = world.code_grant("openid", &[]).await;
    let id_token = world.userinfo(&login.member("id_token")).await;
    refuses(&id_token, 401, "invalid_token");
    let refresh = world.userinfo(&login.member("refresh_token")).await;
    refuses(&refresh, 401, "invalid_token");
    let service = world.service_token().await.member("access_token");
    let without = world.access_token_for("jobs:read profile email").await;
    for token in [service, without] {
        let answer = world.userinfo(&token).await;
        refuses(&answer, 403, "insufficient_scope");
        assert!(
            answer
                .header("www-authenticate")
                .ends_with("scope=\"openid\"")
        );
    }
    let elsewhere = World::start().await;
    let foreign = elsewhere.access_token_for("openid").await;
    refuses(&world.userinfo(&foreign).await, 401, "invalid_token");
}

/// IR-06, RS-03: what was revoked, and what is over.
#[actix_web::test]
async fn ir_06_revoked_and_expired_tokens_learn_nothing() {
    let world = World::start().await;
    let (revoked, expired) = (
        world.access_token_for("openid").await,
        world.access_token_for("openid").await,
    );
    let form = [("client_id", "ats-web"), ("token", revoked.as_str())];
    world.post("/oauth2/revoke", &form).await.is_ok();
    refuses(&world.userinfo(&revoked).await, 401, "invalid_token");
    world.userinfo(&expired).await.is_ok();
    world.clock.advance(std::time::Duration::from_mins(16));
    refuses(&world.userinfo(&expired).await, 401, "invalid_token");
}

/// UI-07: whoever is switched off, locked or gone is nobody, and so is a client.
#[actix_web::test]
async fn ui_07_users_and_clients_that_are_switched_off_are_nobody() {
    for change in ["disable", "lock", "delete", "client"] {
        let world = World::start().await;
        let token = world.access_token_for("openid").await;
        world.userinfo(&token).await.is_ok();
        let now = world.state.clock.now();
        let by = Actor::console(now);
        let user = world.state.accounts.find(CANDIDATE).await.unwrap().unwrap();
        match change {
            "disable" => world.state.accounts.disable(&user.id, &by).await.unwrap(),
            "lock" => world.state.accounts.lock(&user.id, &by).await.unwrap(),
            "delete" => {
                let store = &world.state.store;
                let work =
                    async move |txn: &DatabaseTransaction| users::delete(txn, &user.id, now).await;
                assert!(store.write(work).await.unwrap());
            }
            _ => {
                let store = &world.state.store;
                let work = async move |txn: &DatabaseTransaction| {
                    stored_clients::set_disabled(txn, &ClientId::new("ats-web"), Some(now), now)
                        .await
                };
                assert!(store.write(work).await.unwrap());
                world.state.directory.refresh().await.unwrap();
            }
        }
        refuses(&world.userinfo(&token).await, 401, "invalid_token");
    }
}
