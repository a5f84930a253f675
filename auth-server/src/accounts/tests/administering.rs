//! Making and changing accounts.

use super::*;
use crate::store::testing::{add_client, client, family};
use crate::store::{DatabaseTransaction, families};

fn new(username: &str, email: Option<&str>) -> NewAccount {
    NewAccount {
        username: username.to_owned(),
        email: email.map(str::to_owned),
        password: Some(Secret::new(PASSWORD)),
        roles: vec![Role::RECRUITER, Role::ADMIN, Role::RECRUITER],
        ..NewAccount::default()
    }
}

/// CR-08: a name that looks like another is taken, as name and as address.
#[tokio::test]
async fn cr_08_a_name_or_address_that_looks_like_another_is_taken() {
    let world = World::new().await;
    let by = world.console();
    world
        .accounts
        .create(new("admin", Some("admin@example.com")), &by)
        .await
        .unwrap();
    world.add("boss@example.com", None).await;
    for (username, email) in [
        ("ADMIN", None),
        ("ａｄｍｉｎ", None),
        ("Admin@Example.com", None),
        ("other", Some("ADMIN@example.com")),
        ("other", Some("BOSS@example.com")),
    ] {
        let done = world.accounts.create(new(username, email), &by).await;
        assert!(
            matches!(done, Err(AccountError::Taken)),
            "{username} {email:?} {done:?}"
        );
    }
    assert!(world.accounts.create(new("other", None), &by).await.is_ok());
}

/// NP-10, NP-11: rules hold when an account is made and when a password is set.
#[tokio::test]
async fn np_10_rules_hold_at_both_doors() {
    let world = World::new().await;
    let by = world.console();
    let weak = || Secret::new("passwordpassword");
    let account = NewAccount {
        password: Some(weak()),
        ..new("ada", None)
    };
    let done = world.accounts.create(account, &by).await;
    assert!(
        matches!(done, Err(AccountError::Password(PasswordProblem::Repeats))),
        "{done:?}"
    );
    let user = world.add("ada.lovelace@example.com", None).await;
    let done = world.accounts.set_password(&user.id, &weak(), &by).await;
    assert!(
        matches!(done, Err(AccountError::Password(PasswordProblem::Repeats))),
        "{done:?}"
    );
    let own = Secret::new("Ada.Lovelace1815");
    let done = world.accounts.set_password(&user.id, &own, &by).await;
    assert!(
        matches!(done, Err(AccountError::Password(PasswordProblem::Expected))),
        "{done:?}"
    );
    assert!(
        world
            .login("ada.lovelace@example.com", PASSWORD)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn roles_are_sorted_and_unique_and_names_keep_their_spelling() {
    let world = World::new().await;
    let by = world.console();
    let made = world
        .accounts
        .create(new(" Ada ", Some("Ada@Example.com")), &by)
        .await
        .unwrap();
    let found = world
        .accounts
        .find("ADA@EXAMPLE.COM")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found, made);
    assert_eq!(
        (found.username.as_str(), found.email.as_deref()),
        ("Ada", Some("Ada@Example.com"))
    );
    assert_eq!(found.roles, [Role::ADMIN, Role::RECRUITER]);
    world
        .accounts
        .set_roles(&found.id, vec![Role::CANDIDATE], &by)
        .await
        .unwrap();
    assert_eq!(
        world.accounts.find("ada").await.unwrap().unwrap().roles,
        [Role::CANDIDATE]
    );
    assert_eq!(world.accounts.find("a\0da").await.unwrap(), None);
}

/// A new password, a lock and a switch-off end what was begun before.
#[tokio::test]
async fn what_ends_an_account_ends_its_refresh_tokens() {
    let world = World::new().await;
    let by = world.console();
    let app = client("app");
    add_client(&world.store, &app).await;
    let user = world.add("ada@example.com", None).await;
    for (number, reason) in ["password_changed", "locked", "disabled"]
        .into_iter()
        .enumerate()
    {
        let family = family(&format!("f-{number}"), &user, &app);
        let id = family.id.clone();
        let begin = async move |txn: &DatabaseTransaction| families::insert(txn, &family).await;
        world.store.write(begin).await.unwrap();
        match reason {
            "password_changed" => {
                let new = Secret::new("fünf rote Enten am See");
                world
                    .accounts
                    .set_password(&user.id, &new, &by)
                    .await
                    .unwrap();
            }
            "locked" => world.accounts.lock(&user.id, &by).await.unwrap(),
            _ => world.accounts.disable(&user.id, &by).await.unwrap(),
        }
        let family = families::find(world.store.read(), &id)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(family.revoked_at, Some(by.now), "{reason}");
        // Whoever is locked begins no other.
        world.accounts.unlock(&user.id, &by).await.unwrap();
    }
}

#[tokio::test]
async fn who_is_not_there_cannot_be_changed() {
    let world = World::new().await;
    let (by, nobody) = (world.console(), crate::model::UserId::new("nobody"));
    let password = Secret::new(PASSWORD);
    for done in [
        world.accounts.lock(&nobody, &by).await,
        world.accounts.unlock(&nobody, &by).await,
        world.accounts.set_roles(&nobody, Vec::new(), &by).await,
        world.accounts.set_password(&nobody, &password, &by).await,
    ] {
        assert!(matches!(done, Err(AccountError::UnknownUser)), "{done:?}");
    }
}
