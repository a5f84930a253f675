//! Accounts: whole or not at all, one namespace of login names, conditional changes.

use shared_claims::Role;

use crate::model::{UserId, UserStatus};
use crate::store::testing::{NOW, add_client, add_user, client, family, fresh, keys, user};
use crate::store::users::LoginKeys;
use crate::store::{StoreError, changes, families, roles, users};

#[tokio::test]
async fn a_user_comes_back_as_it_was_made() {
    let store = fresh().await;
    let mut made = user("Ada");
    made.email = Some("Ada@Example.com".to_owned());
    made.email_verified = true;
    made.must_change_password = true;
    made.mfa_required = true;
    made.status = UserStatus::Locked;
    made.roles = vec![
        Role::ADMIN,
        Role::parse("librarian").unwrap(),
        Role::RECRUITER,
    ];
    add_user(&store, &made).await;
    assert_eq!(
        users::find_by_id(store.read(), &made.id)
            .await
            .unwrap()
            .unwrap(),
        made
    );
    for key in ["ada", "ada@example.com"] {
        let found = users::find_by_login_key(store.read(), key).await.unwrap();
        assert_eq!(found.as_ref(), Some(&made), "{key}");
    }
    let known = roles::all(store.read()).await.unwrap();
    assert!(
        known.iter().any(|known| known.role.as_str() == "librarian"),
        "a new role is made"
    );
}

