//! Resources, scopes and roles: made, changed, removed, announced.

use shared_claims::{Role, Scope};

use crate::store::resources::{self, Resource, ScopeRecord};
use crate::store::roles::{self, RoleRecord};
use crate::store::testing::{NOW, fresh};
use crate::store::{StoreError, changes};

fn resource() -> Resource {
    Resource {
        id: "http://localhost:8081".to_owned(),
        name: "Jobs".to_owned(),
    }
}

fn scope(of: Option<&str>) -> ScopeRecord {
    ScopeRecord {
        scope: Scope::from_static("jobs:read"),
        resource: of.map(str::to_owned),
        description: "Read jobs".to_owned(),
    }
}

#[tokio::test]
async fn what_is_put_twice_is_there_once_as_it_was_put_last() {
    let store = fresh().await;
    let done = store
        .write(async |txn| {
            let first = Resource {
                name: "Old name".to_owned(),
                ..resource()
            };
            resources::upsert_resource(txn, &first, NOW).await?;
            resources::upsert_resource(txn, &resource(), NOW).await?;
            resources::upsert_scope(txn, &scope(None), NOW).await?;
            resources::upsert_scope(txn, &scope(Some(&resource().id)), NOW).await
        })
        .await;
    done.unwrap();
    assert_eq!(
        resources::resources(store.read()).await.unwrap(),
        [resource()]
    );
    assert_eq!(
        resources::scopes(store.read()).await.unwrap(),
        [scope(Some(&resource().id))]
    );
    assert_eq!(changes::latest(store.read()).await.unwrap(), 4);
}

#[tokio::test]
async fn a_scope_of_an_unknown_resource_is_refused() {
    let store = fresh().await;
    let done = store
        .write(async |txn| resources::upsert_scope(txn, &scope(Some("http://nowhere")), NOW).await)
        .await;
    assert!(matches!(done, Err(StoreError::Missing(_))), "{done:?}");
}

#[tokio::test]
async fn a_resource_takes_its_scopes_along() {
    let store = fresh().await;
    let done = store
        .write(async |txn| {
            let id = resource().id;
            resources::upsert_resource(txn, &resource(), NOW).await?;
            resources::upsert_scope(txn, &scope(Some(&id)), NOW).await?;
            let first = resources::delete_resource(txn, &id, NOW).await?;
            let again = resources::delete_resource(txn, &id, NOW).await?;
            let scope = resources::delete_scope(txn, &scope(None).scope, NOW).await?;
            Ok([first, again, scope])
        })
        .await;
    assert_eq!(done.unwrap(), [true, false, false]);
    assert!(resources::scopes(store.read()).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_roles_of_the_jobs_api_are_there_from_the_start() {
    let store = fresh().await;
    let names = async || -> Vec<Role> {
        let all = roles::all(store.read()).await.unwrap();
        all.into_iter().map(|record| record.role).collect()
    };
    assert_eq!(
        names().await,
        [Role::ADMIN, Role::CANDIDATE, Role::RECRUITER]
    );
    let owl = RoleRecord {
        role: Role::parse("owl").unwrap(),
        description: "Sees in the dark".to_owned(),
    };
    let put = owl.clone();
    let done = store
        .write(async move |txn| {
            roles::ensure(txn, &[Role::ADMIN, put.role.clone()], NOW).await?;
            roles::upsert(txn, &put, NOW).await
        })
        .await;
    done.unwrap();
    assert_eq!(names().await.len(), 4);
    assert!(roles::all(store.read()).await.unwrap().contains(&owl));
}
