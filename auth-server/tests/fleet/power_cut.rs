//! SIGKILL at random moments of a refresh loop, again and again (attack OP-04, oracles I2 and I3).

use std::time::{Duration, Instant};

use auth_server::random::Random;

use crate::client::Client;
use crate::installation::Installation;
use crate::load::{Load, Session, Tally};
use crate::wait::count;

/// How many kills; the fixed seed makes the moments repeatable.
const KILLS: &str = "CHANCERY_TEST_KILLS";
const SEED: u64 = 4;
const SESSIONS: usize = 4;
/// The promise for a start, process and all.
const START: Duration = Duration::from_secs(5);

/// OP-04: after each kill every application goes on with the newest token it was acknowledged, at
/// once or as the documented retry of a lost reply; what it had spent before is dead, and kills.
#[tokio::test(flavor = "multi_thread")]
async fn op_04_after_a_kill_at_any_moment_each_application_has_exactly_one_usable_token() {
    let kills = count(KILLS, 40);
    let random = Random::seeded(SEED);
    let installation = Installation::fresh().await;
    let client = Client::new();
    let mut instance = installation.ready().await;
    let mut sessions = Vec::new();
    for _ in 0..SESSIONS {
        sessions.push(Session::begin(&client, &instance.base).await);
    }
    let mut sum = Tally::default();
    let mut slowest = Duration::ZERO;
    let mut refused = 0;
    for round in 0..kills {
        let load = Load::begin(&client, vec![instance.base.clone()], sessions);
        let [a, b] = random.bytes::<2>();
        // Random by design: the moment of the kill, up to 260 milliseconds into the work.
        tokio::time::sleep(Duration::from_micros(
            u64::from(u16::from_be_bytes([a, b])) * 4,
        ))
        .await;
        instance.kill();
        let (kept, tally) = load.end().await;
        sessions = kept;
        assert!(tally.wrong.is_empty(), "round {round}: {:?}", tally.wrong);
        sum.add(tally);

        let begun = Instant::now();
        instance = installation.ready().await;
        slowest = slowest.max(begun.elapsed());
        for session in &mut sessions {
            session.go_on(&client, &instance.base).await;
            session.go_on(&client, &instance.base).await;
        }
        // One of them is found out: it presents what it spent two refreshes ago.
        let victim = &mut sessions[round % SESSIONS];
        let spent = victim.spent.clone().unwrap();
        victim.go_on(&client, &instance.base).await;
        for token in [&spent, &victim.held] {
            client
                .refresh(&instance.base, token)
                .await
                .answer()
                .is_error(400, "invalid_grant");
            refused += 1;
        }
        *victim = Session::begin(&client, &instance.base).await;
    }
    assert!(slowest <= START, "a start took {slowest:?}");
    println!(
        "OP-04 on {}: {kills} kills (seed {SEED}), {} refreshes acknowledged under load, {} lost; \
         {} of {} sessions went on, {refused} spent or revoked tokens refused; slowest start \
         {slowest:?}",
        installation.engine(),
        sum.acknowledged,
        sum.lost,
        kills * SESSIONS,
        kills * SESSIONS,
    );
}
