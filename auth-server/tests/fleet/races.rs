//! Many refreshes of one token at the same moment, on several instances (attack GR-08, oracle I2).

use std::collections::BTreeSet;

use futures_util::future::join_all;

use crate::client::{Client, generation};
use crate::installation::Installation;
use crate::wait::count;

const ROUNDS: &str = "CHANCERY_TEST_RACE_ROUNDS";
const RACERS: usize = 64;

/// GR-08: one new generation, the same successor for all inside the grace; and an older token, after
/// its successor was used, kills the family.
#[tokio::test(flavor = "multi_thread")]
async fn gr_08_racing_refreshes_make_one_generation_and_an_older_token_kills_the_family() {
    let rounds = count(ROUNDS, 100);
    let installation = Installation::fresh().await;
    let fleet = installation.fleet(installation.most_instances(2)).await;
    let base = |number: usize| fleet[number % fleet.len()].base.as_str();
    let client = Client::new();
    let mut successors = 0;
    for round in 0..rounds {
        let first = client.session(base(round)).await;
        let race = (0..RACERS).map(|number| client.refresh(base(number), &first));
        let answers: Vec<_> = join_all(race)
            .await
            .into_iter()
            .map(super::client::Reply::answer)
            .collect();
        let handed_out: BTreeSet<String> = answers
            .iter()
            .map(super::client::Answer::refresh_token)
            .collect();
        assert_eq!(handed_out.len(), 1, "round {round}: {handed_out:?}");
        let second = handed_out.into_iter().next().unwrap();
        assert_eq!(generation(&second), 1);
        successors += answers.len();

        let third = client
            .refresh(base(round + 1), &second)
            .await
            .answer()
            .refresh_token();
        assert_eq!(generation(&third), 2);
        for (number, dead) in [&first, &third, &second].into_iter().enumerate() {
            client
                .refresh(base(number), dead)
                .await
                .answer()
                .is_error(400, "invalid_grant");
        }
    }
    let families = i64::try_from(rounds).unwrap();
    let dead = "SELECT COUNT(*) FROM families WHERE generation = 2 AND revoked_at IS NOT NULL";
    assert_eq!(installation.number(dead).await, families);
    println!(
        "GR-08 on {}: {rounds} rounds of {RACERS} refreshes on {} instances: {successors} answers, \
         one new generation in each round, 0 deviations; {rounds} families killed by an older token",
        installation.engine(),
        fleet.len(),
    );
}
