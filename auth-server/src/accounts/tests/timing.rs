//! Time tells nothing either (attack CR-02; matrix PW-03, OW-07). Measured, not read from the code.

use std::time::Instant as Stopwatch;

use super::*;

const ROUNDS: usize = 60;
/// A busy machine may spoil a measurement; a difference that is there spoils every one.
const MEASUREMENTS: usize = 4;

/// CR-02, OW-07: interleaved tries: the wrong password of somebody, of nobody, and the right one of
/// somebody who is locked.
#[tokio::test]
async fn cr_02_ow_07_nobody_takes_as_long_as_somebody() {
    let account_limits = AccountLimits {
        free_failures: 10_000,
        max_failures: 10_000,
        ..AccountLimits::default()
    };
    let hashing = HashParameters::default();
    let world = World::with(AccountsConfig {
        hashing,
        account_limits,
        ..config()
    })
    .await;
    world.add("ada@example.com", None).await;
    let locked = world.add("locked@example.com", None).await;
    world
        .accounts
        .lock(&locked.id, &world.console())
        .await
        .unwrap();
    for number in 1..=MEASUREMENTS {
        let ratios = measure(&world).await;
        if ratios.iter().all(|ratio| (0.85..=1.15).contains(ratio)) {
            return;
        }
        println!("measurement {number} of {MEASUREMENTS}: {ratios:?}");
    }
    panic!("the time of an answer tells who has an account");
}

/// How long nobody and a locked account take, relative to somebody.
async fn measure(world: &World) -> [f64; 2] {
    let tries = [
        ("ada@example.com", "a wrong password"),
        ("nobody@example.com", "a wrong password"),
        ("locked@example.com", PASSWORD),
    ];
    let mut times = [const { Vec::new() }; 3];
    for round in 0..ROUNDS {
        // Each takes each place in turn: what comes before it must not matter.
        for place in 0..tries.len() {
            let which = (round + place) % tries.len();
            let (login, password) = tries[which];
            times[which].push(time(world, login, password).await);
        }
    }
    let [somebody, nobody, shut_out] = times.map(median);
    println!("medians of {ROUNDS}: somebody {somebody:?}, nobody {nobody:?}, locked {shut_out:?}");
    [nobody, shut_out].map(|other| other.as_secs_f64() / somebody.as_secs_f64())
}

async fn time(world: &World, login: &str, password: &str) -> Duration {
    let begun = Stopwatch::now();
    assert_eq!(
        refusal(world.login(login, password).await).reason.code(),
        Code::InvalidGrant
    );
    begun.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
