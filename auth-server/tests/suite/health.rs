//! Health, metrics and the second listener (contract §2.2, §2.3).

use crate::support::World;

#[actix_web::test]
async fn a_fresh_server_is_alive_and_ready() {
    let world = World::start().await;
    assert_eq!(world.get("/livez").await.status, 200);
    let ready = world.get("/readyz").await;
    assert_eq!(
        (ready.status, ready.member("status").as_str()),
        (200, "ready")
    );
}

#[actix_web::test]
async fn without_its_database_it_lives_but_is_not_ready() {
    let world = World::start().await;
    world.state.store.close().await;
    assert_eq!(world.get("/livez").await.status, 200);
    let ready = world.get("/readyz").await;
    assert_eq!(ready.status, 503);
    assert_eq!(ready.json()["database"], false);
    assert_eq!(ready.json()["signing_key"], true);
    assert!(!ready.header("retry-after").is_empty());
}

#[actix_web::test]
async fn metrics_count_requests_by_route_template() {
    let world = World::start().await;
    world.service_token().await.is_ok();
    world.get("/docs/swagger-ui.css").await;
    let text = world.get("/metrics").await.text;
    assert!(text.contains("http_requests_total"), "{text}");
    assert!(text.contains("route=\"/oauth2/token\""), "{text}");
    assert!(
        text.contains("tokens_issued_total{grant=\"client_credentials\"}"),
        "{text}"
    );
    assert!(!text.contains("swagger-ui.css"), "a path is no label");
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("# TYPE ") {
            let name = name.split(' ').next().unwrap();
            let help = format!("# HELP {name} ");
            assert!(text.contains(&help), "{name} explains itself");
        }
    }
}

#[actix_web::test]
async fn with_a_management_listener_metrics_leave_the_public_one() {
    let world = World::with(|inputs| inputs.with("management.listen", "127.0.0.1:0")).await;
    assert_eq!(world.get("/metrics").await.status, 404);
    let base = format!("http://{}", world.management.unwrap());
    for (path, status) in [
        ("/metrics", 200),
        ("/livez", 200),
        ("/readyz", 200),
        ("/oauth2/token", 404),
    ] {
        let answer = world
            .http
            .get(format!("{base}{path}"))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status().as_u16(), status, "{path}");
    }
}
