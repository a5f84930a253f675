//! Races around codes, revocation and consent on several instances (attacks GR-01, GR-02; oracle I2).

use std::time::Duration;

use futures_util::future::{join, join_all};

use crate::browser::Browser;
use crate::client::{Answer, Client, Reply};
use crate::installation::Installation;
use crate::wait::count;

const ROUNDS: &str = "CHANCERY_TEST_RACE_ROUNDS";
const RACERS: usize = 64;

/// GR-02, GR-01, AC-05: 64 redemptions of one code: one success, and because the others are replays,
/// what it gave is dead.
#[tokio::test(flavor = "multi_thread")]
async fn gr_02_of_racing_redemptions_one_succeeds_and_its_tokens_die_by_the_replays() {
    let rounds = count(ROUNDS, 50);
    let installation = Installation::fresh().await;
    let fleet = installation.fleet(installation.most_instances(2)).await;
    let base = |number: usize| fleet[number % fleet.len()].base.as_str();
    let client = Client::new();
    let mut browser = Browser::logged_in(base(0)).await;
    let mut refused = 0;
    for round in 0..rounds {
        browser.move_to(base(round));
        let code = browser.code().await;
        let race = (0..RACERS).map(|number| client.redeem(base(number), &code));
        let answers: Vec<Answer> = join_all(race)
            .await
            .into_iter()
            .map(Reply::answer)
            .collect();
        let (won, lost): (Vec<_>, Vec<_>) =
            answers.into_iter().partition(|answer| answer.status == 200);
        assert_eq!(won.len(), 1, "round {round}");
        for answer in &lost {
            answer.is_error(400, "invalid_grant");
        }
        refused += lost.len();
        let refresh = won[0].refresh_token();
        let access = won[0].member("access_token");
        for number in 0..fleet.len() {
            let answer = client.refresh(base(number), &refresh).await.answer();
            answer.is_error(400, "invalid_grant");
            let status = client.userinfo(base(number), &access).await.answer().status;
            assert_eq!(status, 401, "round {round}: the access token lives on");
        }
    }
    println!(
        "GR-02 on {}: {rounds} rounds of {RACERS} redemptions on {} instances: {rounds} successes, \
         {refused} refusals, 0 deviations; every token dead after the replays",
        installation.engine(),
        fleet.len(),
    );
}

/// RT-11, REV-07: refreshes race a revocation; once it is acknowledged, nothing of the family lives.
#[tokio::test(flavor = "multi_thread")]
async fn rev_07_a_revoked_family_never_yields_a_token_afterwards() {
    let rounds = count(ROUNDS, 50);
    let installation = Installation::fresh().await;
    let fleet = installation.fleet(installation.most_instances(2)).await;
    let base = |number: usize| fleet[number % fleet.len()].base.as_str();
    let client = Client::new();
    let mut yielded = 0;
    for round in 0..rounds {
        let first = client.session(base(round)).await;
        let refreshes = join_all((0..8).map(|number| client.refresh(base(number), &first)));
        let (answers, revoked) = join(refreshes, client.revoke(base(round + 1), &first)).await;
        assert_eq!(revoked.answer().status, 200);
        let mut tokens = vec![first];
        for answer in answers.into_iter().map(Reply::answer) {
            if answer.status == 200 {
                tokens.push(answer.refresh_token());
            } else {
                answer.is_error(400, "invalid_grant");
            }
        }
        yielded += tokens.len() - 1;
        for (number, token) in tokens.iter().enumerate() {
            let answer = client.refresh(base(number), token).await.answer();
            answer.is_error(400, "invalid_grant");
        }
    }
    println!(
        "REV-07 on {}: {rounds} rounds of 8 refreshes against a revocation: {yielded} tokens before \
         it, 0 after it",
        installation.engine(),
    );
}

/// AC-09, RT-11: a consent, the redemption of its code and a withdrawal at the same moment. Whoever
/// withdrew last has withdrawn: after a further withdrawal nothing works, and what a withdrawal met is
/// dead.
#[tokio::test(flavor = "multi_thread")]
async fn ac_09_what_was_withdrawn_yields_nothing_afterwards() {
    let rounds = count(ROUNDS, 50);
    let installation = Installation::fresh().await;
    let fleet = installation.fleet(installation.most_instances(2)).await;
    let base = |number: usize| fleet[number % fleet.len()].base.as_str();
    let client = Client::new();
    let mut browser = Browser::logged_in(base(0)).await;
    let (mut redeemed, mut refused) = (0, 0);
    for round in 0..rounds {
        browser.move_to(base(round));
        // Something to withdraw is there.
        let page = browser.consent_page().await;
        browser.allow(&page).await;
        let consent = browser.consent_page().await;
        let applications = browser.applications().await;
        let (mut one, mut other) = (browser.tab(), browser.tab());
        other.move_to(base(round + 1));
        let allow = async {
            let code = one.allow(&consent).await;
            client.redeem(base(round), &code).await.answer()
        };
        let (answer, ()) = join(allow, async {
            // Any moment of the other side.
            tokio::time::sleep(Duration::from_micros(
                u64::try_from(round % 40).unwrap() * 500,
            ))
            .await;
            other.withdraw(&applications).await;
        })
        .await;
        let tokens = (answer.status == 200).then(|| answer.refresh_token());
        if tokens.is_none() {
            answer.is_error(400, "invalid_grant");
            refused += 1;
        } else {
            redeemed += 1;
        }
        // The consent may have come after the withdrawal; now it is taken back for certain.
        let applications = browser.applications().await;
        if applications.is("withdraw-ats-web") {
            browser.withdraw(&applications).await;
        }
        if let Some(token) = &tokens {
            let answer = client.refresh(base(round), token).await.answer();
            answer.is_error(400, "invalid_grant");
        }
        let left = "SELECT COUNT(*) FROM families WHERE revoked_at IS NULL";
        assert_eq!(installation.number(left).await, 0, "round {round}");
        let open = "SELECT COUNT(*) FROM authorization_codes WHERE spent_at IS NULL";
        assert_eq!(installation.number(open).await, 0, "round {round}");
    }
    println!(
        "AC-09 on {}: {rounds} rounds of consent and redemption against withdrawal: {redeemed} \
         redeemed before it, {refused} refused after it, 0 families and 0 open codes left",
        installation.engine(),
    );
}
