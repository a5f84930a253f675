//! The client credentials grant (RFC 6749 §4.4; matrix CC rows, attack GR-09).

use crate::support::{SECRET, World, clients};

/// CC-01
#[actix_web::test]
async fn cc_01_public_clients_cannot_speak_for_themselves() {
    let world = World::start().await;
    world.add(clients::public("browser")).await;
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", "browser"),
    ];
    world
        .token(&form)
        .await
        .is_error(400, "unauthorized_client");
}

/// CC-02, CC-03, RT-14, AT-05
#[actix_web::test]
async fn cc_02_03_the_token_is_the_clients_own() {
    let world = World::start().await;
    let answer = world.service_token().await;
    let body = answer.json();
    assert!(body.get("refresh_token").is_none() && body.get("id_token").is_none());
    let claims = answer.claims();
    assert_eq!(claims["sub"], "ats-service");
    assert_eq!(claims["client_id"], "ats-service");
    assert_eq!(claims["roles"], serde_json::json!(["recruiter"]));
    for user_claim in ["auth_time", "sid", "amr", "acr"] {
        assert!(claims.get(user_claim).is_none(), "{user_claim}");
    }
}

/// CC-04, GR-09
#[actix_web::test]
async fn cc_04_scope_that_speaks_of_a_user_is_refused() {
    let world = World::start().await;
    world.add(clients::confidential("wide", "s")).await;
    for scope in ["openid", "offline_access", "admin", "profile"] {
        for client in [("ats-service", SECRET), ("wide", "s")] {
            let form = [("grant_type", "client_credentials"), ("scope", scope)];
            world
                .token_as(client, &form)
                .await
                .is_error(400, "invalid_scope");
        }
    }
}

/// Design §4 rule 8: neither reads nor writes while the client is in memory.
#[actix_web::test]
async fn client_credentials_are_issued_while_the_database_is_away() {
    let world = World::start().await;
    world.service_token().await.is_ok();
    world.state.store.close().await;
    world.service_token().await.is_ok();
    assert_eq!(world.get("/.well-known/jwks.json").await.status, 200);
    assert_eq!(
        world.get("/.well-known/openid-configuration").await.status,
        200
    );
    assert_eq!(world.get("/readyz").await.status, 503);
    let login = world
        .log_in("recruiter@example.com", crate::support::PASSWORD)
        .await;
    login.is_error(503, "temporarily_unavailable");
    assert!(!login.header("retry-after").is_empty());
}
