//! Who gets in, and how those who do not are told.

use super::*;
use crate::store::users;

/// PW-10, NP-06: octets survive, and composed and decomposed spellings are one password.
#[tokio::test]
async fn pw_10_np_06_any_password_logs_in_in_either_unicode_spelling() {
    let world = World::new().await;
    let user = world.add("ada@example.com", None).await;
    for (set, typed) in [
        (
            "p+a&b%20 \u{fc} und so weiter",
            "p+a&b%20 u\u{308} und so weiter",
        ),
        (
            " spaces at both ends are kept ",
            " spaces at both ends are kept ",
        ),
        (
            "caf\u{e9} caf\u{e9} caf\u{e9} ole!",
            "cafe\u{301} cafe\u{301} caf\u{e9} ole!",
        ),
    ] {
        let by = world.console();
        world
            .accounts
            .set_password(&user.id, &Secret::new(set), &by)
            .await
            .unwrap();
        assert_eq!(
            world.login("ada@example.com", typed).await.unwrap().id,
            user.id,
            "{set}"
        );
        assert_eq!(
            world
                .refused("ada@example.com", set.trim_end_matches(['!', ' ', 'r']))
                .await,
            Reason::WrongPassword
        );
    }
}

/// NP-12: all of a long password counts.
#[tokio::test]
async fn np_12_long_passwords_that_differ_late_are_different() {
    let world = World::new().await;
    let user = world.add("ada@example.com", None).await;
    let start: String = ('a'..='z').cycle().step_by(7).take(200).collect();
    let set = Secret::new(format!("{start}A"));
    world
        .accounts
        .set_password(&user.id, &set, &world.console())
        .await
        .unwrap();
    assert!(
        world
            .login("ada@example.com", &format!("{start}A"))
            .await
            .is_ok()
    );
    assert_eq!(
        world.refused("ada@example.com", &format!("{start}B")).await,
        Reason::WrongPassword
    );
    assert_eq!(
        world.refused("ada@example.com", &start).await,
        Reason::WrongPassword
    );
}

/// PW-03, CR-01: unknown, wrong, disabled, locked: one answer. The password is compared in each.
#[tokio::test]
async fn pw_03_cr_01_every_refusal_looks_the_same_and_costs_a_hash() {
    let world = World::new().await;
    let by = world.console();
    world.add("ada@example.com", None).await;
    let locked = world.add("locked@example.com", None).await;
    world.accounts.lock(&locked.id, &by).await.unwrap();
    let disabled = world.add("disabled@example.com", None).await;
    world.accounts.disable(&disabled.id, &by).await.unwrap();
    let without = NewAccount {
        username: "without@example.com".to_owned(),
        ..NewAccount::default()
    };
    world.accounts.create(without, &by).await.unwrap();
    for (login, password, reason) in [
        ("nobody@example.com", PASSWORD, Reason::UnknownUser),
        (
            "ada@example.com",
            "not the password of ada",
            Reason::WrongPassword,
        ),
        ("locked@example.com", PASSWORD, Reason::LockedUser),
        ("disabled@example.com", PASSWORD, Reason::DisabledUser),
        ("without@example.com", PASSWORD, Reason::WrongPassword),
        ("without@example.com", "", Reason::WrongPassword),
    ] {
        let before = world.accounts.password_stats().computed();
        let refusal = refusal(world.login(login, password).await);
        assert_eq!(refusal.reason, reason, "{login}");
        assert_eq!(refusal.reason.code(), Code::InvalidGrant);
        assert_eq!((refusal.hint, refusal.retry_after), (None, None));
        assert_eq!(
            world.accounts.password_stats().computed(),
            before + 1,
            "{login}"
        );
    }
}

/// CR-08: name and address, upper case, spaces, full width: one account.
#[tokio::test]
async fn cr_08_every_spelling_finds_the_account() {
    let world = World::new().await;
    let user = world.add("ada", Some("ada@example.com")).await;
    for login in ["ada", "ADA", " Ada ", "ａｄａ", "Ada@Example.COM"] {
        assert_eq!(
            world.login(login, PASSWORD).await.unwrap().id,
            user.id,
            "{login}"
        );
    }
    for login in ["", " ", "a\0da", "ad\u{200b}a", &"a".repeat(100_000)] {
        assert_eq!(
            world.refused(login, PASSWORD).await,
            Reason::UnknownUser,
            "{login:.9}"
        );
    }
}

