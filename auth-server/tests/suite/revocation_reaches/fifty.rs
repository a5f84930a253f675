//! Fifty verifiers serve traffic while a session is ended: from the acknowledgement to the last request
//! that was let through, by stream and by polling, with the server well, slow, failing and gone.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use shared_claims::remote::{OnStale, RemoteKeys, RemoteVerifier};
use shared_claims::verify::{Policy, Rejection};
use tokio::task::JoinSet;

use super::injector::{EVENTS, Fault, Injector};
use super::{TTL, issuer};
use crate::support::{PASSWORD, part};

const VERIFIERS: usize = 50;
const AUDIENCE: &str = "http://localhost:8081";
/// Between two requests of one verifier.
const PACE: Duration = Duration::from_millis(10);
/// The stated policy of the outages.
const MAX_STALENESS: Duration = Duration::from_secs(3);
/// What a machine with much to do may add.
const SLACK: Duration = Duration::from_secs(1);
/// Long enough to say that a verifier goes on.
const FOR_GOOD: Duration = Duration::from_secs(8);

#[derive(Clone, Copy)]
struct Plan {
    name: &'static str,
    stream: bool,
    fault: Option<Trouble>,
    on_stale: OnStale,
}

/// The faults of the table; the injector's own type is not `Copy`.
#[derive(Clone, Copy)]
enum Trouble {
    Slow,
    Failing,
    Down,
}

impl Trouble {
    fn injected(self) -> Fault {
        match self {
            Self::Slow => Fault::Slow,
            Self::Failing => Fault::Status(500),
            Self::Down => Fault::Close,
        }
    }
}

/// One verifier's traffic until its first refusal: when the last request was let through, and why the
/// next was not. `None` when it was never refused.
async fn serve(
    verifier: RemoteVerifier,
    token: String,
    until: Instant,
) -> Option<(Instant, Rejection)> {
    let mut last = Instant::now();
    while Instant::now() < until {
        match verifier.verify(&token).await {
            Ok(_) => last = Instant::now(),
            Err(reason) => return Some((last, reason)),
        }
        tokio::time::sleep(PACE).await;
    }
    None
}

/// Lags in milliseconds from the acknowledgement to the last accepted request, sorted, and the reasons.
struct Outcome {
    lags: Vec<u128>,
    reasons: Vec<Rejection>,
    never: usize,
}

async fn run(plan: Plan) -> Outcome {
    let auth = issuer().await;
    let upstream: SocketAddr = auth.base.strip_prefix("http://").unwrap().parse().unwrap();
    let front = Injector::in_front_of(upstream).await;
    let login = auth.log_in("recruiter@example.com", PASSWORD).await;
    let (access, refresh) = (login.member("access_token"), login.member("refresh_token"));
    let uri = part(&access, 1)["status"]["status_list"]["uri"].clone();
    let list = uri
        .as_str()
        .unwrap()
        .strip_prefix(&auth.base)
        .unwrap()
        .to_owned();

    let mut verifiers = Vec::new();
    for _ in 0..VERIFIERS {
        let keys = RemoteKeys::builder(&auth.base)
            .internal_url(front.url())
            .status_stream(plan.stream)
            .max_staleness(if plan.fault.is_some() {
                MAX_STALENESS
            } else {
                Duration::from_mins(5)
            })
            .on_stale(plan.on_stale)
            .timeouts(Duration::from_secs(1), Duration::from_secs(1))
            .start()
            .unwrap();
        keys.ready().await;
        let verifier = RemoteVerifier::new(keys, Policy::new(&auth.base, AUDIENCE)).unwrap();
        assert!(verifier.verify(&access).await.is_ok());
        verifiers.push(verifier);
    }
    while plan.stream
        && verifiers
            .iter()
            .any(|one| !one.keys().stats().stream().is_connected())
    {
        tokio::task::yield_now().await;
    }
    let until = Instant::now() + FOR_GOOD;
    let mut traffic = JoinSet::new();
    for verifier in &verifiers {
        traffic.spawn(serve(verifier.clone(), access.clone(), until));
    }
    if let Some(fault) = plan.fault {
        front.inject(&list, fault.injected());
        front.inject(EVENTS, fault.injected());
    }
    assert_eq!(auth.give_back(&refresh).await.status, 200);
    let acknowledged = Instant::now();
    let ended = traffic.join_all().await;
    let mut outcome = Outcome {
        lags: Vec::new(),
        reasons: Vec::new(),
        never: ended.iter().filter(|one| one.is_none()).count(),
    };
    for (last, reason) in ended.into_iter().flatten() {
        outcome
            .lags
            .push(last.saturating_duration_since(acknowledged).as_millis());
        outcome.reasons.push(reason);
    }
    outcome.lags.sort_unstable();
    if plan.fault.is_some() {
        recovers(&front, &verifiers, &access).await;
    }
    outcome
}

