//! How much strangers may do (RFC 7591 §5; matrix DCR-13).

use std::time::Duration;

use auth_server::lifecycle;
use serde_json::json;

use super::{is_unauthorized, open, web};
use crate::support::{Answer, World};

/// DCR-13, GEN-17
#[actix_web::test]
async fn dcr_13_an_address_registers_only_so_often() {
    let world = World::with(|inputs| {
        inputs
            .with("registration.mode", "open")
            .with("registration.max_per_hour", "3")
    })
    .await;
    // A refused try counts as well: it costs as much.
    assert_eq!(world.register(&json!({})).await.status, 400);
    for _ in 0..2 {
        assert_eq!(world.register(&web()).await.status, 201);
    }
    let answer = world.register(&web()).await;
    answer.is_error(429, "temporarily_unavailable");
    let wait: u64 = answer.header("retry-after").parse().unwrap();
    assert!((3_500..=3_600).contains(&wait), "{wait}");
    world.clock.advance(Duration::from_secs(wait));
    assert_eq!(world.register(&web()).await.status, 201);
}

/// DCR-13: who registered and never came back.
#[actix_web::test]
async fn dcr_13_an_unused_client_is_deleted_after_its_time() {
    let world = open().await;
    let (unused, used) = (
        world.register(&web()).await.json(),
        world.register(&web()).await.json(),
    );
    let id = auth_server::model::ClientId::new(used["client_id"].as_str().unwrap());
    consent(&world, id).await;
    world.clock.advance(Duration::from_hours(24 * 29));
    lifecycle::prune(&world.state).await.unwrap();
    assert_eq!(world.manage("GET", &unused, None).await.status, 200);
    world.clock.advance(Duration::from_hours(24 * 2));
    lifecycle::prune(&world.state).await.unwrap();
    is_unauthorized(&world.manage("GET", &unused, None).await);
    assert_eq!(world.manage("GET", &used, None).await.status, 200);
}

/// A user of the demo allows the client something.
async fn consent(world: &World, client_id: auth_server::model::ClientId) {
    use auth_server::store::{consents, users};
    let now = world.state.clock.now();
    let user = users::find_by_login_key(world.state.store.read(), "admin@example.com").await;
    let consent = consents::Consent {
        user_id: user.unwrap().unwrap().id,
        client_id,
        scope: shared_claims::ScopeSet::parse("openid").unwrap(),
        created_at: now,
        updated_at: now,
    };
    let kept = world
        .state
        .store
        .write(async move |txn| consents::put(txn, &consent).await);
    kept.await.unwrap();
}

/// GEN-22: registration answers the browser applications that the token endpoint answers.
#[actix_web::test]
async fn gen_22_registered_origins_may_register() {
    let world = open().await;
    for (path, method) in [("/oauth2/register", "POST"), ("/oauth2/register/x", "PUT")] {
        for (origin, is_allowed) in [
            ("http://localhost:8081", true),
            ("https://evil.example", false),
        ] {
            let request = world
                .request("OPTIONS", path)
                .header("origin", origin)
                .header("access-control-request-method", method)
                .header(
                    "access-control-request-headers",
                    "authorization,content-type",
                );
            let answer = Answer::of(request).await;
            let allowed = answer.header("access-control-allow-origin") == origin;
            assert_eq!(allowed, is_allowed, "{method} {path} {origin}");
        }
    }
}

/// Attack AD-01: no token of the token endpoint opens a registration route, however mighty it is.
#[actix_web::test]
async fn ad_01_no_stranger_gets_into_the_registration_routes() {
    let world = World::with(|inputs| inputs.with("registration.mode", "token")).await;
    let admin = world
        .log_in("admin@example.com", crate::support::PASSWORD)
        .await;
    let service = world.service_token().await;
    let mut strangers = vec![
        None,
        Some("Bearer a.b.c".to_owned()),
        Some("Basic YTpi".to_owned()),
    ];
    for token in [
        admin.member("access_token"),
        admin.member("refresh_token"),
        service.member("access_token"),
    ] {
        strangers.push(Some(format!("Bearer {token}")));
    }
    for stranger in strangers {
        for (method, path) in [
            ("POST", "/oauth2/register"),
            ("GET", "/oauth2/register/ats-web"),
            ("PUT", "/oauth2/register/ats-web"),
            ("DELETE", "/oauth2/register/ats-web"),
        ] {
            let mut request = world.request(method, path).json(&web());
            if let Some(authorization) = &stranger {
                request = request.header("authorization", authorization);
            }
            is_unauthorized(&Answer::of(request).await);
        }
    }
    // No route that the table above does not know.
    let document = world.get("/openapi.json").await.json();
    let documented: Vec<(String, Vec<String>)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(path, _)| path.starts_with("/oauth2/register"))
        .map(|(path, methods)| {
            let methods = methods.as_object().unwrap().keys().cloned();
            (path.clone(), methods.collect())
        })
        .collect();
    let expected = [
        ("/oauth2/register", &["post"][..]),
        ("/oauth2/register/{client_id}", &["delete", "get", "put"]),
    ];
    let expected = expected.map(|(path, methods)| {
        let methods = methods.iter().map(|method| (*method).to_owned());
        (path.to_owned(), methods.collect::<Vec<_>>())
    });
    assert_eq!(documented.len(), expected.len());
    for ((path, mut methods), expected) in documented.into_iter().zip(expected) {
        methods.sort();
        assert_eq!((path, methods), expected);
    }
}
