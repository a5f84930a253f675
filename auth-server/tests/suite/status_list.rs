//! Status lists as verifiers see them, and the stream of their changes
//! (draft-ietf-oauth-status-list-21; matrix TSL rows).

use std::time::Duration;

use serde_json::{Value, json};

use crate::revocation::pair;
use crate::support::{Answer, ISSUER, SECRET, World, part};

const EVENTS: &str = "/oauth2/status/events";

/// Where a token says its bit is: the path of the list, and the index.
fn place(token: &str) -> (String, u64) {
    let entry = part(token, 1)["status"]["status_list"].clone();
    let uri = entry["uri"].as_str().unwrap();
    (
        uri.strip_prefix(ISSUER).unwrap().to_owned(),
        entry["idx"].as_u64().unwrap(),
    )
}

/// TSL-01: every access token says where its bit is.
#[actix_web::test]
async fn tsl_01_every_access_token_names_its_place() {
    let world = World::start().await;
    let (access, _) = pair(&world).await;
    let service = world.service_token().await.member("access_token");
    for token in [&access, &service] {
        let (path, index) = place(token);
        assert_eq!(path, "/oauth2/status/0");
        assert!(index < 1 << 20);
    }
    assert_ne!(place(&access).1, place(&service).1);
}

/// TSL-08: no two tokens for client credentials share a place, nor do two sessions; their order tells
/// nothing.
#[actix_web::test]
async fn tsl_08_places_do_not_repeat() {
    let world = World::start().await;
    let mut indexes = Vec::new();
    for _ in 0..300 {
        indexes.push(place(&world.service_token().await.member("access_token")).1);
    }
    let rising = indexes.windows(2).filter(|pair| pair[0] < pair[1]).count();
    assert!((60..240).contains(&rising), "{rising} of 299 rise");
    for _ in 0..5 {
        indexes.push(place(&pair(&world).await.0).1);
    }
    indexes.sort_unstable();
    indexes.dedup();
    assert_eq!(indexes.len(), 305);
}

/// TSL-02, TSL-03, TSL-05, TSL-06, TSL-07
#[actix_web::test]
async fn tsl_02_a_list_is_a_signed_token_of_its_own_kind() {
    let world = World::start().await;
    let (access, _) = pair(&world).await;
    let (path, _) = place(&access);
    let list = world.get(&path).await;
    list.is_ok();
    assert_eq!(list.header("content-type"), "application/statuslist+jwt");
    assert_eq!(list.header("cache-control"), "public, max-age=10");
    let keys = world.get("/.well-known/jwks.json").await.json();
    let header = part(&list.text, 0);
    assert_eq!(
        (&header["typ"], &header["alg"]),
        (&json!("statuslist+jwt"), &json!("RS256"))
    );
    assert_eq!(header["kid"], keys["keys"][0]["kid"]);
    let claims = part(&list.text, 1);
    assert_eq!(
        (&claims["iss"], &claims["sub"]),
        (&json!(ISSUER), &json!(format!("{ISSUER}{path}")))
    );
    assert_eq!(
        (&claims["ttl"], &claims["status_list"]["bits"]),
        (&json!(10), &json!(1))
    );
    let now = world.state.clock.now().as_seconds();
    assert!(claims["iat"].as_i64().unwrap() <= now && claims["exp"].as_i64().unwrap() > now + 3600);
    let request = world
        .request("GET", &path)
        .header("origin", "https://anybody.example");
    let answer = Answer::of(request).await;
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    let request = world
        .request("GET", &path)
        .header("accept-encoding", "gzip");
    let compressed = request.send().await.unwrap();
    assert_eq!(compressed.headers()["content-encoding"], "gzip");
    let head = Answer::of(world.request("HEAD", &path)).await;
    assert_eq!((head.status, head.text.as_str()), (200, ""));
    let post = world.post(&path, &[]).await;
    assert_eq!((post.status, post.header("allow")), (405, "GET, HEAD"));
}

/// The same list is the same bytes until something happens or minutes have passed; then it is new.
#[actix_web::test]
async fn a_list_that_has_not_changed_is_not_sent_again() {
    let world = World::start().await;
    let (access, _) = pair(&world).await;
    let (path, index) = place(&access);
    let first = world.get(&path).await;
    let etag = first.header("etag").to_owned();
    assert!(!etag.is_empty());
    let again = |tag: String| Answer::of(world.request("GET", &path).header("if-none-match", tag));
    let unchanged = again(etag.clone()).await;
    assert_eq!((unchanged.status, unchanged.text.as_str()), (304, ""));
    assert_eq!(unchanged.header("etag"), etag);
    assert_eq!(unchanged.header("cache-control"), "public, max-age=10");
    world.give_back(&access).await;
    let changed = again(etag.clone()).await;
    assert_eq!(changed.status, 200);
    assert!(world.is_bit_set(&access).await, "{index}");
    let newer = changed.header("etag").to_owned();
    assert_eq!(again(newer.clone()).await.status, 304);
    world.clock.advance(Duration::from_mins(5));
    assert_eq!(again(newer).await.status, 200, "signed anew");
}

