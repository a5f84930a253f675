//! Instances are interchangeable: what one has issued, every other takes.

use crate::client::{Client, SECRET, generation, verify};
use crate::installation::Installation;
use crate::instance::Instance;

/// Rounds around the fleet.
const TURNS: usize = 12;

#[tokio::test(flavor = "multi_thread")]
async fn tokens_and_refreshes_of_two_and_four_instances_are_interchangeable() {
    for size in [2, 4] {
        let installation = Installation::fresh().await.with("keys.algorithm", "RS256");
        let fleet = installation.fleet(installation.most_instances(size)).await;
        let verified = go_around(&Client::new(), &fleet).await;
        println!(
            "{}: {} instances, {verified} tokens verified, each against every key set",
            installation.engine(),
            fleet.len()
        );
    }
}

async fn go_around(client: &Client, fleet: &[Instance]) -> usize {
    let mut refresh_token = client.session(&fleet[0].base).await;
    let mut verified = 0;
    for turn in 0..TURNS {
        let instance = &fleet[turn % fleet.len()];
        let refreshed = client
            .refresh(&instance.base, &refresh_token)
            .await
            .answer();
        refresh_token = refreshed.refresh_token();
        assert_eq!(generation(&refresh_token) as usize, turn + 1);
        let service = client.service_token(&instance.base, SECRET).await.answer();
        for token in [
            refreshed.member("access_token"),
            service.member("access_token"),
        ] {
            for other in fleet {
                verify(client, other, &token).await.unwrap();
            }
            verified += 1;
        }
    }
    verified
}
