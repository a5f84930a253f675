//! Login sessions and the facts of `server_state`.

use std::time::Duration;

use super::side_by_side;
use crate::model::SessionId;
use crate::secret::Secret;
use crate::store::sessions::{self, Session};
use crate::store::testing::{NOW, add_user, fresh, user};
use crate::store::{audit, server_state};

fn session(id: &str) -> Session {
    Session {
        id: SessionId::new(id),
        user_id: user("ada").id,
        handle_digest: Secret::new(format!("handle of {id}")).digest(),
        amr: vec!["pwd".to_owned(), "otp".to_owned()],
        acr: Some("urn:example:silver".to_owned()),
        authenticated_at: NOW,
        created_at: NOW,
        last_seen_at: NOW,
        idle_expires_at: NOW.plus(Duration::from_mins(1)),
        expires_at: NOW.plus(Duration::from_mins(10)),
        ended_at: None,
    }
}

#[tokio::test]
async fn a_session_is_found_by_the_digest_of_its_handle_until_it_ends() {
    let store = fresh().await;
    add_user(&store, &user("ada")).await;
    store
        .write(async |txn| sessions::insert(txn, &session("s-1")).await)
        .await
        .unwrap();
    let handle = session("s-1").handle_digest;
    let found = sessions::find_by_handle(store.read(), &handle)
        .await
        .unwrap();
    assert_eq!(found, Some(session("s-1")));
    let other = Secret::new("another handle").digest();
    assert_eq!(
        sessions::find_by_handle(store.read(), &other)
            .await
            .unwrap(),
        None
    );
    let done = store
        .write(async |txn| {
            let (id, later) = (session("s-1").id, NOW.plus(Duration::from_secs(1)));
            Ok([
                sessions::touch(txn, &id, later, later).await?,
                sessions::end(txn, &id, later).await?,
                sessions::end(txn, &id, later).await?,
                sessions::touch(txn, &id, later, later).await?,
            ])
        })
        .await;
    assert_eq!(done.unwrap(), [true, true, false, false]);
    let stored = sessions::find(store.read(), &session("s-1").id)
        .await
        .unwrap()
        .unwrap();
    assert!(stored.ended_at.is_some());
}

#[tokio::test]
async fn all_sessions_of_a_user_end_at_once_and_are_forgotten_in_batches() {
    let store = fresh().await;
    add_user(&store, &user("ada")).await;
    let done = store
        .write(async |txn| {
            for id in ["s-1", "s-2", "s-3"] {
                sessions::insert(txn, &session(id)).await?;
            }
            sessions::end(txn, &session("s-2").id, NOW).await?;
            sessions::end_all_for_user(txn, &user("ada").id, NOW).await
        })
        .await;
    assert_eq!(done.unwrap(), 2);
    let after = NOW.plus(Duration::from_secs(601));
    for expected in [2, 1, 0] {
        let pruned = store
            .write(async move |txn| sessions::prune_expired(txn, after, 2).await)
            .await;
        assert_eq!(pruned.unwrap(), expected);
    }
}

#[tokio::test]
async fn of_many_that_store_a_fact_at_once_all_get_the_same() {
    let store = fresh().await;
    let seen = side_by_side(16, |number| {
        let (store, mine) = (store.store.clone(), vec![u8::try_from(number).unwrap(); 4]);
        async move {
            store
                .write(async move |txn| {
                    server_state::insert_if_absent(txn, "proof", &mine, NOW).await
                })
                .await
                .unwrap()
        }
    })
    .await;
    let stored = server_state::find(store.read(), "proof")
        .await
        .unwrap()
        .unwrap();
    assert!(seen.iter().all(|seen| *seen == stored), "{seen:?}");
    let replaced = store
        .write(async move |txn| {
            let new = server_state::replace(txn, "proof", &stored, b"new", NOW).await?;
            Ok([
                new,
                server_state::replace(txn, "proof", &stored, b"newer", NOW).await?,
            ])
        })
        .await;
    assert_eq!(replaced.unwrap(), [true, false]);
    let stored = server_state::find(store.read(), "proof").await.unwrap();
    assert_eq!(stored.as_deref(), Some(&b"new"[..]));
}

#[tokio::test]
async fn an_audit_event_is_written_once() {
    let store = fresh().await;
    let event = audit::AuditRow {
        id: "e-1",
        at: NOW,
        kind: "token.issue",
        outcome: "ok",
        reason: None,
        client_id: Some("ats-web"),
        user_id: None,
        peer: Some("::1"),
        request_id: None,
        detail: "{}",
    };
    store
        .write(async move |txn| audit::append(txn, &event).await)
        .await
        .unwrap();
    let again = store
        .write(async move |txn| audit::append(txn, &event).await)
        .await;
    assert!(again.unwrap_err().is_conflict());
}