/// Once the fault is lifted, every verifier learns of the revocation by itself.
async fn recovers(front: &Injector, verifiers: &[RemoteVerifier], token: &str) {
    front.lift_all();
    let since = Instant::now();
    for verifier in verifiers {
        while verifier.verify(token).await.err() != Some(Rejection::Revoked) {
            assert!(since.elapsed() < Duration::from_secs(30));
            tokio::time::sleep(PACE).await;
        }
    }
}

fn line(plan: Plan, outcome: &Outcome) -> String {
    let at = |part: usize| outcome.lags.get(outcome.lags.len() * part / 100).copied();
    format!(
        "{:28} ms from acknowledgement to last acceptance: median {:?}, 95 % {:?}, longest {:?}; never refused: {}; first reason {:?}",
        plan.name,
        at(50),
        at(95),
        outcome.lags.last(),
        outcome.never,
        outcome.reasons.first(),
    )
}

/// The stream reaches everybody within a second, polling within the `ttl` and a second.
#[actix_web::test]
async fn tsl_24_an_ended_session_is_refused_by_fifty_verifiers_in_time() {
    for (stream, name, limit) in [
        (true, "stream", Duration::from_secs(1)),
        (false, "polling", TTL + Duration::from_secs(1)),
    ] {
        let plan = Plan {
            name,
            stream,
            fault: None,
            on_stale: OnStale::Refuse,
        };
        let outcome = run(plan).await;
        println!("{}", line(plan, &outcome));
        assert_eq!(outcome.never, 0);
        assert!(
            outcome
                .reasons
                .iter()
                .all(|reason| *reason == Rejection::Revoked)
        );
        let longest = outcome.lags.last().copied().unwrap_or_default();
        assert!(longest <= limit.as_millis(), "{longest} ms");
    }
}

/// Cut off from the server, verifiers do exactly what was stated: `max_staleness`, then refuse.
#[actix_web::test]
async fn tsl_24_cut_off_verifiers_refuse_after_max_staleness_and_not_before() {
    for (fault, name) in [
        (Trouble::Slow, "slow, refuse after 3 s"),
        (Trouble::Failing, "500, refuse after 3 s"),
        (Trouble::Down, "down, refuse after 3 s"),
    ] {
        let plan = Plan {
            name,
            stream: true,
            fault: Some(fault),
            on_stale: OnStale::Refuse,
        };
        let outcome = run(plan).await;
        println!("{}", line(plan, &outcome));
        assert_eq!(outcome.never, 0);
        assert!(
            outcome
                .reasons
                .iter()
                .all(|reason| *reason == Rejection::StatusStale)
        );
        let (least, most) = (
            MAX_STALENESS.saturating_sub(TTL + SLACK),
            MAX_STALENESS + SLACK,
        );
        let within = |lag: &u128| (least.as_millis()..=most.as_millis()).contains(lag);
        assert!(outcome.lags.iter().all(within), "{:?}", outcome.lags);
    }
}

/// The other policy: go on.
#[actix_web::test]
async fn tsl_24_cut_off_verifiers_go_on_where_that_is_the_policy() {
    let plan = Plan {
        name: "down, accept",
        stream: true,
        fault: Some(Trouble::Down),
        on_stale: OnStale::Accept,
    };
    let outcome = run(plan).await;
    println!("{}", line(plan, &outcome));
    assert_eq!(outcome.never, VERIFIERS);
}
