//! The password grant (RFC 6749 §4.3; matrix PW rows, NP-13, attacks GR-11, CR-01, CR-03, CR-06).

use std::time::Duration;

use auth_server::accounts::{Actor, NewAccount};
use auth_server::model::{Client, GrantType, User};
use auth_server::secret::Secret;
use auth_server::store::users;

use crate::support::{PASSWORD, World, clients};

const RECRUITER: &str = "recruiter@example.com";

impl World {
    async fn user(&self, login: &str) -> User {
        self.state.accounts.find(login).await.unwrap().unwrap()
    }

    async fn new_user(&self, username: &str, password: &str) -> User {
        let account = NewAccount {
            username: username.into(),
            password: Some(Secret::new(password)),
            ..NewAccount::default()
        };
        let by = Actor::console(self.state.clock.now());
        self.state.accounts.create(account, &by).await.unwrap()
    }
}

/// PW-01, PW-12, AT-05, AT-06
#[actix_web::test]
async fn pw_01_12_a_user_token_says_who_how_and_when() {
    let world = World::start().await;
    let answer = world.log_in(RECRUITER, PASSWORD).await;
    answer.is_ok();
    let claims = answer.claims();
    assert_eq!(claims["sub"], world.user(RECRUITER).await.id.as_str());
    assert_eq!(claims["roles"], serde_json::json!(["recruiter"]));
    assert_eq!(claims["amr"], serde_json::json!(["pwd"]));
    assert_eq!(claims["auth_time"], claims["iat"]);
    assert_eq!(claims["client_id"], "ats-web");
    assert!(claims["sid"].is_string());
}

/// PW-02, PW-06
#[actix_web::test]
async fn pw_02_06_the_client_must_be_allowed_and_authenticated() {
    let world = World::start().await;
    world.add(clients::confidential("server", "s")).await;
    let form = [
        ("grant_type", "password"),
        ("username", RECRUITER),
        ("password", PASSWORD),
    ];
    world.token_as(("server", "s"), &form).await.is_ok();
    world
        .token_as(("server", "x"), &form)
        .await
        .is_error(401, "invalid_client");
    let not_allowed = Client {
        grant_types: vec![GrantType::ClientCredentials],
        ..clients::confidential("other", "s")
    };
    world.add(not_allowed).await;
    world
        .token_as(("other", "s"), &form)
        .await
        .is_error(400, "unauthorized_client");
}

/// PW-03, GR-11, CR-01, GEN-25: one answer for all of them.
#[actix_web::test]
async fn pw_03_unknown_wrong_disabled_and_locked_users_get_one_answer() {
    let world = World::start().await;
    let by = Actor::console(world.state.clock.now());
    let locked = world
        .new_user("locked@example.com", "correct horse battery")
        .await;
    world.state.accounts.lock(&locked.id, &by).await.unwrap();
    let disabled = world
        .new_user("disabled@example.com", "correct horse battery")
        .await;
    world
        .state
        .accounts
        .disable(&disabled.id, &by)
        .await
        .unwrap();

    let mut seen = Vec::new();
    for (user, password) in [
        ("nobody@example.com", "correct horse battery"),
        (RECRUITER, "correct horse battery"),
        ("locked@example.com", "correct horse battery"),
        ("disabled@example.com", "correct horse battery"),
    ] {
        let answer = world.log_in(user, password).await;
        answer.is_error(400, "invalid_grant");
        let mut headers: Vec<String> = answer
            .headers
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "date" | "x-request-id"))
            .map(|(name, value)| format!("{name}: {value:?}"))
            .collect();
        headers.sort();
        seen.push((answer.text, headers));
    }
    seen.dedup();
    assert_eq!(seen.len(), 1, "{seen:?}");
}

/// PW-04
#[actix_web::test]
async fn pw_04_name_and_password_are_required() {
    let world = World::start().await;
    let base = [("grant_type", "password"), ("client_id", "ats-web")];
    for extra in [
        &[("username", RECRUITER)][..],
        &[("password", PASSWORD)],
        &[],
    ] {
        world
            .token(&[&base, extra].concat())
            .await
            .is_error(400, "invalid_request");
    }
}

/// PW-09: an account that needs more than a password cannot use this grant.
#[actix_web::test]
async fn pw_09_an_account_that_needs_interaction_is_sent_to_the_login_page() {
    let world = World::start().await;
    let user = world
        .new_user("fresh@example.com", "correct horse battery")
        .await;
    let (id, at) = (user.id.clone(), world.state.clock.now());
    let force = async move |txn: &_| {
        users::set_password(txn, &id, user.password_hash.as_deref(), true, at).await
    };
    assert!(world.state.store.write(force).await.unwrap());
    let answer = world
        .log_in("fresh@example.com", "correct horse battery")
        .await;
    answer.is_error(400, "invalid_grant");
    assert_eq!(
        answer.member("error_description"),
        "interactive login required"
    );
    // Only who knows the password learns that.
    let wrong = world.log_in("fresh@example.com", "wrong").await;
    assert!(!wrong.member("error_description").contains("nteractive"));
}

/// PW-10, NP-06
#[actix_web::test]
async fn pw_10_np_06_any_characters_survive_in_either_normal_form() {
    let world = World::start().await;
    let composed = "p+a&b%20 \u{fc} \u{e9}\u{e8}\u{e9}-1";
    let decomposed = "p+a&b%20 u\u{308} e\u{301}e\u{300}e\u{301}-1";
    world.new_user("us+er&1@example.com", composed).await;
    world.log_in("us+er&1@example.com", composed).await.is_ok();
    world
        .log_in("us+er&1@example.com", decomposed)
        .await
        .is_ok();
}

