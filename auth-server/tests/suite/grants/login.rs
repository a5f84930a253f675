//! `POST /auth/login`: what applications built like the FastAPI article call (contract §2.3).

use crate::support::{PASSWORD, World};

#[actix_web::test]
async fn the_login_answers_as_the_password_grant_of_the_first_party_client() {
    let world = World::start().await;
    let form = [
        ("username", "candidate@example.com"),
        ("password", PASSWORD),
    ];
    let answer = world.post("/auth/login", &form).await;
    answer.is_ok();
    let claims = answer.claims();
    assert_eq!(claims["client_id"], "ats-web");
    assert_eq!(claims["roles"], serde_json::json!(["candidate"]));
    let body = answer.json();
    let same = world.log_in("candidate@example.com", PASSWORD).await.json();
    let names = |body: &serde_json::Value| {
        body.as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&body), names(&same));
}

#[actix_web::test]
async fn the_login_takes_a_scope_and_refuses_as_the_token_endpoint_does() {
    let world = World::start().await;
    let user = ("username", "candidate@example.com");
    let narrow = [user, ("password", PASSWORD), ("scope", "jobs:read")];
    assert_eq!(
        world.post("/auth/login", &narrow).await.member("scope"),
        "jobs:read"
    );
    let unknown = [user, ("password", PASSWORD), ("scope", "unknown")];
    world
        .post("/auth/login", &unknown)
        .await
        .is_error(400, "invalid_scope");
    world
        .post("/auth/login", &[user])
        .await
        .is_error(400, "invalid_request");
    let wrong = [user, ("password", "wrong")];
    world
        .post("/auth/login", &wrong)
        .await
        .is_error(400, "invalid_grant");
}

#[actix_web::test]
async fn without_a_first_party_client_there_is_no_login() {
    let world = World::with(|inputs| inputs.with("password_grant.login_client", "")).await;
    let form = [
        ("username", "candidate@example.com"),
        ("password", PASSWORD),
    ];
    world
        .post("/auth/login", &form)
        .await
        .is_error(400, "unsupported_grant_type");
    world
        .log_in("candidate@example.com", PASSWORD)
        .await
        .is_ok();
}