/// TSL-10, TSL-12: lists come with the time and go with their last token.
#[actix_web::test]
async fn tsl_10_12_the_lists_that_serve_are_listed() {
    let world = World::start().await;
    let all = |answer: Answer| answer.json()["status_lists"].as_array().unwrap().clone();
    assert_eq!(all(world.get("/oauth2/status").await), [] as [Value; 0]);
    assert_eq!(world.get("/oauth2/status/0").await.status, 404);
    let (old, _) = pair(&world).await;
    let answer = world.get("/oauth2/status").await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(all(answer), [json!(format!("{ISSUER}/oauth2/status/0"))]);
    world.clock.advance(Duration::from_mins(61));
    let (new, _) = pair(&world).await;
    assert_eq!(place(&new).0, "/oauth2/status/1");
    world.get(&place(&old).0).await.is_ok();
    assert_eq!(all(world.get("/oauth2/status").await).len(), 2);
    world.clock.advance(Duration::from_mins(130));
    assert_eq!(world.get(&place(&old).0).await.status, 404);
    assert_eq!(
        all(world.get("/oauth2/status").await),
        [json!(format!("{ISSUER}/oauth2/status/1"))]
    );
}

/// TSL-13, and what is no list.
#[actix_web::test]
async fn tsl_13_the_past_is_not_kept() {
    let world = World::start().await;
    let (access, _) = pair(&world).await;
    let (path, _) = place(&access);
    assert_eq!(
        world.get(&format!("{path}?time=1686925000")).await.status,
        501
    );
    for name in [
        "1",
        "00",
        "-1",
        "x",
        "0x0",
        "99999999999999999999",
        "{list}",
        "0/",
    ] {
        let answer = world.get(&format!("/oauth2/status/{name}")).await;
        assert_eq!(answer.status, 404, "{name}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
}

/// TSL-02: below the path of an issuer, so are the lists.
#[actix_web::test]
async fn the_lists_of_an_issuer_with_a_path_are_below_it() {
    let world = World::with(|inputs| inputs.with("issuer", "http://localhost:8080/tenant")).await;
    let login = Answer::of(world.request("POST", "/tenant/oauth2/token").form(&[
        ("grant_type", "client_credentials"),
        ("client_id", "ats-service"),
        ("client_secret", SECRET),
    ]))
    .await;
    let uri = login.claims()["status"]["status_list"]["uri"].clone();
    assert_eq!(uri, "http://localhost:8080/tenant/oauth2/status/0");
    world.get("/tenant/oauth2/status/0").await.is_ok();
}

/// Client credentials go on while the database is away; then several of their tokens share a place.
#[actix_web::test]
async fn a_service_gets_tokens_while_the_database_is_away() {
    let world = World::start().await;
    world.service_token().await.is_ok();
    world.state.store.close().await;
    let mut indexes = Vec::new();
    for _ in 0..200 {
        let answer = world.service_token().await;
        answer.is_ok();
        indexes.push(place(&answer.member("access_token")).1);
    }
    indexes.sort_unstable();
    indexes.dedup();
    assert!((63..=128).contains(&indexes.len()), "{}", indexes.len());
}

/// A stream of changes that is read event by event.
struct Stream {
    response: reqwest::Response,
    text: String,
}

/// One event, or a comment.
#[derive(Debug, PartialEq)]
struct Event {
    name: String,
    id: String,
    data: Value,
}

impl Stream {
    async fn open(world: &World, last: Option<&str>) -> Self {
        let mut request = world.request("GET", EVENTS);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self {
            response,
            text: String::new(),
        }
    }

    /// The next block that is more than a comment; `None` at the end.
    async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| {
                    let line = block.lines().find_map(|line| line.strip_prefix(name));
                    line.unwrap_or_default().trim().to_owned()
                };
                let event = Event {
                    name: field("event:"),
                    id: field("id:"),
                    data: serde_json::from_str(&field("data:")).unwrap_or_default(),
                };
                if !(event.name.is_empty() && event.id.is_empty()) {
                    return Some(event);
                }
            }
            let chunk = self.response.chunk().await.ok()??;
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

/// What a revocation is told by, and how who was away goes on.
#[actix_web::test]
async fn a_revocation_is_told_at_once_and_to_those_who_come_back() {
    let world = World::start().await;
    let (one, _) = pair(&world).await;
    let (two, refresh) = pair(&world).await;
    let mut stream = Stream::open(&world, None).await;
    let greeting = stream.next().await.unwrap();
    assert_eq!((greeting.name.as_str(), greeting.data), ("", Value::Null));

    world.give_back(&one).await;
    let told = stream.next().await.unwrap();
    let (path, index) = place(&one);
    assert_eq!(told.name, "status");
    assert_eq!(
        told.data,
        json!({"uri": format!("{ISSUER}{path}"), "idx": [index]})
    );
    world.give_back(&refresh).await;
    let next = stream.next().await.unwrap();
    assert_eq!(next.data["idx"], json!([place(&two).1]));
    assert!(next.id.parse::<i64>().unwrap() > told.id.parse::<i64>().unwrap());
    drop(stream);

    for (last, expected) in [(&greeting.id, &told), (&told.id, &next)] {
        let mut again = Stream::open(&world, Some(last)).await;
        assert_eq!(&again.next().await.unwrap(), expected, "after {last}");
    }
}

/// A position that this server does not know is answered by `reset`.
#[actix_web::test]
async fn whoever_is_somewhere_else_begins_anew() {
    let world = World::start().await;
    for last in ["999999", "x", "", "-5"] {
        let mut stream = Stream::open(&world, Some(last)).await;
        let event = stream.next().await.unwrap();
        assert_eq!(event.name, "reset", "{last:?}");
        assert!(event.id.parse::<i64>().unwrap() >= 0);
    }
}

/// A restart of the server keeps the positions: it reads the changes from its database.
#[actix_web::test]
async fn positions_outlive_a_restart() {
    let world = World::start().await;
    let (access, _) = pair(&world).await;
    let mut stream = Stream::open(&world, None).await;
    let before = stream.next().await.unwrap().id;
    drop(stream);
    world.give_back(&access).await;
    let world = world.restart();
    let mut stream = Stream::open(&world, Some(&before)).await;
    let event = stream.next().await.unwrap();
    assert_eq!(
        (event.name.as_str(), &event.data["idx"]),
        ("status", &json!([place(&access).1]))
    );
}

/// Streams are limited, in all and from one address; who goes makes room.
#[actix_web::test]
async fn streams_are_limited() {
    let world = World::with(|inputs| {
        inputs
            .with("revocation.max_streams", "3")
            .with("revocation.max_streams_per_address", "2")
    })
    .await;
    let (first, second) = (
        Stream::open(&world, None).await,
        Stream::open(&world, None).await,
    );
    let refused = world.get(EVENTS).await;
    assert_eq!(refused.status, 429);
    assert!(!refused.header("retry-after").is_empty());
    drop(first);
    // The server notices when it writes to the connection that is gone.
    for _ in 0..200 {
        let (token, _) = pair(&world).await;
        world.give_back(&token).await;
        let answer = world.request("GET", EVENTS).send().await.unwrap();
        if answer.status() == 200 {
            drop(second);
            return;
        }
    }
    panic!("the seat was never free again");
}

/// TSL-24: an instance that has lost sight of the database does not go on saying that nothing was revoked:
/// its streams end, and its lists grow old.
#[actix_web::test]
async fn tsl_24_an_instance_without_sight_of_the_database_says_so() {
    let world = World::with(|inputs| inputs.with("revocation.status_ttl", "1s")).await;
    let (access, _) = pair(&world).await;
    let (path, _) = place(&access);
    let list = world.get(&path).await;
    let mut stream = Stream::open(&world, None).await;
    stream.next().await.unwrap();

    world.state.store.close().await;
    assert_eq!(stream.next().await, None, "a few seconds later");
    let refused = world.get(EVENTS).await;
    assert_eq!((refused.status, refused.header("retry-after")), (503, "5"));
    world.clock.advance(Duration::from_mins(10));
    let later = world.get(&path).await;
    later.is_ok();
    assert_eq!(later.header("etag"), list.header("etag"));
}

/// When the server stops, the streams end first: nobody waits for them.
#[actix_web::test]
async fn streams_end_when_the_server_stops() {
    let world = World::start().await;
    let mut stream = Stream::open(&world, None).await;
    stream.next().await.unwrap();
    world.state.revocation.close();
    assert_eq!(stream.next().await, None);
}
