//! Families: a generation is spent once, whoever races for it.

use std::time::Duration;

use super::side_by_side;
use crate::model::{Family, FamilyId, UserStatus};
use crate::store::families::{self, Rotation};
use crate::store::testing::{Fresh, NOW, add_client, add_user, client, family, fresh, open, user};
use crate::store::{Store, StoreError, clients, users};

async fn with_family() -> (Fresh, Family) {
    let store = fresh().await;
    let (ada, web) = (user("ada"), client("web"));
    add_user(&store, &ada).await;
    add_client(&store, &web).await;
    let begun = Family {
        status_index: Some(0),
        ..family("f-1", &ada, &web)
    };
    insert(&store, begun.clone()).await.unwrap();
    (store, begun)
}

async fn insert(store: &Store, family: Family) -> Result<(), StoreError> {
    store
        .write(async move |txn| families::insert(txn, &family).await)
        .await
}

async fn rotate(store: &Store, id: &FamilyId, from_generation: u32) -> bool {
    let rotation = Rotation {
        id: id.clone(),
        from_generation,
        at: NOW,
        idle_expires_at: NOW,
        from_place: Some(0),
        to_place: 0,
    };
    store
        .write(async move |txn| families::rotate(txn, &rotation).await)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_family_comes_back_as_it_was_made() {
    let (store, begun) = with_family().await;
    assert_eq!(
        families::find(store.read(), &begun.id).await.unwrap(),
        Some(begun.clone())
    );
    let listed = families::list_for_user(store.read(), &begun.user_id, 10)
        .await
        .unwrap();
    assert_eq!(listed, [begun]);
}

/// RT-05, TOK-12: 64 refreshes of one token at once, from two instances: one new generation, each time.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rt_05_of_64_parallel_rotations_one_wins() {
    const ROUNDS: u32 = 20;
    let (store, begun) = with_family().await;
    let other = open(&store.database).await;
    for generation in 0..ROUNDS {
        let won = side_by_side(64, |number| {
            let store = if number % 2 == 0 {
                store.store.clone()
            } else {
                other.clone()
            };
            let id = begun.id.clone();
            async move { rotate(&store, &id, generation).await }
        })
        .await;
        assert_eq!(
            won.iter().filter(|won| **won).count(),
            1,
            "generation {generation}"
        );
    }
    let stored = families::find(store.read(), &begun.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(stored.generation, ROUNDS);
    other.close().await;
}

#[tokio::test]
async fn a_rotation_notes_when_and_starts_unused() {
    let (store, begun) = with_family().await;
    let id = begun.id.clone();
    let marked = store
        .write(async move |txn| {
            let newest = families::mark_used(txn, &id, 0).await?;
            Ok([newest, families::mark_used(txn, &id, 1).await?])
        })
        .await;
    assert_eq!(marked.unwrap(), [true, false]);
    assert!(
        families::find(store.read(), &begun.id)
            .await
            .unwrap()
            .unwrap()
            .used
    );
    assert!(rotate(&store, &begun.id, 0).await);
    let expected = Family {
        generation: 1,
        rotated_at: Some(NOW),
        idle_expires_at: NOW,
        used: false,
        ..begun.clone()
    };
    assert_eq!(
        families::find(store.read(), &begun.id).await.unwrap(),
        Some(expected)
    );
}

#[tokio::test]
async fn a_revoked_family_rotates_no_more_and_keeps_its_first_reason() {
    let (store, begun) = with_family().await;
    let id = begun.id.clone();
    let revoked = store
        .write(async move |txn| {
            let first = families::revoke(txn, &id, NOW, "logout").await?;
            let again = families::revoke(txn, &id, NOW.plus(Duration::from_secs(9)), "again");
            Ok([first, again.await?])
        })
        .await;
    assert_eq!(revoked.unwrap(), [true, false]);
    assert!(!rotate(&store, &begun.id, 0).await);
    let stored = families::find(store.read(), &begun.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((stored.generation, stored.revoked_at), (0, Some(NOW)));
}

#[tokio::test]
async fn everything_a_user_authorized_or_a_client_holds_is_revoked_at_once() {
    let (store, begun) = with_family().await;
    let (bob, app) = (user("bob"), client("app"));
    add_user(&store, &bob).await;
    add_client(&store, &app).await;
    insert(&store, family("f-2", &user("ada"), &app))
        .await
        .unwrap();
    insert(&store, family("f-3", &bob, &app)).await.unwrap();
    let revoked = store
        .write(async move |txn| {
            let of_ada = families::revoke_all_for_user(txn, &begun.user_id, NOW, "lock").await?;
            let of_app = families::revoke_all_for_client(txn, &app.id, NOW, "delete").await?;
            Ok([of_ada, of_app])
        })
        .await;
    assert_eq!(
        revoked.unwrap(),
        [2, 1],
        "what is revoked already does not count"
    );
}

#[tokio::test]
async fn no_two_families_share_a_place_in_the_status_list() {
    let (store, _) = with_family().await;
    let of = |id| Family {
        status_index: Some(7),
        ..family(id, &user("ada"), &client("web"))
    };
    insert(&store, of("f-2")).await.unwrap();
    assert!(insert(&store, of("f-3")).await.unwrap_err().is_conflict());
}

/// GR-10: whoever was locked while a login was under way gets no family that would outlive the lock.
#[tokio::test]
async fn gr_10_a_family_of_a_locked_user_or_a_client_that_is_off_is_refused() {
    let (store, _) = with_family().await;
    let begin = || insert(&store, family("f-2", &user("ada"), &client("web")));
    let (ada, web) = (user("ada").id, client("web").id);
    let lock = |status| {
        let ada = ada.clone();
        store.write(async move |txn| users::set_status(txn, &ada, status, NOW).await)
    };
    for status in [UserStatus::Locked, UserStatus::Disabled] {
        assert!(lock(status).await.unwrap());
        let begun = begin().await;
        assert!(matches!(begun, Err(StoreError::Missing(_))), "{begun:?}");
    }
    assert!(lock(UserStatus::Active).await.unwrap());
    let off = store.write(async move |txn| clients::set_disabled(txn, &web, Some(NOW), NOW).await);
    assert!(off.await.unwrap());
    let begun = begin().await;
    assert!(matches!(begun, Err(StoreError::Missing(_))), "{begun:?}");
}

#[tokio::test]
async fn a_family_of_nobody_is_refused() {
    let (store, _) = with_family().await;
    let orphan = family("f-2", &user("nobody"), &client("web"));
    let begun = insert(&store, orphan).await;
    assert!(matches!(begun, Err(StoreError::Missing(_))), "{begun:?}");
}

#[tokio::test]
async fn ended_families_go_in_batches_and_living_ones_stay() {
    let (store, living) = with_family().await;
    for number in 0..5 {
        let ended = Family {
            idle_expires_at: NOW,
            ..family(&format!("f-old-{number}"), &user("ada"), &client("web"))
        };
        insert(&store, ended).await.unwrap();
    }
    let after = NOW.plus(Duration::from_secs(1));
    for expected in [2, 2, 1, 0] {
        let pruned = store
            .write(async move |txn| families::prune_expired(txn, after, 2).await)
            .await;
        assert_eq!(pruned.unwrap(), expected);
    }
    let left = families::list_for_user(store.read(), &living.user_id, 10)
        .await
        .unwrap();
    assert_eq!(left, [living]);
}
