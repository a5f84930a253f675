//! Clients: whole or not at all, secrets that overlap while one is rotated.

use std::time::Duration;

use shared_claims::Role;

use crate::model::{
    Algorithm, AuthMethod, Client, ClientId, ClientKind, ClientMetadata, ClientSecret, FamilyId,
};
use crate::secret::Secret;
use crate::store::testing::{NOW, add_client, add_user, client, family, fresh, user};
use crate::store::{StoreError, changes, clients, families};

fn secret(id: &str, text: &str) -> ClientSecret {
    let digest = Secret::new(text).digest();
    ClientSecret {
        id: id.to_owned(),
        digest,
        created_at: NOW,
        expires_at: None,
    }
}

fn service() -> Client {
    Client {
        kind: ClientKind::Confidential,
        auth_method: AuthMethod::AnySecret,
        secrets: vec![secret("k-1", "one"), secret("k-2", "two")],
        roles: vec![Role::RECRUITER],
        access_ttl: Some(Duration::from_millis(90_500)),
        token_alg: Some(Algorithm::ES256),
        require_pkce: false,
        may_introspect: true,
        password_grant_until: Some(NOW),
        metadata: ClientMetadata {
            backchannel_logout_uri: Some("https://app.example.com/logout".to_owned()),
            id_ttl: Some(Duration::from_mins(5)),
            rotates_refresh_tokens: false,
            ..ClientMetadata::default()
        },
        ..client("service")
    }
}

#[tokio::test]
async fn a_client_comes_back_as_it_was_made() {
    let store = fresh().await;
    let made = service();
    add_client(&store, &made).await;
    add_client(&store, &client("web")).await;
    assert_eq!(
        clients::find(store.read(), &made.id).await.unwrap(),
        Some(made.clone())
    );
    assert_eq!(
        clients::all(store.read()).await.unwrap(),
        [made.clone(), client("web")]
    );
    let page = clients::list(store.read(), None, 1).await.unwrap();
    assert_eq!(
        (page.items, page.next.as_deref()),
        (vec![made], Some("service"))
    );
    let page = clients::list(store.read(), Some("service"), 1)
        .await
        .unwrap();
    assert_eq!((page.items, page.next), (vec![client("web")], None));
    for other in ["Service", "service ", "service\0"] {
        let found = clients::find(store.read(), &ClientId::new(other))
            .await
            .unwrap();
        assert_eq!(found, None, "{other:?}");
    }
}

#[tokio::test]
async fn an_id_is_given_once() {
    let store = fresh().await;
    add_client(&store, &service()).await;
    let again = store
        .write(async |txn| clients::create(txn, &service()).await)
        .await;
    assert!(again.unwrap_err().is_conflict());
}

