//! Who may register (RFC 7591 §3; matrix DCR-01).

use serde_json::{Value, json};

use super::{is_unauthorized, web};
use crate::support::{PASSWORD, World};

/// The command line has the time of the machine, far behind the clock of these servers.
const LONG: (&str, &str) = ("--expires-in", "36500d");

async fn by_token() -> World {
    World::with(|inputs| inputs.with("registration.mode", "token")).await
}

/// Runs `client initial-token …` and reads what it printed.
fn command(world: &World, arguments: &[&str]) -> Value {
    let all = [
        &["client", "initial-token"],
        arguments,
        &["--format", "json"],
    ]
    .concat();
    let output = world.command(&all, "");
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// DCR-01: off is the default, and then nothing speaks of it.
#[actix_web::test]
async fn dcr_01_registration_is_off_until_it_is_switched_on() {
    let world = World::start().await;
    assert_eq!(world.register(&web()).await.status, 404);
    let metadata = world.get("/.well-known/openid-configuration").await.json();
    assert!(metadata.get("registration_endpoint").is_none());
    let paths = world.get("/openapi.json").await.json();
    assert!(paths["paths"].get("/oauth2/register").is_none());

    let world = by_token().await;
    let metadata = world.get("/.well-known/openid-configuration").await.json();
    let endpoint = "http://localhost:8080/oauth2/register";
    assert_eq!(metadata["registration_endpoint"], json!(endpoint));
    let paths = world.get("/openapi.json").await.json();
    assert!(paths["paths"]["/oauth2/register"]["post"].is_object());
}

/// DCR-01
#[actix_web::test]
async fn dcr_01_only_the_holder_of_an_initial_token_registers() {
    let world = by_token().await;
    is_unauthorized(&world.register(&web()).await);
    is_unauthorized(&world.register_with(Some("iat_made-up"), &web()).await);
    let made = command(
        &world,
        &["add", "--note", "Partner", "--uses", "2", LONG.0, LONG.1],
    );
    let token = made["initial_access_token"].as_str().unwrap();
    for _ in 0..2 {
        let answer = world.register_with(Some(token), &web()).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
    }
    is_unauthorized(&world.register_with(Some(token), &web()).await);
}

/// DCR-01: a refused registration uses nothing up.
#[actix_web::test]
async fn dcr_01_a_refused_registration_leaves_the_token_as_it_was() {
    let world = by_token().await;
    let made = command(&world, &["add", "--uses", "1", LONG.0, LONG.1]);
    let token = made["initial_access_token"].as_str().unwrap();
    let refused = json!({"redirect_uris": ["http://app.example.com/cb"]});
    assert_eq!(world.register_with(Some(token), &refused).await.status, 400);
    assert_eq!(world.register_with(Some(token), &web()).await.status, 201);
}

/// DCR-01: expired and deleted tokens; the list shows no token (attack AD-04).
#[actix_web::test]
async fn dcr_01_ad_04_initial_tokens_end_and_are_never_shown_again() {
    let world = by_token().await;
    let short = command(&world, &["add", "--expires-in", "1h"]);
    let expired = short["initial_access_token"].as_str().unwrap();
    is_unauthorized(&world.register_with(Some(expired), &web()).await);

    let long = command(&world, &["add", LONG.0, LONG.1, "--note", "Long"]);
    let token = long["initial_access_token"].as_str().unwrap();
    assert_eq!(world.register_with(Some(token), &web()).await.status, 201);
    let listed = command(&world, &["list"]);
    // Housekeeping may have removed the other one already.
    let listed_ids: Vec<&Value> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["id"])
        .collect();
    assert!(listed_ids.contains(&&long["id"]), "{listed}");
    assert!(!listed.to_string().contains(token));
    world.log_in("admin@example.com", PASSWORD).await.is_ok();
    assert!(!world.dump().await.contains(token));
    command(&world, &["delete", long["id"].as_str().unwrap()]);
    is_unauthorized(&world.register_with(Some(token), &web()).await);
}

/// DCR-01: two registrations race for the last use of a token.
#[actix_web::test]
async fn dcr_01_the_last_use_of_a_token_has_one_winner() {
    let world = by_token().await;
    let made = command(&world, &["add", "--uses", "1", LONG.0, LONG.1]);
    let token = made["initial_access_token"].as_str().unwrap();
    let body = web();
    let all = (0..8).map(|_| world.register_with(Some(token), &body));
    let answers = futures_util::future::join_all(all).await;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(made, 1);
    for loser in answers.iter().filter(|answer| answer.status != 201) {
        is_unauthorized(loser);
    }
}
