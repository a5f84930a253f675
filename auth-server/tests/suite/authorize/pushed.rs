//! Pushed authorization requests (RFC 9126).

use std::time::Duration;

use auth_server::issue::row_id;
use auth_server::secret::Secret;
use auth_server::store::authorization_requests::{self, Waiting};

use super::client::confidential;
use super::{CANDIDATE, Request, error_of, parameters, register};
use crate::support::{Answer, PASSWORD, SECRET, World};

const CB: &str = "https://app.example.com/cb";

async fn with_client() -> World {
    let world = World::start().await;
    register(&world, confidential("web")).await;
    register(&world, confidential("other")).await;
    world
}

async fn push(world: &World, request: &Request) -> Answer {
    let request = request.clone().without("client_id");
    Answer::of(
        world
            .request("POST", "/oauth2/par")
            .basic_auth("web", Some(SECRET))
            .form(&request.pairs()),
    )
    .await
}

fn pushed(client: &str, request_uri: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("client_id", client);
    query.append_pair("request_uri", request_uri);
    // Everything else is ignored (PAR-08).
    query.append_pair("scope", "nonsense");
    query.append_pair("redirect_uri", "https://evil.example/");
    format!("/oauth2/authorize?{}", query.finish())
}

/// PAR-01, PAR-02, PAR-05, PAR-07, PAR-08: pushed once, used once.
#[tokio::test]
async fn par_07_a_pushed_request_leads_to_one_code() {
    let world = with_client().await;
    let answer = push(&world, &Request::of("web", CB)).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert!(
        answer.headers["cache-control"]
            .to_str()
            .unwrap()
            .contains("no-store")
    );
    let body = answer.json();
    assert_eq!(body["expires_in"], 60);
    let uri = body["request_uri"].as_str().unwrap();
    let handle = uri
        .strip_prefix("urn:ietf:params:oauth:request_uri:")
        .unwrap();
    assert_eq!(handle.len(), 43);
    let mut person = world.person();
    // A reload before the login is no use.
    assert!(
        person
            .open(&pushed("web", uri))
            .await
            .page()
            .is("page-login")
    );
    let url = person
        .log_in(&pushed("web", uri), CANDIDATE, PASSWORD)
        .await;
    assert!(url.as_str().starts_with(CB));
    assert!(parameters(&url).contains_key("code"));
    let page = person.open(&pushed("web", uri)).await.page();
    assert_eq!(page.status, 400, "spent");
}

/// PAR-07: two browsers come with the same pushed request; the second decision comes to nothing.
#[tokio::test]
async fn par_07_of_two_decisions_on_one_pushed_request_the_second_is_an_error() {
    let world = with_client().await;
    let body = push(&world, &Request::of("web", CB)).await.json();
    let url = pushed("web", body["request_uri"].as_str().unwrap());
    let (mut one, mut two) = (world.person(), world.person());
    let login = two.open(&url).await.page();
    assert!(parameters(&one.log_in(&url, CANDIDATE, PASSWORD).await).contains_key("code"));
    let fields = [("login-username", CANDIDATE), ("login-password", PASSWORD)];
    let seen = two.press(&login, "login-submit", &fields).await;
    assert_eq!(error_of(seen), "invalid_request_uri");
}

/// PAR-07: who has said no was asked for good.
#[tokio::test]
async fn par_07_a_denied_request_is_not_asked_again() {
    let world = with_client().await;
    let body = push(&world, &Request::of("web", CB)).await.json();
    let url = pushed("web", body["request_uri"].as_str().unwrap());
    let mut person = world.person();
    let login = person.open(&url).await.page();
    let seen = person.press(&login, "login-cancel", &[]).await;
    assert_eq!(error_of(seen), "access_denied");
    let page = person.open(&url).await.page();
    assert!(page.text.contains("invalid_request_uri"), "{}", page.text);
}

/// AZ-13, PAR-08: which of two was meant is not clear.
#[tokio::test]
async fn az_13_two_pushed_requests_in_one_url_end_on_a_page() {
    let world = with_client().await;
    let body = push(&world, &Request::of("web", CB)).await.json();
    let uri = body["request_uri"].as_str().unwrap();
    let url = format!("{}&request_uri={uri}", pushed("web", uri));
    let page = world.person().open(&url).await.page();
    assert!(page.is("page-error") && page.status == 400);
}

/// PAR-05, PAR-06: another client's, or too late.
#[tokio::test]
async fn par_06_a_pushed_request_of_another_client_or_time_ends_on_a_page() {
    let world = with_client().await;
    let body = push(&world, &Request::of("web", CB)).await.json();
    let uri = body["request_uri"].as_str().unwrap();
    let made_up = format!("urn:ietf:params:oauth:request_uri:{}", "A".repeat(43));
    for url in [pushed("other", uri), pushed("web", &made_up)] {
        let page = world.person().open(&url).await.page();
        assert_eq!(page.status, 400);
        assert!(page.text.contains("invalid_request_uri"));
    }
    world.clock.advance(Duration::from_mins(1));
    let page = world.person().open(&pushed("web", uri)).await.page();
    assert_eq!(page.status, 400);
}

