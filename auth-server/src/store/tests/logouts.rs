//! The outbox of logouts: who is in it, and that one instance at a time tells a client.

use std::time::Duration;

use crate::model::{Client, ClientId, SessionId};
use crate::secret::Secret;
use crate::store::logout_deliveries::{self, Delivery, Ended};
use crate::store::sessions::{self, Session};
use crate::store::testing::{Fresh, NOW, add_client, add_user, client, fresh, user};
use crate::store::{Store, clients, session_clients};

fn session(id: &str) -> Session {
    Session {
        id: SessionId::new(id),
        user_id: user("ada").id,
        handle_digest: Secret::new(id).digest(),
        amr: vec![],
        acr: None,
        authenticated_at: NOW,
        created_at: NOW,
        last_seen_at: NOW,
        idle_expires_at: NOW,
        expires_at: NOW,
        ended_at: None,
    }
}

fn listening(id: &str) -> Client {
    let mut client = client(id);
    client.metadata.backchannel_logout_uri = Some("https://app.example/out".to_owned());
    client
}

/// Two sessions of one user with a client that listens, one that does not and one that is switched off.
async fn store_with_sessions() -> Fresh {
    let store = fresh().await;
    add_user(&store, &user("ada")).await;
    for client in [listening("web"), listening("off"), client("deaf")] {
        add_client(&store, &client).await;
    }
    let done = store.write(async |txn| {
        clients::set_disabled(txn, &ClientId::new("off"), Some(NOW), NOW).await?;
        for id in ["s-1", "s-2"] {
            sessions::insert(txn, &session(id)).await?;
            for client in ["web", "off", "deaf", "web"] {
                let (id, client) = (SessionId::new(id), ClientId::new(client));
                session_clients::join(txn, &id, &client).await?;
            }
        }
        Ok(())
    });
    done.await.unwrap();
    store
}

async fn due(store: &Store) -> Vec<Delivery> {
    logout_deliveries::due(store.read(), NOW, 10).await.unwrap()
}

/// LO-20: those that listen and are not switched off, once for each session, when it is time.
#[tokio::test]
async fn lo_20_clients_that_listen_are_in_the_outbox_once_for_each_session() {
    let store = store_with_sessions().await;
    let names = |deliveries: &[Delivery]| {
        let name = |one: &Delivery| format!("{} {}", one.session_id, one.client_id);
        deliveries.iter().map(name).collect::<Vec<_>>()
    };
    let later = NOW.plus(Duration::from_secs(1));
    let first = store.write(async move |txn| {
        let id = SessionId::new("s-1");
        sessions::end(txn, &id, NOW).await?;
        logout_deliveries::add(txn, Ended::One(&id), NOW, later).await
    });
    assert_eq!(names(&first.await.unwrap()), ["s-1 web"]);
    assert_eq!(due(&store).await, []);
    // The other of this user ends in the same millisecond.
    let all = store.write(async move |txn| {
        let user = user("ada").id;
        sessions::end_all_for_user(txn, &user, NOW).await?;
        logout_deliveries::add(txn, Ended::OfUser(&user, NOW), NOW, NOW).await
    });
    assert_eq!(names(&all.await.unwrap()), ["s-1 web", "s-2 web"]);
    assert_eq!(names(&due(&store).await), ["s-2 web"]);
    let all = logout_deliveries::due(store.read(), later, 10).await;
    assert_eq!(names(&all.unwrap()), ["s-2 web", "s-1 web"]);
}

/// LO-20: of many that take a delivery at once one does; a client that goes takes its deliveries along.
#[tokio::test]
async fn lo_20_a_delivery_is_taken_by_one() {
    let store = store_with_sessions().await;
    let ended = store.write(async |txn| {
        let id = SessionId::new("s-1");
        sessions::end(txn, &id, NOW).await?;
        logout_deliveries::add(txn, Ended::One(&id), NOW, NOW).await
    });
    let [found] = &ended.await.unwrap()[..] else {
        panic!("one delivery");
    };
    let until = NOW.plus(Duration::from_secs(15));
    let take = || {
        let found = found.clone();
        store.write(async move |txn| logout_deliveries::take(txn, &found, until).await)
    };
    let taken = futures_util::future::join_all((0..8).map(|_| take())).await;
    let winners = taken.into_iter().filter(|won| *won.as_ref().unwrap());
    assert_eq!(winners.count(), 1);
    assert_eq!(due(&store).await, []);
    let taken = Delivery {
        tries: 1,
        ..found.clone()
    };
    let (stale, ours) = (found.clone(), taken.clone());
    let put_back = store.write(async move |txn| {
        let is_stale_put_back = logout_deliveries::put_back(txn, &stale, NOW).await?;
        let is_ours = logout_deliveries::put_back(txn, &ours, NOW).await?;
        Ok((is_stale_put_back, is_ours))
    });
    assert_eq!(put_back.await.unwrap(), (false, true));
    assert_eq!(due(&store).await, [taken]);
    let gone = store.write(async |txn| clients::delete(txn, &ClientId::new("web"), NOW).await);
    gone.await.unwrap();
    assert_eq!(due(&store).await, []);
}
