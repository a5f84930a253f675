//! The clock jumps by an hour, back by two, to the epoch and back, while requests are under way
//! (attack OP-10).

use std::time::Duration;

use auth_server::clock::Instant;
use futures_util::future::join_all;

use crate::support::{Answer, PASSWORD, World};

const USER: &str = "candidate@example.com";
const HOUR: Duration = Duration::from_hours(1);

async fn refresh(world: &World, token: &str) -> Answer {
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", "ats-web"),
        ("refresh_token", token),
    ];
    world.token(&form).await
}

/// Where the clock goes, one after the other, from where it was.
fn jumps(home: Instant) -> [Instant; 5] {
    [
        home.plus(HOUR),
        home.minus(HOUR),
        Instant::from_seconds(0),
        Instant::from_seconds(-86_400),
        home,
    ]
}

/// OP-10: nothing breaks, and no token ends before it begins.
#[actix_web::test]
async fn op_10_no_token_ends_before_it_begins_wherever_the_clock_jumps_under_load() {
    let world = World::start().await;
    let home = world.state.clock.now();
    let mut session = world.log_in(USER, PASSWORD).await.member("refresh_token");
    for at in jumps(home) {
        let logins = join_all((0..4).map(|_| world.log_in(USER, PASSWORD)));
        let services = join_all((0..16).map(|_| world.service_token()));
        let refreshed = refresh(&world, &session);
        let jump = async { world.clock.set(at) };
        let (logins, services, refreshed, ()) = tokio::join!(logins, services, refreshed, jump);
        refreshed.is_ok();
        session = refreshed.member("refresh_token");
        for answer in logins.iter().chain(&services).chain([&refreshed]) {
            answer.is_ok();
            let claims = answer.claims();
            let (iat, exp) = (
                claims["iat"].as_i64().unwrap(),
                claims["exp"].as_i64().unwrap(),
            );
            assert_eq!(exp - iat, 900, "{claims}");
        }
        assert_eq!(world.get("/readyz").await.status, 200);
    }
    refresh(&world, &session).await.is_ok();
    world.log_in(USER, PASSWORD).await.is_ok();
}

/// OP-10: a clock that was set back opens no lock and makes no spent token good; a clock that is
/// right again does what it always did.
#[actix_web::test]
async fn op_10_locks_and_spent_tokens_hold_wherever_the_clock_jumps() {
    let world = World::start().await;
    let home = world.state.clock.now();
    let first = world.log_in(USER, PASSWORD).await.member("refresh_token");
    let second = refresh(&world, &first).await.member("refresh_token");
    refresh(&world, &second).await.is_ok();
    for _ in 0..8 {
        world.log_in("recruiter@example.com", "wrong").await;
    }
    let locked = world.log_in("recruiter@example.com", PASSWORD).await;
    assert_ne!(locked.status, 200, "{}", locked.text);
    for at in jumps(home).into_iter().filter(|at| *at < home) {
        world.clock.set(at);
        let locked = world.log_in("recruiter@example.com", PASSWORD).await;
        assert_ne!(
            locked.status,
            200,
            "at {}: {}",
            at.to_rfc3339(),
            locked.text
        );
        refresh(&world, &first).await.is_error(400, "invalid_grant");
    }
    world.clock.set(home.plus(HOUR));
    world
        .log_in("recruiter@example.com", PASSWORD)
        .await
        .is_ok();
    world.clock.set(home);
    world.log_in(USER, PASSWORD).await.is_ok();
}
