//! SIGTERM and SIGINT under load: what was begun is finished (attack OP-08).

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;

use crate::client::{Client, Reply};
use crate::installation::Installation;
use crate::wait::until;

/// Requests in flight, each of which hashes or waits for its turn to.
const LOGINS: usize = 500;
/// With so many answered, the server has met every connection more than once.
const UNDER_WAY: usize = 40;
const END: Duration = Duration::from_secs(10);

/// OP-08: every request that had arrived is answered, the next connection is refused, the exit code
/// is 0 within ten seconds, and what was acknowledged is there afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn op_08_requests_in_flight_are_answered_when_the_server_is_told_to_stop() {
    for signal in ["TERM", "INT"] {
        let installation = Installation::fresh()
            .await
            .with("password_hash.max_queue_wait", "3s");
        let instance = installation.ready().await;
        let client = Client::new();
        let base = instance.base.clone();
        // Warm connections: nobody is still in the queue of the socket.
        let warm = join_all((0..LOGINS).map(|_| client.get(&base, "/livez"))).await;
        assert!(warm.into_iter().all(|reply| reply.answer().status == 200));

        let answered = AtomicUsize::new(0);
        let logins = join_all((0..LOGINS).map(async |_| {
            let reply = client.log_in(&base, "demo-password-1").await;
            answered.fetch_add(1, Ordering::Relaxed);
            reply
        }));
        let stop = async {
            let enough = async || (answered.load(Ordering::Relaxed) >= UNDER_WAY).then_some(());
            until("logins are under way", Duration::from_secs(30), enough).await;
            instance.signal(signal);
            (LOGINS - answered.load(Ordering::Relaxed), Instant::now())
        };
        let (replies, (in_flight, stopped)) = tokio::join!(logins, stop);
        let (code, log) = instance.ended(END.saturating_sub(stopped.elapsed())).await;
        let took = stopped.elapsed();
        assert_eq!(code, 0, "{}", log.text());
        assert_eq!(log.records("stopped").len(), 1);
        assert!(
            matches!(client.get(&base, "/livez").await, Reply::Lost),
            "the door is shut"
        );

        let mut statuses: BTreeMap<u16, usize> = BTreeMap::new();
        let mut acknowledged = Vec::new();
        for reply in replies {
            let answer = reply
                .find()
                .expect("every request that had arrived is answered");
            *statuses.entry(answer.status).or_default() += 1;
            if answer.status == 200 {
                acknowledged.push(answer.refresh_token());
            }
        }
        assert!(
            statuses
                .keys()
                .all(|status| [200, 429, 503].contains(status)),
            "{statuses:?}"
        );
        let instance = installation.ready().await;
        for token in &acknowledged {
            client
                .refresh(&instance.base, token)
                .await
                .answer()
                .refresh_token();
        }
        println!(
            "OP-08 on {}: SIG{signal} with {in_flight} requests in flight: {statuses:?}, 0 lost, exit \
             0 after {took:?}; all {} acknowledged sessions go on",
            installation.engine(),
            acknowledged.len()
        );
    }
}

/// A server that is still waiting for its database stops as quickly.
#[tokio::test(flavor = "multi_thread")]
async fn op_08_a_server_that_waits_for_its_database_stops_when_it_is_told() {
    let installation = Installation::at("postgres://nobody@127.0.0.1:1/nowhere");
    let instance = installation.start().await;
    instance.signal("TERM");
    let (code, log) = instance.ended(END).await;
    assert_eq!(code, 0, "{}", log.text());
}
