//! Every cause for which tokens end before their time, each on its own: afterwards no access token is
//! good, and where the session is meant to go on, it does (issue of revocation; matrix RT-11,
//! attack GR-07, GR-10).

use super::{CANDIDATE, pair};
use crate::support::{Answer, PASSWORD, World};

const NEW_PASSWORD: &str = "another horse, another battery\n";

/// A session of the candidate and a token of the service.
struct Held {
    world: World,
    access: String,
    refresh: String,
    service: String,
}

/// What of it is good.
#[derive(Debug, PartialEq, Eq)]
struct Good {
    access: bool,
    service: bool,
    refresh: u16,
}

impl Held {
    async fn begin() -> Self {
        let world = World::start().await;
        let (access, refresh) = pair(&world).await;
        let service = world.service_token().await.member("access_token");
        assert!(world.is_good(&access).await && world.is_good(&service).await);
        Self {
            world,
            access,
            refresh,
            service,
        }
    }

    /// The command line, and this instance has looked.
    async fn command(&self, arguments: &[&str], input: &str) {
        let output = self.world.command(arguments, input);
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {text}");
        self.world.state.directory.refresh().await.unwrap();
        self.world.state.revocation.refresh().await.unwrap();
        let now = self.world.state.clock.now();
        self.world.state.keys.reload(now).await.unwrap();
    }

    async fn look(&self) -> Good {
        let world = &self.world;
        Good {
            access: world.is_good(&self.access).await,
            service: world.is_good(&self.service).await,
            refresh: world.renew(&self.refresh).await.status,
        }
    }
}

/// A command, its input, and what is good afterwards: access token, service token, status of a refresh.
type Cause = (&'static [&'static str], &'static str, (bool, bool, u16));

#[actix_web::test]
async fn rt_11_each_cause_ends_what_it_is_meant_to_end() {
    let table: [Cause; 7] = [
        (&["user", "lock", CANDIDATE], "", (false, true, 400)),
        (&["user", "disable", CANDIDATE], "", (false, true, 400)),
        (
            &["user", "delete", CANDIDATE, "--yes"],
            "",
            (false, true, 400),
        ),
        (
            &["user", "set-password", CANDIDATE, "--password-stdin"],
            NEW_PASSWORD,
            (false, true, 400),
        ),
        (
            &["user", "roles", CANDIDATE, "--only", "recruiter"],
            "",
            (false, true, 200),
        ),
        (
            &["user", "roles", CANDIDATE, "--add", "recruiter"],
            "",
            (true, true, 200),
        ),
        (
            &["client", "update", "ats-web", "--scope", "jobs:read"],
            "",
            (false, true, 200),
        ),
    ];
    for (command, input, (access, service, refresh)) in table {
        let held = Held::begin().await;
        held.command(command, input).await;
        let expected = Good {
            access,
            service,
            refresh,
        };
        assert_eq!(held.look().await, expected, "{command:?}");
    }
}

/// The client's own tokens end with the client, its secret or its role.
#[actix_web::test]
async fn a_service_loses_its_tokens_with_its_rights() {
    let table: [(&[&str], bool); 6] = [
        (&["client", "update", "ats-service", "--disable"], false),
        (&["client", "delete", "ats-service", "--yes"], false),
        (
            &["client", "rotate-secret", "ats-service", "--overlap", "0s"],
            false,
        ),
        (
            &["client", "rotate-secret", "ats-service", "--overlap", "1h"],
            true,
        ),
        (
            &["client", "update", "ats-service", "--role", "candidate"],
            false,
        ),
        (
            &["client", "update", "ats-service", "--name", "Another name"],
            true,
        ),
    ];
    for (command, expected) in table {
        let held = Held::begin().await;
        held.command(command, "").await;
        assert_eq!(
            held.world.is_bit_set(&held.service).await,
            !expected,
            "{command:?}"
        );
        let active = held.world.introspect(&held.service).await["active"].clone();
        assert_eq!(active, expected, "{command:?}");
        assert!(held.world.is_good(&held.access).await, "{command:?}");
    }
}

/// What a client that was off gets when it is on again is good: no place of the old blocks is dealt.
#[actix_web::test]
async fn a_service_that_is_back_gets_tokens_that_are_good() {
    let held = Held::begin().await;
    for switch in ["--disable", "--enable"] {
        held.command(&["client", "update", "ats-service", switch], "")
            .await;
    }
    let token = held.world.service_token().await.member("access_token");
    assert!(held.world.is_good(&token).await);
    assert!(!held.world.is_good(&held.service).await);
}

