//! SIGKILL at random moments of logins and redemptions (attack OP-04; oracles I2 and I3).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use auth_server::random::Random;

use crate::browser::Browser;
use crate::client::Client;
use crate::installation::Installation;
use crate::wait::count;

const KILLS: &str = "CHANCERY_TEST_KILLS";
const SEED: u64 = 11;
const BROWSERS: usize = 4;

/// What a browser and its application were told before the connection broke.
#[derive(Default)]
struct Told {
    /// Codes that were redeemed.
    spent: Vec<String>,
    /// The newest refresh token.
    refresh: Option<String>,
    codes: usize,
    wrong: Vec<String>,
}

/// OP-04, AC-04: after each kill every acknowledged token and session works, and no spent code does.
#[tokio::test(flavor = "multi_thread")]
async fn op_04_after_a_kill_no_spent_code_works_and_every_acknowledged_token_does() {
    let kills = count(KILLS, 20);
    let random = Random::seeded(SEED);
    let installation = Installation::fresh().await;
    let client = Client::new();
    let mut instance = installation.ready().await;
    let mut browsers = Vec::new();
    for _ in 0..BROWSERS {
        browsers.push(Browser::logged_in(&instance.base).await);
    }
    let (mut codes, mut refused, mut went_on) = (0, 0, 0);
    let mut slowest = Duration::ZERO;
    for round in 0..kills {
        let stop = Arc::new(AtomicBool::new(false));
        let tasks: Vec<_> = browsers
            .drain(..)
            .map(|browser| {
                let (client, base) = (client.clone(), instance.base.clone());
                tokio::spawn(work(browser, client, base, Arc::clone(&stop)))
            })
            .collect();
        let [a, b] = random.bytes::<2>();
        // Random by design: the moment of the kill, up to 260 milliseconds into the work.
        tokio::time::sleep(Duration::from_micros(
            u64::from(u16::from_be_bytes([a, b])) * 4,
        ))
        .await;
        instance.kill();
        stop.store(true, Ordering::Relaxed);
        let begun = Instant::now();
        instance = installation.ready().await;
        slowest = slowest.max(begun.elapsed());
        for task in tasks {
            let (mut browser, told) = task.await.unwrap();
            assert!(told.wrong.is_empty(), "round {round}: {:?}", told.wrong);
            codes += told.codes;
            browser.move_to(&instance.base);
            if let Some(token) = &told.refresh {
                let next = client.refresh(&instance.base, token).await.answer();
                next.refresh_token();
                went_on += 1;
            }
            // The session of the browser is still there, and its consent.
            let code = browser.code().await;
            let tokens = client.redeem(&instance.base, &code).await.answer();
            tokens.refresh_token();
            for code in told.spent.iter().rev().take(3) {
                let answer = client.redeem(&instance.base, code).await.answer();
                answer.is_error(400, "invalid_grant");
                refused += 1;
            }
            browsers.push(browser);
        }
    }
    println!(
        "OP-04 on {}: {kills} kills (seed {SEED}) under logins and redemptions, {codes} codes \
         redeemed; {went_on} acknowledged tokens and {} sessions went on, {refused} spent codes \
         refused; slowest start {slowest:?}",
        installation.engine(),
        kills * BROWSERS,
    );
}

/// Codes and redemptions, one after the other, until the connection breaks.
async fn work(
    mut browser: Browser,
    client: Client,
    base: String,
    stop: Arc<AtomicBool>,
) -> (Browser, Told) {
    let mut told = Told::default();
    while !stop.load(Ordering::Relaxed) {
        let Some(code) = browser.try_code().await else {
            break;
        };
        let Some(answer) = client.redeem(&base, &code).await.find() else {
            break;
        };
        if answer.status != 200 {
            told.wrong.push(format!("{answer:?}"));
            break;
        }
        told.codes += 1;
        told.spent.push(code);
        told.refresh = Some(answer.refresh_token());
    }
    (browser, told)
}
