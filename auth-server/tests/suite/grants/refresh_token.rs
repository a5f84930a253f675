//! The refresh grant (RFC 6749 §6, RFC 9700 §4.14.2; matrix RT rows, attacks GR-07 to GR-10, GR-12).

use std::time::Duration;

use auth_server::accounts::Actor;
use auth_server::model::{Client, GrantType};
use auth_server::secret::Secret;
use auth_server::store::clients as client_store;
use futures_util::future::join_all;

use crate::support::{Answer, PASSWORD, SECRET, World, clients};

const USER: &str = "recruiter@example.com";

impl World {
    async fn first(&self) -> String {
        self.log_in(USER, PASSWORD).await.member("refresh_token")
    }

    async fn refresh(&self, token: &str) -> Answer {
        self.refresh_with(token, &[]).await
    }

    async fn refresh_with(&self, token: &str, extra: &[(&str, &str)]) -> Answer {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", "ats-web"),
            ("refresh_token", token),
        ];
        self.token(&[&form, extra].concat()).await
    }
}

/// RT-01, RT-02, GR-10: authenticated, and bound to its client.
#[actix_web::test]
async fn rt_01_02_a_refresh_token_works_for_its_client_only() {
    let world = World::start().await;
    world.add(clients::confidential("server", "s")).await;
    let login = [
        ("grant_type", "password"),
        ("username", USER),
        ("password", PASSWORD),
    ];
    let token = world
        .token_as(("server", "s"), &login)
        .await
        .member("refresh_token");
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", token.as_str()),
    ];
    let unproven = [&form[..], &[("client_id", "server")]].concat();
    world.token(&unproven).await.is_error(401, "invalid_client");
    world.refresh(&token).await.is_error(400, "invalid_grant");
    world.token_as(("server", "s"), &form).await.is_ok();
}

/// RT-03, RT-04, RT-05, GR-09
#[actix_web::test]
async fn rt_03_to_05_scope_narrows_for_one_token_and_never_widens() {
    let world = World::start().await;
    let login = world.log_in(USER, PASSWORD).await;
    let full = login.member("scope");
    let narrow = world
        .refresh_with(&login.member("refresh_token"), &[("scope", "jobs:read")])
        .await;
    assert_eq!(narrow.member("scope"), "jobs:read");
    assert_eq!(narrow.claims()["scope"], "jobs:read");
    let wider = [("scope", "jobs:read openid")];
    world
        .refresh_with(&narrow.member("refresh_token"), &wider)
        .await
        .is_error(400, "invalid_scope");
    let next = world.refresh(&narrow.member("refresh_token")).await;
    assert_eq!(next.member("scope"), full);
}

/// RT-06, RT-13, RT-15
#[actix_web::test]
async fn rt_06_13_15_every_use_rotates_and_the_token_is_opaque() {
    let world = World::start().await;
    let first = world.first().await;
    assert!(first.starts_with("rt_") && first.len() > 64);
    assert!(first.bytes().all(|byte| (0x20..=0x7e).contains(&byte)));
    let second = world.refresh(&first).await;
    second.is_ok();
    assert_ne!(second.member("refresh_token"), first);

    let without = Client {
        grant_types: vec![GrantType::Password],
        ..clients::confidential("without", "s")
    };
    world.add(without).await;
    let login = [
        ("grant_type", "password"),
        ("username", USER),
        ("password", PASSWORD),
    ];
    let answer = world.token_as(("without", "s"), &login).await;
    assert!(answer.json().get("refresh_token").is_none());
}

/// RT-07, GR-07: R0 to R1, R1 to R2, then R0: everything is dead.
#[actix_web::test]
async fn rt_07_an_old_token_kills_the_family() {
    let world = World::start().await;
    let first = world.first().await;
    let second = world.refresh(&first).await.member("refresh_token");
    let third = world.refresh(&second).await.member("refresh_token");
    world.refresh(&first).await.is_error(400, "invalid_grant");
    world.refresh(&third).await.is_error(400, "invalid_grant");
    world.refresh(&second).await.is_error(400, "invalid_grant");
    let events = world.audit("family.revoke").await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].reason.as_deref(), Some("replayed_refresh_token"));
    world.first().await;
}

/// RT-08: a lost reply costs nobody the session.
#[actix_web::test]
async fn rt_08_inside_the_grace_the_same_successor_comes_again() {
    let world = World::start().await;
    let first = world.first().await;
    let second = world.refresh(&first).await.member("refresh_token");
    world.clock.advance(Duration::from_secs(29));
    let again = world.refresh(&first).await;
    assert_eq!(again.member("refresh_token"), second);
    world.clock.advance(Duration::from_secs(1));
    world.refresh(&first).await.is_error(400, "invalid_grant");
    world.refresh(&second).await.is_error(400, "invalid_grant");
}

/// RT-08: without a grace, the first repetition is a replay.
#[actix_web::test]
async fn rt_08_a_grace_of_zero_tolerates_no_repetition() {
    let world = World::with(|inputs| inputs.with("tokens.refresh_grace", "0s")).await;
    let first = world.first().await;
    let second = world.refresh(&first).await.member("refresh_token");
    world.refresh(&first).await.is_error(400, "invalid_grant");
    world.refresh(&second).await.is_error(400, "invalid_grant");
}

