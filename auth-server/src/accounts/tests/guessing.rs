//! Those who guess: one account, many accounts, all at once.

use super::*;
use crate::store::{DatabaseTransaction, throttles};

/// NP-13, CR-03: after the fifth failure in a row the account rests, for the right password as well,
/// and the answer is the same for both.
#[tokio::test]
async fn np_13_cr_03_five_failures_bring_a_delay_that_doubles_and_that_a_success_ends() {
    let world = World::new().await;
    world.add("ada@example.com", None).await;
    for _ in 0..5 {
        assert_eq!(
            world.refused("ada@example.com", "wrong").await,
            Reason::WrongPassword
        );
    }
    for seconds in [1, 2, 4] {
        for password in ["wrong", PASSWORD] {
            let refusal = refusal(world.login("ada@example.com", password).await);
            assert_eq!(refusal.reason, Reason::AccountThrottled);
            assert_eq!(refusal.reason.code(), Code::SlowDown);
            assert_eq!(refusal.retry_after, Some(Duration::from_secs(seconds)));
        }
        world.hand.advance(Duration::from_secs(seconds));
        assert_eq!(
            world.refused("ada@example.com", "wrong").await,
            Reason::WrongPassword
        );
    }
    world.hand.advance(Duration::from_secs(8));
    assert!(world.login("ada@example.com", PASSWORD).await.is_ok());
    for _ in 0..5 {
        assert_eq!(
            world.refused("ada@example.com", "wrong").await,
            Reason::WrongPassword
        );
    }
}

/// NP-13: the hundred-and-first is refused with the right password, until an administrator helps.
#[tokio::test]
async fn np_13_a_hundred_failures_need_an_administrator_or_a_new_password() {
    let limits = AccountLimits {
        first_delay: Duration::ZERO,
        ..AccountLimits::default()
    };
    let world = World::with(AccountsConfig {
        account_limits: limits,
        ..config()
    })
    .await;
    let user = world.add("ada@example.com", None).await;
    let exhaust = async || {
        for _ in 0..100 {
            assert_eq!(
                world.refused("ada@example.com", "wrong").await,
                Reason::WrongPassword
            );
        }
        world.hand.advance(Duration::from_hours(400 * 24));
        let before = world.now();
        let prune = async move |txn: &DatabaseTransaction| throttles::prune(txn, before, 100).await;
        assert_eq!(
            world.store.write(prune).await.unwrap(),
            0,
            "pruning helps nobody"
        );
        assert_eq!(
            world.refused("ada@example.com", PASSWORD).await,
            Reason::AccountThrottled
        );
    };
    exhaust().await;
    world
        .accounts
        .unlock(&user.id, &world.console())
        .await
        .unwrap();
    assert!(world.login("ada@example.com", PASSWORD).await.is_ok());
    exhaust().await;
    let new = "fünf rote Enten am See";
    world
        .accounts
        .set_password(&user.id, &Secret::new(new), &world.console())
        .await
        .unwrap();
    assert!(world.login("ada@example.com", new).await.is_ok());
}

/// CR-08: one counter, whatever the spelling.
#[tokio::test]
async fn cr_08_other_spellings_are_no_further_tries() {
    let world = World::new().await;
    world.add("ada", Some("ada@example.com")).await;
    for login in ["ada", "ADA", " ada", "ａｄａ", "ADA@example.com"] {
        assert_eq!(world.refused(login, "wrong").await, Reason::WrongPassword);
    }
    for login in ["ada", "Ada@Example.com"] {
        assert_eq!(
            world.refused(login, PASSWORD).await,
            Reason::AccountThrottled
        );
    }
}

/// CR-01: an account that is not there is slowed down like one that is.
#[tokio::test]
async fn cr_01_a_name_nobody_has_is_throttled_alike() {
    let world = World::new().await;
    world.add("ada@example.com", None).await;
    let mut answers = Vec::new();
    for login in ["ada@example.com", "nobody@example.com"] {
        let mut seen = Vec::new();
        for _ in 0..8 {
            let refusal = refusal(world.login(login, "wrong").await);
            seen.push((refusal.reason.code(), refusal.hint, refusal.retry_after));
        }
        answers.push(seen);
    }
    assert_eq!(answers[0], answers[1]);
}

/// CR-03: an attack on one account does not concern another.
#[tokio::test]
async fn cr_03_others_are_not_locked_out() {
    let world = World::new().await;
    world.add("ada@example.com", None).await;
    world.add("bob@example.com", None).await;
    for _ in 0..20 {
        let _ = world.login("ada@example.com", "wrong").await;
    }
    assert!(world.login("bob@example.com", PASSWORD).await.is_ok());
}