/// CR-06: what is longer than any password is refused without a hash.
#[tokio::test]
async fn cr_06_oversized_passwords_are_not_hashed() {
    let world = World::new().await;
    world.add("ada@example.com", None).await;
    let before = world.accounts.password_stats().computed();
    for length in [257, 1 << 10, 1 << 16, 1 << 20, 10 << 20] {
        let reason = world.refused("ada@example.com", &"x".repeat(length)).await;
        assert_eq!(reason, Reason::OversizedPassword);
    }
    assert_eq!(world.accounts.password_stats().computed(), before);
}

/// PW-09, NP-08: a password that must be changed, or a second factor, needs a page. It is no failure.
#[tokio::test]
async fn pw_09_an_account_that_needs_more_is_told_so_once_the_password_is_right() {
    let world = World::new().await;
    let user = world.add("ada@example.com", None).await;
    let hash = world.stored_hash(&user).await;
    let (id, now) = (user.id.clone(), NOW);
    let demand = async move |txn: &crate::store::DatabaseTransaction| {
        users::set_password(txn, &id, Some(&hash), true, now).await
    };
    assert!(world.store.write(demand).await.unwrap());
    for _ in 0..20 {
        assert_eq!(
            world.refused("ada@example.com", PASSWORD).await,
            Reason::PasswordChangeDue
        );
    }
    assert_eq!(
        world.refused("ada@example.com", "wrong").await,
        Reason::WrongPassword
    );
}

/// NP-18: whoever knew the password before an administrator set another one does not get to choose the
/// next, nor does anybody whose account was locked meanwhile.
#[tokio::test]
async fn np_18_only_the_password_that_is_replaced_chooses_the_next() {
    let world = World::new().await;
    let user = world.add("ada@example.com", None).await;
    let by = world.console();
    let (given, chosen) = (
        Secret::new("a word for one login"),
        Secret::new("a word of her own"),
    );
    let accounts = &world.accounts;
    accounts
        .set_one_time_password(&user.id, &given, &by)
        .await
        .unwrap();
    let choose = async |old: &Secret| {
        accounts
            .choose_password(&user.id, (old, &chosen), &by)
            .await
    };
    let late = choose(&Secret::new(PASSWORD)).await;
    assert!(matches!(late, Err(AccountError::UnknownUser)), "{late:?}");
    accounts.lock(&user.id, &by).await.unwrap();
    let locked = choose(&given).await;
    assert!(
        matches!(locked, Err(AccountError::UnknownUser)),
        "{locked:?}"
    );
    accounts.unlock(&user.id, &by).await.unwrap();
    choose(&given).await.unwrap();
}

/// OW-05, PW-14: a hash of other parameters is replaced at the next login, once.
#[tokio::test]
async fn ow_05_a_hash_of_other_parameters_is_upgraded_once() {
    let world = World::new().await;
    let user = world.add("ada@example.com", None).await;
    let old = world.stored_hash(&user).await;
    let stronger = HashParameters {
        memory_kib: 128,
        iterations: 2,
        parallelism: 1,
    };
    let accounts = Accounts::start(
        world.store.store.clone(),
        AccountsConfig {
            hashing: stronger,
            ..config()
        },
        Clock::Hand(world.hand.clone()),
        Random::system(),
    );
    let accounts = accounts.unwrap();
    let login = async |password: &str| {
        accounts
            .authenticate("ada@example.com", &Secret::new(password), PEER, world.now())
            .await
    };
    assert!(login("wrong").await.is_err());
    assert_eq!(
        world.stored_hash(&user).await,
        old,
        "a wrong password upgrades nothing"
    );
    login(PASSWORD).await.unwrap();
    let new = world.stored_hash(&user).await;
    assert!(new.starts_with("$argon2id$v=19$m=128,t=2,p=1$"), "{new}");
    login(PASSWORD).await.unwrap();
    assert_eq!(world.stored_hash(&user).await, new);
}

/// A row that is no hash is our fault, not the caller's, and is never compared.
#[tokio::test]
async fn a_damaged_stored_hash_is_a_fault() {
    let world = World::new().await;
    let user = world.add("ada@example.com", None).await;
    let id = user.id.clone();
    let damage = async move |txn: &crate::store::DatabaseTransaction| {
        users::set_password(
            txn,
            &id,
            Some("$argon2id$v=19$m=4000000,t=9,p=1$c2FsdHNhbHQ$aGFzaGhhc2g"),
            false,
            NOW,
        )
        .await
    };
    world.store.write(damage).await.unwrap();
    let done = world.login("ada@example.com", PASSWORD).await;
    assert!(matches!(done, Err(TokenError::Fault(_))), "{done:?}");
}
