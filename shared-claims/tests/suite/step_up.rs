//! Operations that need a stronger or more recent login (RFC 9470), and routes with a stricter idea of
//! what is stale, in a real actix application.

use std::{sync::Arc, time::Duration};

use actix_web::{
    App,
    test::{TestRequest, call_service, init_service},
    web,
};
use serde_json::{Value, json};
use shared_claims::{
    actix::{Admin, AnyScope, Authenticated, Caller, ResourceMetadata, ResourceServer},
    authentications,
    remote::{Freshness, ManualClock, RemoteKeys},
};

use crate::{
    injector::Fault,
    status::world::{LIST, World},
    support::{API, ISSUER, NOW, TestKey, key_set, now},
};

authentications! {
    /// Within five minutes.
    Recent = { max_age: 300 };
    /// With two factors, within five minutes.
    Strong = { acr: ["urn:acr:2", "urn:acr:3"], max_age: 300 };
}

async fn recent(caller: Caller<Authenticated, AnyScope, Recent>) -> String {
    caller.subject().to_owned()
}

async fn strong(caller: Caller<Admin, AnyScope, Strong>) -> String {
    caller.subject().to_owned()
}

/// The status and the challenge for a token with these claims.
async fn ask(path: &str, claims: Value) -> (u16, String) {
    let key = TestKey::eddsa("k-1");
    let clock = Arc::new(ManualClock::at(now()));
    let keys = RemoteKeys::fixed(ISSUER, key_set(&[&key]), clock);
    let server = ResourceServer::new(keys, ResourceMetadata::new(API).unwrap()).unwrap();
    let app = App::new()
        .configure(|app| server.configure(app))
        .route("/recent", web::get().to(recent))
        .route("/strong", web::get().to(strong));
    let app = init_service(app).await;
    let bearer = format!("Bearer {}", key.token(json!({}), claims));
    let request = TestRequest::get()
        .uri(path)
        .insert_header(("Authorization", bearer))
        .to_request();
    let response = call_service(&app, request).await;
    let challenge = response.headers().get("www-authenticate");
    let challenge = challenge.map_or("", |value| value.to_str().unwrap());
    (response.status().as_u16(), challenge.to_owned())
}

/// SU-01
#[actix_web::test]
async fn su_01_a_login_too_old_or_too_weak_is_challenged_with_what_it_takes() {
    let (status, challenge) = ask("/recent", json!({"auth_time": NOW - 301})).await;
    assert_eq!(status, 401);
    assert_eq!(
        challenge,
        "Bearer realm=\"https://api.example.com\", error=\"insufficient_user_authentication\", \
         error_description=\"This operation needs a stronger or more recent login.\", max_age=\"300\", \
         resource_metadata=\"https://api.example.com/.well-known/oauth-protected-resource\""
    );
    for claims in [
        json!({"roles": ["admin"], "auth_time": NOW, "acr": "urn:acr:1"}),
        json!({"roles": ["admin"], "auth_time": NOW}),
        json!({"roles": ["admin"], "auth_time": NOW - 301, "acr": "urn:acr:2"}),
        json!({"roles": ["admin"], "acr": "urn:acr:2"}),
    ] {
        let (status, challenge) = ask("/strong", claims.clone()).await;
        assert_eq!(status, 401, "{claims}");
        let wanted = r#"acr_values="urn:acr:2 urn:acr:3", max_age="300""#;
        assert!(challenge.contains(wanted), "{challenge}");
    }
}

#[actix_web::test]
async fn a_good_login_is_let_in_and_a_wrong_role_is_not_sent_to_log_in() {
    let good = json!({"roles": ["admin"], "auth_time": NOW - 300, "acr": "urn:acr:3"});
    assert_eq!(ask("/strong", good).await.0, 200);
    assert_eq!(ask("/recent", json!({"auth_time": NOW})).await.0, 200);
    let wrong_role = json!({"roles": ["candidate"], "auth_time": NOW - 900});
    assert_eq!(ask("/strong", wrong_role).await, (403, String::new()));
    // A client that acts for itself has never logged in.
    let service = json!({"sub": "ats-web", "client_id": "ats-web"});
    assert_eq!(ask("/recent", service).await.0, 401);
}

async fn anybody(_: Caller<Authenticated>) -> &'static str {
    "hello"
}

/// The innermost resource server counts.
#[actix_web::test]
async fn a_route_may_refuse_what_the_rest_of_the_service_still_accepts() {
    let world = World::start().await.seen().await;
    let keys = world.verifier.keys().clone();
    let server = ResourceServer::new(keys, ResourceMetadata::new(API).unwrap()).unwrap();
    let strict = server.with_freshness(Freshness::at_most(Duration::from_secs(30)));
    world.issuer.inject(LIST, Fault::Status(500));
    world.fetched_after(Duration::from_secs(31)).await;
    let app = App::new()
        .configure(|app| server.configure(app))
        .route("/jobs", web::get().to(anybody))
        .service(
            web::scope("/payments")
                .app_data(strict)
                .route("", web::get().to(anybody)),
        );
    let app = init_service(app).await;
    let bearer = format!("Bearer {}", world.token(1));
    for (path, status) in [("/jobs", 200), ("/payments", 503)] {
        let request = TestRequest::get()
            .uri(path)
            .insert_header(("Authorization", bearer.as_str()))
            .to_request();
        assert_eq!(call_service(&app, request).await.status().as_u16(), status);
    }
}
