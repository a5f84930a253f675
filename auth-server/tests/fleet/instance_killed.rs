//! One instance dies in the middle of the work; the others carry on with everything it had
//! acknowledged (attacks OP-01, OP-04; oracle I3).

use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::client::Client;
use crate::installation::Installation;
use crate::load::{Load, Session};
use crate::wait::until;

const SESSIONS: usize = 8;
/// Answers before and after the kill.
const ANSWERS: usize = 400;

/// OP-04: whoever was acknowledged a token goes on with it elsewhere; meanwhile nobody sees more than
/// broken connections. SQLite belongs to one instance, whose death is the business of `power_cut`.
#[tokio::test(flavor = "multi_thread")]
async fn op_04_an_instance_killed_in_mid_load_takes_nothing_acknowledged_with_it() {
    for size in [2, 4] {
        let installation = Installation::fresh().await;
        if installation.most_instances(size) < 2 {
            return;
        }
        let mut fleet = installation.fleet(size).await;
        let client = Client::new();
        let bases: Vec<String> = fleet.iter().map(|instance| instance.base.clone()).collect();
        let mut sessions = Vec::new();
        for number in 0..SESSIONS {
            sessions.push(Session::begin(&client, &bases[number % size]).await);
        }
        let load = Load::begin(&client, bases, sessions);
        answers(&load, ANSWERS).await;
        fleet.pop().unwrap().kill();
        let seen = load.answers.load(Ordering::Relaxed);
        answers(&load, seen + ANSWERS).await;
        let (mut sessions, tally) = load.end().await;
        assert!(tally.wrong.is_empty(), "{:?}", tally.wrong);
        assert_eq!(tally.unavailable, 0);
        assert!(tally.lost > 0, "somebody must have met the dead instance");
        for (number, session) in sessions.iter_mut().enumerate() {
            session
                .go_on(&client, &fleet[number % fleet.len()].base)
                .await;
        }
        println!(
            "{}: one of {size} instances killed: {} refreshes acknowledged, {} connections lost, \
             {SESSIONS} of {SESSIONS} sessions go on",
            installation.engine(),
            tally.acknowledged,
            tally.lost
        );
    }
}

async fn answers(load: &Load, count: usize) {
    let enough = async || (load.answers.load(Ordering::Relaxed) >= count).then_some(());
    until("there were enough answers", Duration::from_mins(1), enough).await;
}
