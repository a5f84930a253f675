//! Places in status lists: reserved once, revoked with what they belong to, dropped at the end.

use std::collections::HashSet;
use std::time::Duration;

use shared_claims::{Role, ScopeSet};

use super::side_by_side;
use crate::clock::Instant;
use crate::model::{ClientId, Family, SessionId};
use crate::store::families::{self, OfSession, Rotation};
use crate::store::status::{self, LIST_SIZE, List, Reservation, Run};
use crate::store::testing::{Fresh, NOW, add_client, add_user, client, family, fresh, open, user};
use crate::store::{Store, changes, clients, sessions, users};

const LIST: List = List {
    number: 0,
    opened_at: NOW,
    expires_at: Instant::from_seconds(1_800_010_000),
};

fn block(seen: i64, size: i64, client: Option<&str>) -> Reservation {
    Reservation {
        seen,
        block: Run { first: seen, size },
        client: client.map(ClientId::new),
        list: LIST,
        opens_list: seen == 0,
        at: NOW,
    }
}

async fn reserve(store: &Store, reservation: Reservation) -> bool {
    store
        .write(async move |txn| status::reserve(txn, &reservation).await)
        .await
        .unwrap()
}

/// Families of ada at web with these places.
async fn with_families(places: &[(&str, i64, Option<i64>)]) -> Fresh {
    let store = fresh().await;
    let (ada, web) = (user("ada"), client("web"));
    add_user(&store, &ada).await;
    add_client(&store, &web).await;
    for (id, place, before) in places {
        insert(
            &store,
            Family {
                status_index: Some(*place),
                status_index_before: *before,
                ..family(id, &ada, &web)
            },
        )
        .await;
    }
    store
}

async fn insert(store: &Store, family: Family) {
    store
        .write(async move |txn| families::insert(txn, &family).await)
        .await
        .unwrap();
}

async fn revoked(store: &Store) -> Vec<i64> {
    let latest = changes::latest(store.read()).await.unwrap();
    let all = status::revocations(store.read(), 0, latest).await.unwrap();
    let mut indexes: Vec<i64> = all
        .into_iter()
        .flat_map(|one| one.run.first..one.run.first + one.run.size)
        .collect();
    indexes.sort_unstable();
    indexes.dedup();
    indexes
}

/// TSL-08: of all who reserve at the same time on two instances, no two get the same index.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tsl_08_no_two_blocks_overlap() {
    let store = fresh().await;
    let other = open(&store.database).await;
    let won = side_by_side(16, |number| {
        let store = if number % 2 == 0 {
            store.store.clone()
        } else {
            other.clone()
        };
        async move {
            let mut won = Vec::new();
            while won.len() < 5 {
                let seen = status::next_free(store.read()).await.unwrap();
                let size = 1 + i64::try_from(number).unwrap();
                if reserve(
                    &store,
                    Reservation {
                        opens_list: false,
                        ..block(seen, size, None)
                    },
                )
                .await
                {
                    won.extend([seen]);
                }
            }
            (number, won)
        }
    })
    .await;
    let mut indexes = HashSet::new();
    for (number, firsts) in won {
        for first in firsts {
            for index in first..=first + i64::try_from(number).unwrap() {
                assert!(indexes.insert(index), "{index} twice");
            }
        }
    }
    let next = status::next_free(store.read()).await.unwrap();
    assert_eq!(i64::try_from(indexes.len()).unwrap(), next);
}

#[tokio::test]
async fn a_list_is_opened_with_its_first_block_and_everybody_is_told() {
    let store = fresh().await;
    let before = changes::latest(store.read()).await.unwrap();
    assert!(reserve(&store, block(0, 64, None)).await);
    assert!(
        !reserve(&store, block(0, 64, None)).await,
        "the counter has moved"
    );
    assert!(reserve(&store, block(64, 64, None)).await);
    assert_eq!(status::lists(store.read()).await.unwrap(), [LIST]);
    assert_eq!(status::next_free(store.read()).await.unwrap(), 128);
    assert_eq!(changes::latest(store.read()).await.unwrap(), before + 1);
}