/// `keys revoke`: every access token dies within the time of a status list, not of a key set.
#[actix_web::test]
async fn jwk_08_revoking_a_key_revokes_every_token_in_the_lists() {
    let held = Held::begin().await;
    let world = &held.world;
    let kid = world.get("/.well-known/jwks.json").await.json()["keys"][0]["kid"].clone();
    held.command(
        &[
            "keys",
            "revoke",
            "--emergency",
            "--yes",
            kid.as_str().unwrap(),
        ],
        "",
    )
    .await;
    assert!(world.is_bit_set(&held.access).await && world.is_bit_set(&held.service).await);
    let next = world.renew(&held.refresh).await;
    next.is_ok();
    assert!(world.is_good(&next.member("access_token")).await);
    let service = world.service_token().await.member("access_token");
    assert!(world.is_good(&service).await);
}

/// GR-07: the replay of a spent refresh token ends the whole family, its access tokens included, at
/// once on this instance.
#[actix_web::test]
async fn gr_07_a_replayed_refresh_token_takes_the_access_tokens_along() {
    let held = Held::begin().await;
    let world = &held.world;
    let second = world.renew(&held.refresh).await;
    let third = world.renew(&second.member("refresh_token")).await;
    third.is_ok();
    assert!(world.is_good(&third.member("access_token")).await);
    world
        .renew(&held.refresh)
        .await
        .is_error(400, "invalid_grant");
    for token in [
        &held.access,
        &second.member("access_token"),
        &third.member("access_token"),
    ] {
        assert!(!world.is_good(token).await);
    }
    world
        .renew(&third.member("refresh_token"))
        .await
        .is_error(400, "invalid_grant");
    assert!(world.is_good(&held.service).await);
}

/// TSL-08, TSL-09: an old place is left behind at a refresh, and a token with it lives until it
/// expires; revoking the family then ends both.
#[actix_web::test]
async fn tsl_09_a_family_moves_on_and_is_revoked_in_both_places() {
    let world = World::with(|inputs| inputs.with("tokens.access_ttl", "1h")).await;
    let (first, refresh) = pair(&world).await;
    let at = |token: &str| crate::support::part(token, 1)["status"]["status_list"].clone();
    world.clock.advance(std::time::Duration::from_mins(90));
    let second = world.renew(&refresh).await;
    assert_eq!(
        at(&second.member("access_token")),
        at(&first),
        "too early to move"
    );
    world.clock.advance(std::time::Duration::from_mins(45));
    let third = world.renew(&second.member("refresh_token")).await;
    third.is_ok();
    assert_ne!(at(&third.member("access_token")), at(&first));
    for token in [&second, &third] {
        assert!(world.is_good(&token.member("access_token")).await);
    }
    assert_eq!(
        world.give_back(&third.member("refresh_token")).await.status,
        200
    );
    for token in [&second, &third] {
        assert!(!world.is_good(&token.member("access_token")).await);
    }
}

/// RT-17: of many tabs that refresh at once when the family moves, each gets a token in its place.
#[actix_web::test]
async fn rt_17_racing_refreshes_share_the_new_place() {
    let world = World::start().await;
    let (_, refresh) = pair(&world).await;
    world.clock.advance(std::time::Duration::from_hours(3));
    let tabs = (0..32).map(|_| world.renew(&refresh));
    let answers: Vec<Answer> = futures_util::future::join_all(tabs).await;
    let mut tokens = Vec::new();
    for answer in &answers {
        answer.is_ok();
        tokens.push(answer.member("access_token"));
        assert_eq!(
            answer.claims()["status"],
            answers[0].claims()["status"],
            "all in one place"
        );
    }
    assert_eq!(
        world
            .give_back(&answers[0].member("refresh_token"))
            .await
            .status,
        200
    );
    for token in tokens {
        assert!(!world.is_good(&token).await);
    }
}

/// A role that is taken away while a refresh is under way is in no token that is good afterwards.
#[actix_web::test]
async fn a_role_that_was_taken_away_is_in_no_good_token() {
    use auth_server::accounts::Actor;
    use shared_claims::Role;
    let world = World::start().await;
    let accounts = world.state.accounts.clone();
    let name = "recruiter@example.com";
    let user = accounts.find(name).await.unwrap().unwrap();
    for _ in 0..20 {
        let by = Actor::console(world.state.clock.now());
        accounts
            .set_roles(&user.id, vec![Role::RECRUITER], &by)
            .await
            .unwrap();
        let login = world.log_in(name, PASSWORD).await;
        let refresh = login.member("refresh_token");
        let (answer, taken) = futures_util::future::join(
            world.renew(&refresh),
            accounts.set_roles(&user.id, vec![Role::CANDIDATE], &by),
        )
        .await;
        taken.unwrap();
        world.state.revocation.refresh().await.unwrap();
        assert!(!world.is_good(&login.member("access_token")).await);
        if answer.status == 200 && answer.claims()["roles"][0] == "recruiter" {
            assert!(!world.is_good(&answer.member("access_token")).await);
        }
        let next = world.renew(&refresh).await;
        next.is_ok();
        assert_eq!(next.claims()["roles"], serde_json::json!(["candidate"]));
        assert!(world.is_good(&next.member("access_token")).await);
    }
}