/// CR-04: five hundred guesses at once; five are compared.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn cr_04_parallel_guesses_share_one_counter() {
    let world = World::new().await;
    world.add("ada@example.com", None).await;
    let before = world.accounts.password_stats().computed();
    let guesses = (0..500).map(|_| world.login("ada@example.com", "wrong"));
    let reasons: Vec<Reason> = join_all(guesses)
        .await
        .into_iter()
        .map(|done| refusal(done).reason)
        .collect();
    let compared = world.accounts.password_stats().computed() - before;
    let wrong = reasons
        .iter()
        .filter(|reason| **reason == Reason::WrongPassword)
        .count();
    println!(
        "500 guesses at once: {compared} compared, {} throttled",
        500 - wrong
    );
    assert_eq!((compared, wrong), (5, 5));
}

/// CR-04: two instances do not double what can be guessed.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn cr_04_instances_share_one_counter() {
    let world = World::new().await;
    world.add("ada@example.com", None).await;
    let store = crate::store::testing::open(&world.store.database).await;
    let clock = Clock::Hand(world.hand.clone());
    let other = Accounts::start(store, config(), clock, Random::system()).unwrap();
    let password = Secret::new("wrong");
    let before = world.accounts.password_stats().computed();
    let guesses = (0..200).map(|number| {
        let accounts = if number % 2 == 0 {
            &world.accounts
        } else {
            &other
        };
        accounts.authenticate("ada@example.com", &password, PEER, world.now())
    });
    join_all(guesses).await;
    let compared =
        world.accounts.password_stats().computed() - before + other.password_stats().computed();
    println!("200 guesses on two instances: {compared} compared");
    assert_eq!(compared, 5);
}

/// PW-05: the owner in forty windows at once is no attack.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pw_05_a_burst_of_right_passwords_is_served() {
    let world = World::new().await;
    world.add("ada@example.com", None).await;
    let logins = (0..40).map(|_| world.login("ada@example.com", PASSWORD));
    for done in join_all(logins).await {
        done.unwrap();
    }
}

/// CR-05: one guess on each of many accounts runs the address dry; other addresses and those who
/// know their password are not concerned.
#[tokio::test]
async fn cr_05_an_address_that_guesses_everywhere_is_limited() {
    let address_limits = AddressLimits {
        burst: NonZeroU32::new(20).unwrap(),
        refill_every: Duration::from_secs(3),
    };
    let world = World::with(AccountsConfig {
        address_limits,
        ..config()
    })
    .await;
    world.add("ada@example.com", None).await;
    for _ in 0..50 {
        world.login("ada@example.com", PASSWORD).await.unwrap();
    }
    for number in 0..20 {
        let login = format!("user{number}@example.com");
        assert_eq!(world.refused(&login, "wrong").await, Reason::UnknownUser);
    }
    for number in 20..500 {
        let refusal = refusal(
            world
                .login(&format!("user{number}@example.com"), "wrong")
                .await,
        );
        assert_eq!(refusal.reason, Reason::AddressThrottled);
        assert_eq!(refusal.reason.code(), Code::SlowDown);
        assert!(
            refusal
                .retry_after
                .is_some_and(|after| after <= Duration::from_secs(3))
        );
    }
    let elsewhere = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7));
    let password = Secret::new(PASSWORD);
    let done = world
        .accounts
        .authenticate("ada@example.com", &password, elsewhere, world.now());
    assert!(done.await.is_ok());
}

/// CR-07: who is sent away because of load has not failed, and is sent away at once.
#[tokio::test]
async fn cr_07_overload_is_quick_and_counts_against_nobody() {
    let pool = PoolLimits {
        max_concurrent: NonZeroUsize::MIN,
        max_queue_wait: Duration::from_millis(1),
    };
    let world = World::with(AccountsConfig { pool, ..config() }).await;
    world.add("ada@example.com", None).await;
    let turns = (
        world.accounts.0.passwords.admit().await,
        world.accounts.0.passwords.admit().await,
    );
    for _ in 0..10 {
        let done = world.login("ada@example.com", PASSWORD).await;
        let Err(TokenError::Fault(fault)) = done else {
            panic!("expected an overload: {done:?}")
        };
        assert_eq!(fault.kind, crate::error::FaultKind::Overloaded);
    }
    drop(turns);
    assert!(world.login("ada@example.com", PASSWORD).await.is_ok());
}

/// All at once, on the threads of the test.
async fn join_all<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|cx| {
        let mut is_ready = true;
        for (future, output) in &mut running {
            if output.is_none() {
                match future.as_mut().poll(cx) {
                    std::task::Poll::Ready(value) => *output = Some(value),
                    std::task::Poll::Pending => is_ready = false,
                }
            }
        }
        if is_ready {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    running
        .into_iter()
        .filter_map(|(_, output)| output)
        .collect()
}