/// PW-11, PW-13
#[actix_web::test]
async fn pw_11_13_scope_is_reported_and_there_is_no_id_token() {
    let world = World::start().await;
    world.add(clients::confidential("server", "s")).await;
    let form = [
        ("grant_type", "password"),
        ("username", RECRUITER),
        ("password", PASSWORD),
        ("scope", "openid jobs:read"),
    ];
    let answer = world.token_as(("server", "s"), &form).await;
    assert_eq!(answer.member("scope"), "jobs:read openid");
    assert!(answer.json().get("id_token").is_none());
}

/// OC-71: access beyond a session is for answers that carry a code.
#[actix_web::test]
async fn oc_71_offline_access_is_ignored_here() {
    let world = World::start().await;
    let answer = world.log_in_for("jobs:read offline_access").await;
    assert_eq!(answer.member("scope"), "jobs:read");
}

/// CR-06, NP-12: never truncated, never hashed beyond the maximum.
#[actix_web::test]
async fn cr_06_oversized_passwords_are_refused_without_hashing() {
    let world = World::start().await;
    let long = auth_server::random::Random::seeded(1).text::<150>();
    assert_eq!(long.len(), 200);
    world.new_user("long@example.com", &long).await;
    world.log_in("long@example.com", &long).await.is_ok();
    world
        .log_in("long@example.com", &format!("{}y", &long[..199]))
        .await
        .is_error(400, "invalid_grant");
    world
        .log_in("long@example.com", &long[..72])
        .await
        .is_error(400, "invalid_grant");
    for kib in [1, 60] {
        let answer = world.log_in(RECRUITER, &"x".repeat(kib * 1024)).await;
        answer.is_error(400, "invalid_grant");
    }
    world
        .log_in(RECRUITER, &"x".repeat(1024 * 1024))
        .await
        .is_error(413, "invalid_request");
}

/// CR-08: one account, whatever the spelling.
#[actix_web::test]
async fn cr_08_every_spelling_of_a_name_is_one_account() {
    let world = World::start().await;
    for name in [
        "RECRUITER@example.com",
        " recruiter@example.com ",
        "\u{ff52}ecruiter@example.com",
    ] {
        let answer = world.log_in(name, PASSWORD).await;
        answer.is_ok();
    }
}

/// PW-05, NP-13, CR-03: failures slow the account down; the right password is refused meanwhile with
/// the same body, and works after the wait.
#[actix_web::test]
async fn cr_03_failures_slow_an_account_down_and_nobody_is_locked_out_for_good() {
    let world = World::start().await;
    let mut throttled = None;
    for attempt in 0..20 {
        let answer = world.log_in(RECRUITER, "wrong password").await;
        if answer.status == 429 {
            throttled = Some((attempt, answer));
            break;
        }
        answer.is_error(400, "invalid_grant");
    }
    let (attempts, wrong) = throttled.expect("no throttle in 20 attempts");
    assert!(attempts >= 3, "a person may mistype");
    wrong.is_error(429, "temporarily_unavailable");
    let right = world.log_in(RECRUITER, PASSWORD).await;
    right.is_error(429, "temporarily_unavailable");
    assert_eq!(right.text, wrong.text);
    world
        .log_in("candidate@example.com", PASSWORD)
        .await
        .is_ok();
    let wait: u64 = right.header("retry-after").parse().unwrap();
    world.clock.advance(Duration::from_secs(wait));
    world.log_in(RECRUITER, PASSWORD).await.is_ok();
}

/// OW-05, PW-14: a hash with older parameters is replaced once, at the next successful login.
#[actix_web::test]
async fn ow_05_a_weaker_hash_is_upgraded_at_login() {
    let world = World::start().await;
    // Argon2id, m=12288, t=3, p=1: as strong by OWASP's list, but not what is configured.
    let old = "$argon2id$v=19$m=12288,t=3,p=1$";
    let user = world
        .new_user("old@example.com", "correct horse battery")
        .await;
    let other = World::with(|inputs| {
        inputs
            .with("password_hash.memory_kib", "12288")
            .with("password_hash.iterations", "3")
    })
    .await;
    let source = other
        .new_user("old@example.com", "correct horse battery")
        .await;
    let hash = source.password_hash.clone().unwrap();
    assert!(hash.starts_with(old), "{hash}");
    let (id, at) = (user.id.clone(), world.state.clock.now());
    let put = async move |txn: &_| users::set_password(txn, &id, Some(&hash), false, at).await;
    assert!(world.state.store.write(put).await.unwrap());

    let stored = async || world.user("old@example.com").await.password_hash.unwrap();
    world
        .log_in("old@example.com", "wrong")
        .await
        .is_error(400, "invalid_grant");
    assert!(
        stored().await.starts_with(old),
        "a failed login upgrades nothing"
    );
    world
        .log_in("old@example.com", "correct horse battery")
        .await
        .is_ok();
    let upgraded = stored().await;
    assert!(
        upgraded.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{upgraded}"
    );
    world
        .log_in("old@example.com", "correct horse battery")
        .await
        .is_ok();
    assert_eq!(stored().await, upgraded, "only once");
}