#[tokio::test]
async fn login_names_are_compared_byte_by_byte() {
    let store = fresh().await;
    add_user(&store, &user("ada")).await;
    for other in ["ADA", "ada ", " ada", "ad\u{e1}", "ada\0", ""] {
        let found = users::find_by_login_key(store.read(), other).await.unwrap();
        assert!(found.is_none(), "{other:?} is not ada");
    }
    let upper = UserId::new("U-ADA");
    assert!(
        users::find_by_id(store.read(), &upper)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn the_name_of_one_user_is_never_the_address_of_another() {
    let store = fresh().await;
    let mut ada = user("ada");
    ada.email = Some("ada@example.com".to_owned());
    add_user(&store, &ada).await;
    let mut same_address = user("bob");
    same_address.email.clone_from(&ada.email);
    let mut named_like_address = user("ada@example.com");
    named_like_address.id = UserId::new("u-thief");
    let mut address_like_name = user("carol");
    address_like_name.email = Some("ada".to_owned());
    let mut same_name = user("ada");
    same_name.id = UserId::new("u-other");
    for thief in [
        same_address,
        named_like_address,
        address_like_name,
        same_name,
    ] {
        let keys = keys(&thief);
        let made = store
            .write(async move |txn| users::create(txn, &thief, &keys).await)
            .await;
        assert!(
            made.unwrap_err().is_conflict(),
            "names and addresses are taken once"
        );
    }
    assert_eq!(
        users::count(store.read()).await.unwrap(),
        1,
        "and nothing is left of the others"
    );
}

#[tokio::test]
async fn a_profile_moves_to_a_free_name_only() {
    let store = fresh().await;
    let (ada, bob) = (user("ada"), user("bob"));
    add_user(&store, &ada).await;
    add_user(&store, &bob).await;
    let mut moved = ada.clone();
    moved.username = "Lovelace".to_owned();
    moved.name = None;
    moved.profile.set("nickname", "Lovely ✿".into()).unwrap();
    moved.profile.touch(1_800_000_001);
    let (change, free) = (moved.clone(), keys(&moved));
    let done = store
        .write(async move |txn| users::update_profile(txn, &change, &free).await)
        .await;
    assert!(done.unwrap());
    assert!(
        users::find_by_login_key(store.read(), "ada")
            .await
            .unwrap()
            .is_none()
    );
    let found = users::find_by_login_key(store.read(), "lovelace")
        .await
        .unwrap();
    assert_eq!(found, Some(moved.clone()));
    let taken = LoginKeys {
        username: "bob".to_owned(),
        email: None,
    };
    let done = store
        .write(async move |txn| users::update_profile(txn, &moved, &taken).await)
        .await;
    assert!(matches!(done, Err(StoreError::Conflict(_))), "{done:?}");
}

#[tokio::test]
async fn a_hash_is_upgraded_only_while_the_old_one_is_stored() {
    let store = fresh().await;
    let ada = user("ada");
    add_user(&store, &ada).await;
    let seen = changes::latest(store.read()).await.unwrap();
    let upgrade = async |old: &'static str, new: &'static str| {
        let id = ada.id.clone();
        store
            .write(async move |txn| users::upgrade_hash(txn, &id, old, new, NOW).await)
            .await
    };
    assert!(
        upgrade("$argon2id$v=19$old", "$argon2id$v=19$new")
            .await
            .unwrap()
    );
    assert!(
        !upgrade("$argon2id$v=19$old", "$argon2id$v=19$evil")
            .await
            .unwrap()
    );
    let stored = users::find_by_id(store.read(), &ada.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(stored.password_hash.as_deref(), Some("$argon2id$v=19$new"));
    assert_eq!(
        stored.password_changed_at, ada.password_changed_at,
        "the password is the same"
    );
    assert_eq!(
        changes::latest(store.read()).await.unwrap(),
        seen,
        "and nobody need know"
    );
}

#[tokio::test]
async fn every_change_of_an_account_is_announced() {
    let store = fresh().await;
    let ada = user("ada");
    add_user(&store, &ada).await;
    let later = NOW.plus(std::time::Duration::from_mins(1));
    let id = ada.id.clone();
    let done = store
        .write(async move |txn| {
            let password = users::set_password(txn, &id, Some("new"), true, later).await?;
            let status = users::set_status(txn, &id, UserStatus::Disabled, later).await?;
            let roles = [Role::RECRUITER, Role::ADMIN, Role::ADMIN];
            Ok([
                password,
                status,
                users::set_roles(txn, &id, &roles, later).await?,
            ])
        })
        .await;
    assert_eq!(done.unwrap(), [true; 3]);
    let stored = users::find_by_id(store.read(), &ada.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(stored.password_hash.as_deref(), Some("new"));
    assert_eq!(stored.password_changed_at, Some(later));
    assert!(stored.must_change_password);
    assert_eq!(stored.status, UserStatus::Disabled);
    assert_eq!(stored.roles, [Role::ADMIN, Role::RECRUITER]);
    assert_eq!(stored.updated_at, later);
    let announced = changes::since(store.read(), 0, 100).await.unwrap();
    assert_eq!(
        announced.len(),
        4,
        "created, password, status, roles: {announced:?}"
    );
    assert!(announced.iter().all(|change| change.key == ada.id.as_str()));
}

#[tokio::test]
async fn a_user_who_is_not_there_is_neither_changed_nor_announced() {
    let store = fresh().await;
    let done = store
        .write(async move |txn| {
            let nobody = UserId::new("u-nobody");
            Ok([
                users::set_password(txn, &nobody, None, false, NOW).await?,
                users::set_status(txn, &nobody, UserStatus::Locked, NOW).await?,
                users::set_roles(txn, &nobody, &[Role::ADMIN], NOW).await?,
                users::delete(txn, &nobody, NOW).await?,
            ])
        })
        .await;
    assert_eq!(done.unwrap(), [false; 4]);
    assert_eq!(changes::latest(store.read()).await.unwrap(), 0);
}

#[tokio::test]
async fn a_deleted_user_takes_families_and_roles_along() {
    let store = fresh().await;
    let (ada, web) = (user("ada"), client("web"));
    add_user(&store, &ada).await;
    add_client(&store, &web).await;
    let begun = family("f-1", &ada, &web);
    let insert = begun.clone();
    store
        .write(async move |txn| families::insert(txn, &insert).await)
        .await
        .unwrap();
    let id = ada.id.clone();
    assert!(
        store
            .write(async move |txn| users::delete(txn, &id, NOW).await)
            .await
            .unwrap()
    );
    assert!(
        users::find_by_id(store.read(), &ada.id)
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        families::find(store.read(), &begun.id)
            .await
            .unwrap()
            .is_none()
    );
    add_user(&store, &ada).await;
}

#[tokio::test]
async fn pages_hold_everyone_once() {
    let store = fresh().await;
    for name in ["e", "a", "d", "b", "c"] {
        add_user(&store, &user(name)).await;
    }
    let (mut names, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = users::list(store.read(), after.as_deref(), 2)
            .await
            .unwrap();
        assert!(page.items.len() <= 2);
        names.extend(page.items.into_iter().map(|user| user.username));
        let Some(next) = page.next else { break };
        after = Some(next);
    }
    assert_eq!(names, ["a", "b", "c", "d", "e"]);
}