/// RT-09, RT-10: idle and absolute end, at the limit and beyond.
#[actix_web::test]
async fn rt_09_10_a_family_ends_when_idle_and_absolutely() {
    let world = World::with(|inputs| {
        inputs
            .with("tokens.refresh_idle_ttl", "1h")
            .with("tokens.refresh_ttl", "2h")
    })
    .await;
    let idle = world.first().await;
    world.clock.advance(Duration::from_hours(1));
    world.refresh(&idle).await.is_error(400, "invalid_grant");

    let mut token = world.first().await;
    for _ in 0..3 {
        world.clock.advance(Duration::from_mins(35));
        let answer = world.refresh(&token).await;
        answer.is_ok();
        token = answer.member("refresh_token");
    }
    world.clock.advance(Duration::from_mins(15));
    world.refresh(&token).await.is_error(400, "invalid_grant");
}

/// RT-11, GR-10: what ends the right to be logged in ends the family at once.
#[actix_web::test]
async fn rt_11_password_change_lock_and_a_disabled_client_end_it() {
    let world = World::start().await;
    let user = world.state.accounts.find(USER).await.unwrap().unwrap();
    let by = Actor::console(world.state.clock.now());

    let token = world.first().await;
    let changed = Secret::new("another password here");
    world
        .state
        .accounts
        .set_password(&user.id, &changed, &by)
        .await
        .unwrap();
    world.refresh(&token).await.is_error(400, "invalid_grant");

    let token = world
        .log_in(USER, "another password here")
        .await
        .member("refresh_token");
    world.state.accounts.lock(&user.id, &by).await.unwrap();
    world.refresh(&token).await.is_error(400, "invalid_grant");
    world.state.accounts.unlock(&user.id, &by).await.unwrap();
    world.refresh(&token).await.is_error(400, "invalid_grant");

    let token = world
        .log_in(USER, "another password here")
        .await
        .member("refresh_token");
    let at = world.state.clock.now();
    let off = async move |txn: &_| {
        let id = auth_server::model::ClientId::new("ats-web");
        client_store::set_disabled(txn, &id, Some(at), at).await
    };
    assert!(world.state.store.write(off).await.unwrap());
    world.state.directory.refresh().await.unwrap();
    world.refresh(&token).await.is_error(401, "invalid_client");
}

/// AT-06, AC-11 by analogy: who logged in when does not change; roles are read anew.
#[actix_web::test]
async fn at_06_authentication_is_unchanged_over_refresh_and_roles_are_current() {
    let world = World::start().await;
    let login = world.log_in(USER, PASSWORD).await;
    let before = login.claims();
    world.clock.advance(Duration::from_mins(10));
    let user = world.state.accounts.find(USER).await.unwrap().unwrap();
    let by = Actor::console(world.state.clock.now());
    let roles = vec![shared_claims::Role::CANDIDATE];
    world
        .state
        .accounts
        .set_roles(&user.id, roles, &by)
        .await
        .unwrap();
    let after = world.refresh(&login.member("refresh_token")).await.claims();
    for claim in [
        "sub",
        "sid",
        "auth_time",
        "amr",
        "client_id",
        "aud",
        "scope",
    ] {
        assert_eq!(before[claim], after[claim], "{claim}");
    }
    assert_ne!(before["jti"], after["jti"]);
    assert_eq!(
        after["iat"].as_i64(),
        before["iat"].as_i64().map(|at| at + 600)
    );
    assert_eq!(after["roles"], serde_json::json!(["candidate"]));
}

/// RT-17, GR-08: however many tabs refresh at once, there is one new generation and all live on.
#[actix_web::test]
async fn rt_17_parallel_refreshes_share_one_successor() {
    let world = World::start().await;
    let mut token = world.first().await;
    for round in 0..20 {
        let answers = join_all((0..16).map(|_| world.refresh(&token))).await;
        let mut successors: Vec<String> = answers
            .iter()
            .map(|answer| {
                answer.is_ok();
                answer.member("refresh_token")
            })
            .collect();
        successors.sort();
        successors.dedup();
        assert_eq!(successors.len(), 1, "round {round}");
        token = successors.remove(0);
    }
}

/// GR-12: nothing else passes as a refresh token, and a forged one costs no query.
#[actix_web::test]
async fn gr_12_other_credentials_are_no_refresh_tokens() {
    let world = World::start().await;
    let login = world.log_in(USER, PASSWORD).await;
    let (refresh, access) = (login.member("refresh_token"), login.member("access_token"));
    let altered = format!("{}A", &refresh[..refresh.len() - 1]);
    let other_generation = refresh.replacen("_0_", "_1_", 1);
    for token in [
        access.as_str(),
        SECRET,
        &altered,
        &other_generation,
        "rt_",
        "\u{0}",
    ] {
        if *token != refresh {
            world.refresh(token).await.is_error(400, "invalid_grant");
        }
    }
    world.refresh(&refresh).await.is_ok();
}

/// GEN-15: a dump of the database holds nothing that could be replayed.
#[actix_web::test]
async fn gen_15_the_database_holds_no_usable_secret() {
    let world = World::start().await;
    let login = world.log_in(USER, PASSWORD).await;
    let dump = world.dump().await;
    let secrets = [
        login.member("refresh_token"),
        login.member("access_token"),
        PASSWORD.into(),
        SECRET.into(),
    ];
    for secret in secrets {
        assert!(!dump.contains(&secret), "{secret}");
        let mac = secret.rsplit('_').next().unwrap();
        assert!(!dump.contains(mac), "{mac}");
    }
    assert!(dump.contains("$argon2id$"), "the dump is a dump");
}