#[tokio::test]
async fn an_update_changes_everything_but_the_secrets() {
    let store = fresh().await;
    add_client(&store, &service()).await;
    let later = NOW.plus(Duration::from_secs(1));
    let changed = Client {
        name: "Renamed".to_owned(),
        redirect_uris: Vec::new(),
        roles: vec![Role::ADMIN, Role::CANDIDATE],
        access_ttl: None,
        token_alg: None,
        require_pkce: true,
        metadata: ClientMetadata::default(),
        secrets: Vec::new(),
        ..service()
    };
    let update = changed.clone();
    let done = store
        .write(async move |txn| clients::update(txn, &service(), &update, later).await)
        .await;
    assert!(done.unwrap());
    let expected = Client {
        secrets: service().secrets,
        updated_at: later,
        ..changed
    };
    assert_eq!(
        clients::find(store.read(), &expected.id).await.unwrap(),
        Some(expected.clone())
    );
    let announced = changes::since(store.read(), 1, 10).await.unwrap();
    assert_eq!(announced.len(), 1);

    let id = expected.id.clone();
    let done = store
        .write(async move |txn| clients::set_disabled(txn, &id, Some(later), later).await)
        .await;
    assert!(done.unwrap());
    let stored = clients::find(store.read(), &expected.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(stored.disabled_at, Some(later));
}

/// Two who change a client at the same time: the second is told, and undoes nothing.
#[tokio::test]
async fn an_update_of_what_is_not_there_any_more_changes_nothing() {
    let store = fresh().await;
    add_client(&store, &service()).await;
    let update = async |before: Client, name: &str| {
        let after = Client {
            name: name.to_owned(),
            may_introspect: name != "first",
            ..service()
        };
        // Both at the same instant.
        let done = store
            .write(async move |txn| clients::update(txn, &before, &after, NOW).await)
            .await;
        done.unwrap()
    };
    assert!(update(service(), "first").await);
    assert!(!update(service(), "second").await);
    let stored = clients::find(store.read(), &service().id).await.unwrap();
    let stored = stored.unwrap();
    assert!(stored.name == "first" && !stored.may_introspect);
    assert!(update(stored, "third").await);
    let gone = client("nobody");
    let (before, after) = (gone.clone(), gone);
    let done = store
        .write(async move |txn| clients::update(txn, &before, &after, NOW).await)
        .await;
    assert!(!done.unwrap());
}

/// CA-19
#[tokio::test]
async fn ca_19_old_secrets_end_after_the_overlap_and_no_later_than_before() {
    let store = fresh().await;
    add_client(&store, &service()).await;
    let soon = NOW.plus(Duration::from_secs(10));
    let end = NOW.plus(Duration::from_hours(1));
    let id = service().id;
    let ended = store
        .write(async move |txn| {
            let early = ClientSecret {
                expires_at: Some(soon),
                ..secret("k-3", "three")
            };
            clients::add_secret(txn, &id, &early).await?;
            clients::add_secret(txn, &id, &secret("k-4", "four")).await?;
            clients::expire_secrets(txn, &id, "k-4", end, NOW).await
        })
        .await;
    assert_eq!(ended.unwrap(), 2);
    let ends = async || -> Vec<(String, Option<_>)> {
        let client = clients::find(store.read(), &service().id)
            .await
            .unwrap()
            .unwrap();
        client
            .secrets
            .into_iter()
            .map(|secret| (secret.id, secret.expires_at))
            .collect()
    };
    let expected = [
        ("k-1", Some(end)),
        ("k-2", Some(end)),
        ("k-3", Some(soon)),
        ("k-4", None),
    ];
    assert_eq!(ends().await, expected.map(|(id, end)| (id.to_owned(), end)));
    let after = end.plus(Duration::from_secs(1));
    for expected in [2, 1, 0] {
        let pruned = store
            .write(async move |txn| clients::prune_secrets(txn, after, 2).await)
            .await;
        assert_eq!(pruned.unwrap(), expected);
    }
    assert_eq!(ends().await, [("k-4".to_owned(), None)]);
}

#[tokio::test]
async fn a_secret_of_nobody_is_refused() {
    let store = fresh().await;
    let nobody = ClientId::new("nobody");
    let added = store
        .write(async move |txn| clients::add_secret(txn, &nobody, &secret("k-1", "one")).await)
        .await;
    assert!(matches!(added, Err(StoreError::Missing(_))), "{added:?}");
}

#[tokio::test]
async fn a_deleted_client_takes_its_secrets_along() {
    let store = fresh().await;
    add_client(&store, &service()).await;
    let id = service().id;
    assert!(
        store
            .write(async move |txn| clients::delete(txn, &id, NOW).await)
            .await
            .unwrap()
    );
    assert_eq!(
        clients::find(store.read(), &service().id).await.unwrap(),
        None
    );
    add_client(&store, &service()).await;
}

/// RS-04: whoever loses a client loses what it held.
#[tokio::test]
async fn rs_04_a_client_that_is_switched_off_or_robbed_of_its_secret_holds_nothing() {
    let store = fresh().await;
    let someone = user("anna");
    add_user(&store, &someone).await;
    add_client(&store, &service()).await;
    let ids = ["f-off", "f-robbed", "f-rotated"];
    let is_revoked = async |id: &str| {
        let family = families::find(store.read(), &FamilyId::new(id)).await;
        family.unwrap().unwrap().revoked_at.is_some()
    };
    let begin = async |id: &str| {
        let family = family(id, &someone, &service());
        let begun = store.write(async move |txn| families::insert(txn, &family).await);
        begun.await.unwrap();
    };
    let soon = NOW.plus(Duration::from_secs(1));
    begin(ids[0]).await;
    let off = store
        .write(async move |txn| clients::set_disabled(txn, &service().id, Some(soon), soon).await);
    assert!(off.await.unwrap() && is_revoked(ids[0]).await);
    let on =
        store.write(async move |txn| clients::set_disabled(txn, &service().id, None, soon).await);
    assert!(on.await.unwrap());

    begin(ids[1]).await;
    let ended = async |expires_at| {
        let ended = store.write(async move |txn| {
            clients::expire_secrets(txn, &service().id, "k-2", expires_at, soon).await
        });
        ended.await.unwrap()
    };
    assert_eq!(ended(soon.plus(Duration::from_hours(1))).await, 1);
    assert!(
        !is_revoked(ids[1]).await,
        "a secret that is rotated in peace"
    );
    assert_eq!(ended(soon).await, 1);
    assert!(is_revoked(ids[1]).await);

    let gone = store.write(async move |txn| {
        let gone = clients::delete(txn, &service().id, soon).await?;
        Ok((gone, clients::delete(txn, &service().id, soon).await?))
    });
    assert_eq!(gone.await.unwrap(), (true, false));
}