/// PAR-01, PAR-03, PAR-04, PAR-10, PK-05: judged as at the authorization endpoint, answered here.
#[tokio::test]
async fn par_04_what_is_wrong_is_said_to_the_client() {
    let world = with_client().await;
    let request = || Request::of("web", CB);
    let table = [
        (request().with("request_uri", "urn:x"), "invalid_request"),
        (request().without("redirect_uri"), "invalid_request"),
        (
            request().with("redirect_uri", "https://evil.example/"),
            "invalid_request",
        ),
        (request().with("scope", "openid phone"), "invalid_scope"),
        (
            request().with("response_type", "token"),
            "unsupported_response_type",
        ),
        (request().without("code_challenge"), "invalid_request"),
        (
            request().with("resource", "https://unknown.example"),
            "invalid_target",
        ),
        (request().with("request", "x"), "request_not_supported"),
    ];
    for (request, expected) in table {
        push(&world, &request).await.is_error(400, expected);
    }
    let wrong = world
        .request("POST", "/oauth2/par")
        .basic_auth("web", Some("wrong"))
        .form(&request().pairs());
    Answer::of(wrong).await.is_error(401, "invalid_client");
    assert_eq!(world.get("/oauth2/par").await.status, 405);
    let mine = world
        .request("POST", "/oauth2/par")
        .basic_auth("web", Some(SECRET))
        .form(&request().with("client_id", "other").pairs());
    Answer::of(mine).await.is_error(401, "invalid_client");
}

/// PAR-12: a public client names itself; as anybody can do that, nobody can use its requests up.
#[tokio::test]
async fn par_12_a_public_client_may_push() {
    let world = World::start().await;
    let answer = world.post("/oauth2/par", &Request::new().pairs()).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    crowd(&world, answer.json()["request_uri"].as_str().unwrap(), true).await;
    let answer = world.post("/oauth2/par", &Request::new().pairs()).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
}

/// PAR-09: where everybody has to push, the metadata says so, and nobody is let off.
#[tokio::test]
async fn par_09_a_server_may_demand_it_of_every_client() {
    let world = World::with(|inputs| inputs.with("authorization.require_pushed", "true")).await;
    let metadata = world.get("/.well-known/openid-configuration").await;
    let member = "require_pushed_authorization_requests";
    assert_eq!(metadata.json()[member], true);
    let seen = world.person().open(&Request::new().url()).await;
    assert_eq!(error_of(seen), "invalid_request");
    let answer = world.post("/oauth2/par", &Request::new().pairs()).await;
    let url = pushed("ats-web", answer.json()["request_uri"].as_str().unwrap());
    assert!(world.person().open(&url).await.page().is("page-login"));
}

/// PAR-09: who has to push, has to push.
#[tokio::test]
async fn par_09_a_client_that_must_push_is_refused_without() {
    let world = World::start().await;
    let mut client = confidential("web");
    client.metadata.require_pushed_authorization_requests = true;
    register(&world, client).await;
    let request = Request::of("web", CB);
    let seen = world.person().open(&request.url()).await;
    assert_eq!(error_of(seen), "invalid_request");
    let body = push(&world, &request).await.json();
    let url = pushed("web", body["request_uri"].as_str().unwrap());
    assert!(world.person().open(&url).await.page().is("page-login"));
}

/// Lets 999 more of the client's requests wait, like one that it has pushed.
async fn crowd(world: &World, request_uri: &str, is_pushed: bool) {
    let handle = request_uri.rsplit(':').next().unwrap();
    let id = row_id(&Secret::new(handle));
    let store = &world.state.store;
    let one = authorization_requests::find(store.read(), &id)
        .await
        .unwrap()
        .unwrap();
    let rows: Vec<Waiting> = (0..999)
        .map(|number| Waiting {
            id: format!("{is_pushed}-{number}"),
            is_pushed,
            ..one.clone()
        })
        .collect();
    let written = store.write(async move |txn| {
        for row in &rows {
            authorization_requests::insert(txn, row).await?;
        }
        Ok(())
    });
    written.await.unwrap();
}

/// PAR-10: a thousand open requests of one client are a flood; a thousand people at its login page are not.
#[tokio::test]
async fn par_10_a_flood_of_pushed_requests_is_stopped_and_a_crowd_at_the_login_page_is_none() {
    let world = with_client().await;
    let request = Request::of("web", CB);
    let body = push(&world, &request).await.json();
    let uri = body["request_uri"].as_str().unwrap();
    crowd(&world, uri, false).await;
    assert_eq!(push(&world, &request).await.status, 201);
    crowd(&world, uri, true).await;
    let refused = push(&world, &request).await;
    refused.is_error(429, "temporarily_unavailable");
    assert_eq!(refused.headers["retry-after"], "60");
    world.clock.advance(Duration::from_mins(1));
    assert_eq!(
        push(&world, &request).await.status,
        201,
        "they have expired"
    );
}