/// REV-07: whatever ends a family sets its bits in the same transaction; one change for all of them.
#[tokio::test]
async fn rev_07_revoking_families_sets_both_their_places() {
    let store = with_families(&[("f-1", 10, None), ("f-2", 20, Some(7))]).await;
    let before = changes::latest(store.read()).await.unwrap();
    let ada = user("ada").id;
    let revoke = async move |txn: &crate::store::DatabaseTransaction| {
        families::revoke_all_for_user(txn, &ada, NOW, "test").await
    };
    assert_eq!(store.write(revoke.clone()).await.unwrap(), 2);
    assert_eq!(revoked(&store).await, [7, 10, 20]);
    assert_eq!(changes::latest(store.read()).await.unwrap(), before + 1);
    for (index, expected) in [(6, false), (7, true), (8, false), (10, true), (20, true)] {
        assert_eq!(
            status::is_revoked(store.read(), index).await.unwrap(),
            expected,
            "{index}"
        );
    }
    assert_eq!(
        store.write(revoke).await.unwrap(),
        0,
        "nothing is left to revoke"
    );
    assert_eq!(changes::latest(store.read()).await.unwrap(), before + 1);
}

/// REV-08: access tokens end, the family does not, and the next refresh takes a new place.
#[tokio::test]
async fn rev_08_a_family_that_was_reindexed_takes_a_new_place() {
    let store = with_families(&[("f-1", 10, Some(3)), ("f-2", 20, None)]).await;
    let id = family("f-1", &user("ada"), &client("web")).id;
    let reindexed = id.clone();
    let did = store.write(async move |txn| families::reindex(txn, &reindexed, NOW).await);
    assert!(did.await.unwrap());
    assert_eq!(revoked(&store).await, [3, 10]);
    let again = id.clone();
    let did = store.write(async move |txn| families::reindex(txn, &again, NOW).await);
    assert!(!did.await.unwrap(), "it has no place");

    let rotate = |from_place, to_place, from_generation| {
        let rotation = Rotation {
            id: id.clone(),
            from_generation,
            at: NOW,
            idle_expires_at: NOW,
            from_place,
            to_place,
        };
        store.write(async move |txn| families::rotate(txn, &rotation).await)
    };
    assert!(
        !rotate(Some(10), 10, 0).await.unwrap(),
        "its place was revoked after it was read"
    );
    assert!(rotate(None, 30, 0).await.unwrap());
    let stored = families::find(store.read(), &id).await.unwrap().unwrap();
    assert_eq!(
        (stored.status_index, stored.status_index_before),
        (Some(30), None)
    );
    assert!(rotate(Some(30), 40, 1).await.unwrap());
    let stored = families::find(store.read(), &id).await.unwrap().unwrap();
    assert_eq!(
        (stored.status_index, stored.status_index_before),
        (Some(40), Some(30))
    );
    for place in [40, 30] {
        let found = families::find_by_place(store.read(), place).await.unwrap();
        assert_eq!(found.map(|family| family.id), Some(id.clone()), "{place}");
    }
    assert_eq!(
        families::find_by_place(store.read(), 10).await.unwrap(),
        None
    );
}

/// OC-73: a logout ends what was authorized in the session, but not what was granted offline access.
#[tokio::test]
async fn oc_73_offline_access_outlives_its_session() {
    let store = with_families(&[]).await;
    let session = sessions::Session {
        id: SessionId::new("s-9"),
        user_id: user("ada").id,
        handle_digest: crate::secret::Secret::new("handle").digest(),
        amr: vec!["pwd".to_owned()],
        acr: None,
        authenticated_at: NOW,
        created_at: NOW,
        last_seen_at: NOW,
        idle_expires_at: NOW.plus(Duration::from_hours(1)),
        expires_at: NOW.plus(Duration::from_hours(1)),
        ended_at: None,
    };
    let made = session.clone();
    store
        .write(async move |txn| sessions::insert(txn, &made).await)
        .await
        .unwrap();
    for (place, scope) in [
        (1, "jobs:read"),
        (2, "offline_access"),
        (3, "jobs:read offline_access"),
        (4, "a offline_access z"),
        (5, "offlineXaccess not_offline_access offline_access_not"),
    ] {
        insert(
            &store,
            Family {
                session_id: Some(session.id.clone()),
                scope: ScopeSet::parse(scope).unwrap(),
                status_index: Some(place),
                ..family(&format!("f-{place}"), &user("ada"), &client("web"))
            },
        )
        .await;
    }
    let end = |what| {
        let id = session.id.clone();
        store.write(async move |txn| {
            families::revoke_all_for_session(txn, (&id, what), NOW, "logout").await
        })
    };
    assert_eq!(end(OfSession::AllButOffline).await.unwrap(), 2);
    assert_eq!(revoked(&store).await, [1, 5]);
    assert_eq!(end(OfSession::Everything).await.unwrap(), 3);
    assert_eq!(revoked(&store).await, [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn a_client_that_is_switched_off_loses_its_own_tokens_too() {
    let store = with_families(&[]).await;
    assert!(reserve(&store, block(0, 4, Some("web"))).await);
    assert!(reserve(&store, block(4, 4, None)).await);
    assert!(reserve(&store, block(8, 2, Some("web"))).await);
    let web = client("web").id;
    let off = store.write(async move |txn| clients::set_disabled(txn, &web, Some(NOW), NOW).await);
    assert!(off.await.unwrap());
    assert_eq!(revoked(&store).await, [0, 1, 2, 3, 8, 9]);
    assert!(status::is_revoked(store.read(), 9).await.unwrap());
    assert!(!status::is_revoked(store.read(), 4).await.unwrap());
}

#[tokio::test]
async fn a_block_of_a_client_that_is_gone_is_not_reserved() {
    let store = with_families(&[]).await;
    let reservation = block(0, 4, Some("nobody"));
    let refused = store.write(async move |txn| status::reserve(txn, &reservation).await);
    assert!(refused.await.is_err());
    assert_eq!(status::next_free(store.read()).await.unwrap(), 0);
}

#[tokio::test]
async fn a_user_who_is_deleted_or_loses_a_role_loses_the_tokens() {
    let store = with_families(&[("f-1", 10, None)]).await;
    let set = |roles: Vec<Role>| {
        let ada = user("ada").id;
        store.write(async move |txn| users::set_roles(txn, &ada, &roles, NOW).await)
    };
    assert!(set(vec![Role::CANDIDATE, Role::RECRUITER]).await.unwrap());
    assert_eq!(
        revoked(&store).await,
        [] as [i64; 0],
        "more rights revoke nothing"
    );
    assert!(set(vec![Role::RECRUITER]).await.unwrap());
    assert_eq!(revoked(&store).await, [10]);
    insert(
        &store,
        Family {
            status_index: Some(11),
            ..family("f-2", &user("ada"), &client("web"))
        },
    )
    .await;
    let ada = user("ada").id;
    let gone = store.write(async move |txn| users::delete(txn, &ada, NOW).await);
    assert!(gone.await.unwrap());
    assert_eq!(revoked(&store).await, [10, 11]);
}

#[tokio::test]
async fn all_lists_at_once_are_one_row_each_and_the_next_place_is_beyond() {
    let store = fresh().await;
    assert!(reserve(&store, block(0, 4, None)).await);
    store
        .write(async |txn| status::revoke_all_lists(txn, NOW).await)
        .await
        .unwrap();
    let latest = changes::latest(store.read()).await.unwrap();
    let rows = status::revocations(store.read(), 0, latest).await.unwrap();
    let whole = Run {
        first: 0,
        size: LIST_SIZE,
    };
    assert_eq!(rows.iter().map(|row| row.run).collect::<Vec<_>>(), [whole]);
    assert_eq!(status::next_free(store.read()).await.unwrap(), LIST_SIZE);
    for (index, expected) in [(0, true), (LIST_SIZE - 1, true), (LIST_SIZE, false)] {
        assert_eq!(
            status::is_revoked(store.read(), index).await.unwrap(),
            expected,
            "{index}"
        );
    }
}

/// TSL-10: a list goes when its last token has expired, and its bits with it.
#[tokio::test]
async fn tsl_10_what_ended_is_forgotten() {
    let store = with_families(&[("f-1", 10, None)]).await;
    assert!(reserve(&store, block(0, 4, Some("web"))).await);
    let one = LIST_SIZE + 5;
    store
        .write(async move |txn| {
            status::revoke_index(txn, 3, NOW).await?;
            status::revoke_index(txn, one, NOW).await
        })
        .await
        .unwrap();
    let newer = Reservation {
        block: Run {
            first: LIST_SIZE,
            size: 8,
        },
        list: List {
            number: 1,
            expires_at: LIST.expires_at.plus(Duration::from_hours(1)),
            ..LIST
        },
        opens_list: true,
        ..block(4, 8, Some("web"))
    };
    assert!(reserve(&store, newer.clone()).await);
    let prune = async move |txn: &crate::store::DatabaseTransaction| {
        let before = LIST.expires_at.plus(Duration::from_secs(1));
        Ok((
            status::prune_blocks(txn, before, 100).await?,
            status::prune_lists(txn, before, 100).await?,
            status::prune_revocations(txn, 100).await?,
        ))
    };
    assert_eq!(store.write(prune).await.unwrap(), (1, 1, 1));
    assert_eq!(status::lists(store.read()).await.unwrap(), [newer.list]);
    assert_eq!(revoked(&store).await, [one]);
}
