//! A client looks at itself, changes, leaves (RFC 7592 §2; matrix DCM-01 to DCM-06).

use auth_server::model::ClientId;
use auth_server::store::clients;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::{is_unauthorized, is_unfit, open, path_of, web, with};
use crate::support::{Answer, PASSWORD, World};

/// What an update sends: what was said before, and who it is.
fn update(client: &Value, change: Value) -> Value {
    with(
        with(web(), json!({"client_id": client["client_id"]})),
        change,
    )
}

fn id_of(client: &Value) -> ClientId {
    ClientId::new(client["client_id"].as_str().unwrap())
}

/// DCM-01
#[actix_web::test]
async fn dcm_01_a_client_reads_itself_with_its_own_token() {
    let world = open().await;
    let client = world.register(&web()).await.json();
    let read = world.manage("GET", &client, None).await;
    assert_eq!(read.status, 200);
    assert_eq!(read.header("cache-control"), "no-store");
    let mut expected = client.clone();
    expected.as_object_mut().unwrap().remove("client_secret");
    assert_eq!(read.json(), expected, "AD-04: the secret is not told again");
}

/// DCM-06: a token of its own for each client, and none of them in the database.
#[actix_web::test]
async fn dcm_06_each_client_has_its_own_token_and_the_database_has_none() {
    let world = open().await;
    let (one, other) = (
        world.register(&web()).await.json(),
        world.register(&web()).await.json(),
    );
    let tokens = [&one, &other].map(|client| client["registration_access_token"].as_str().unwrap());
    assert_ne!(tokens[0], tokens[1]);
    world
        .log_in("candidate@example.com", PASSWORD)
        .await
        .is_ok();
    let dump = world.dump().await;
    assert!(
        dump.contains(one["client_id"].as_str().unwrap()),
        "the dump is a dump"
    );
    for token in tokens {
        let random = token.strip_prefix("rat_").unwrap();
        assert!(random.len() == 43 && !dump.contains(random), "{token}");
    }
}

/// DCM-04; attack AD-03: the token of another client, no token, the wrong one, a client that is gone.
#[actix_web::test]
async fn dcm_04_ad_03_no_other_token_opens_a_registration() {
    let world = open().await;
    let (one, other) = (
        world.register(&web()).await.json(),
        world.register(&web()).await.json(),
    );
    let foreign = with(
        one.clone(),
        json!({"registration_access_token": other["registration_access_token"]}),
    );
    let made_up = with(
        one.clone(),
        json!({"registration_access_token": "rat_made-up"}),
    );
    let secret = with(
        one.clone(),
        json!({"registration_access_token": one["client_secret"]}),
    );
    let body = update(&one, json!({"client_name": "Stolen"}));
    for stranger in [&foreign, &made_up, &secret] {
        is_unauthorized(&world.manage("GET", stranger, None).await);
        is_unauthorized(&world.manage("PUT", stranger, Some(&body)).await);
        is_unauthorized(&world.manage("DELETE", stranger, None).await);
    }
    for method in ["GET", "DELETE"] {
        is_unauthorized(&Answer::of(world.request(method, &path_of(&one))).await);
    }
    for path in [
        "/oauth2/register/nobody",
        "/oauth2/register/ats-web",
        "/oauth2/register/%00",
    ] {
        let token = one["registration_access_token"].as_str().unwrap();
        let request = world.request("GET", path).bearer_auth(token);
        is_unauthorized(&Answer::of(request).await);
    }
    assert_eq!(
        world.manage("GET", &one, None).await.json()["client_name"],
        one["client_id"]
    );
}

/// DCM-02: what is left out falls back to its default.
#[actix_web::test]
async fn dcm_02_an_update_replaces_everything_that_was_said() {
    let world = open().await;
    let said = with(
        web(),
        json!({"client_name": "Old", "contacts": ["a@example.com"], "default_max_age": 60}),
    );
    let client = world.register(&said).await.json();
    let body = update(
        &client,
        json!({
            "redirect_uris": ["https://new.example.com/cb"], "contacts": null,
            "client_secret": client["client_secret"],
        }),
    );
    let now = world.manage("PUT", &client, Some(&body)).await;
    assert_eq!(now.status, 200, "{}", now.text);
    let now = now.json();
    assert_eq!(now["redirect_uris"], json!(["https://new.example.com/cb"]));
    assert_eq!(now["client_name"], client["client_id"]);
    assert!(now.get("contacts").is_none() && now.get("default_max_age").is_none());
    assert_eq!(
        now["registration_access_token"],
        client["registration_access_token"]
    );
    assert_eq!(now["client_id_issued_at"], client["client_id_issued_at"]);
    assert!(now.get("client_secret").is_none(), "it has not changed");
    assert_eq!(world.manage("GET", &client, None).await.json(), now);
    let event = world.audit("client.update").await;
    assert_eq!(event[0].client_id.as_deref(), client["client_id"].as_str());
}

/// DCM-02
#[actix_web::test]
async fn dcm_02_an_update_names_the_client_and_nothing_of_ours() {
    let world = open().await;
    let client = world.register(&web()).await.json();
    for (member, change) in [
        ("client_id", json!({"client_id": null})),
        ("client_id", json!({"client_id": "ats-web"})),
        ("client_secret", json!({"client_secret": "another"})),
        (
            "registration_access_token",
            json!({"registration_access_token": "x"}),
        ),
        (
            "registration_client_uri",
            json!({"registration_client_uri": "x"}),
        ),
        (
            "client_secret_expires_at",
            json!({"client_secret_expires_at": 0}),
        ),
        ("client_id_issued_at", json!({"client_id_issued_at": 0})),
        ("grant_types", json!({"grant_types": ["password"]})),
    ] {
        let body = update(&client, change);
        let answer = world.manage("PUT", &client, Some(&body)).await;
        is_unfit(&answer, "invalid_client_metadata", member);
    }
    let body = update(&client, json!({"redirect_uris": ["javascript:alert(1)"]}));
    let answer = world.manage("PUT", &client, Some(&body)).await;
    is_unfit(&answer, "invalid_redirect_uri", "redirect_uris");
}

/// DCM-02: another way to prove itself takes the old secret away, and brings a new one.
#[actix_web::test]
async fn dcm_02_a_new_way_to_authenticate_ends_the_old_one() {
    let world = open().await;
    let client = world.register(&web()).await.json();
    let put = async |method: &str| {
        let body = update(&client, json!({"token_endpoint_auth_method": method}));
        let answer = world.manage("PUT", &client, Some(&body)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    };
    let public = put("none").await;
    assert_eq!(public["token_endpoint_auth_method"], "none");
    let id = id_of(&client);
    let stored = clients::find(world.state.store.read(), &id)
        .await
        .unwrap()
        .unwrap();
    let now = world.state.clock.now();
    let is_live = |end: Option<auth_server::clock::Instant>| end.is_none_or(|end| end > now);
    assert!(stored.is_public() && !stored.secrets.iter().any(|one| is_live(one.expires_at)));

    let again = put("client_secret_basic").await;
    let secret = again["client_secret"].as_str().unwrap();
    assert_ne!(Some(secret), client["client_secret"].as_str());
    let form = [
        ("grant_type", "authorization_code"),
        ("code", "x"),
        ("redirect_uri", "x"),
    ];
    let old = client["client_secret"].as_str().unwrap();
    world
        .token_as((id.as_str(), old), &form)
        .await
        .is_error(401, "invalid_client");
    world
        .token_as((id.as_str(), secret), &form)
        .await
        .is_error(400, "invalid_grant");
}

/// DCM-03, DCM-04; attack TE-04.
#[actix_web::test]
async fn dcm_03_a_client_that_leaves_is_gone_with_everything() {
    let world = open().await;
    let client = world.register(&web()).await.json();
    let gone = world.manage("DELETE", &client, None).await;
    assert_eq!((gone.status, gone.text.as_str()), (204, ""));
    for method in ["GET", "DELETE"] {
        is_unauthorized(&world.manage(method, &client, None).await);
    }
    let form = [("grant_type", "authorization_code"), ("code", "x")];
    let (id, secret) = (
        client["client_id"].as_str(),
        client["client_secret"].as_str(),
    );
    let answer = world.token_as((id.unwrap(), secret.unwrap()), &form).await;
    answer.is_error(401, "invalid_client");
}

/// DCM-05
#[actix_web::test]
async fn dcm_05_other_methods_and_clients_that_are_switched_off() {
    let world = open().await;
    let client = world.register(&web()).await.json();
    for method in ["POST", "PATCH"] {
        let answer = world.manage(method, &client, Some(&json!({}))).await;
        assert_eq!(
            (answer.status, answer.header("allow")),
            (405, "GET, PUT, DELETE")
        );
    }
    let answer = world.get("/oauth2/register").await;
    assert_eq!((answer.status, answer.header("allow")), (405, "POST"));

    disable(&world, id_of(&client)).await;
    let body = update(&client, json!({}));
    for (method, body) in [("GET", None), ("PUT", Some(&body)), ("DELETE", None)] {
        let answer = world.manage(method, &client, body).await;
        assert_eq!(
            (answer.status, answer.member("error").as_str()),
            (403, "access_denied")
        );
    }
}

async fn disable(world: &World, id: ClientId) {
    let now = world.state.clock.now();
    let done = world
        .state
        .store
        .write(async move |txn| clients::set_disabled(txn, &id, Some(now), now).await);
    assert!(done.await.unwrap());
}

/// DCR-11: what only an administrator gives, an update neither takes nor brings back.
#[actix_web::test]
async fn dcr_11_an_update_leaves_alone_what_an_administrator_gave() {
    let world = open().await;
    let client = world.register(&web()).await.json();
    let id = id_of(&client);
    let given = world.command(
        &[
            "client",
            "update",
            id.as_str(),
            "--first-party",
            "--require-pkce",
            "false",
            "--id-ttl",
            "1m",
            "--audience",
            "http://localhost:8081",
            "--scope",
            "openid email jobs:read",
            "--default-scope",
            "openid",
        ],
        "",
    );
    assert!(given.status.success(), "{given:?}");
    let body = update(&client, json!({"client_name": "New"}));
    let answer = world.manage("PUT", &client, Some(&body)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let stored = clients::find(world.state.store.read(), &id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(stored.name, "New");
    assert!(stored.metadata.is_first_party && !stored.require_pkce);
    assert_eq!(
        stored.metadata.id_ttl,
        Some(std::time::Duration::from_mins(1))
    );
    assert!(stored.scopes.contains("jobs:read"));
    assert_eq!(stored.default_scopes.to_string(), "openid");
    assert_eq!(
        stored.metadata.origin,
        auth_server::model::Origin::Registration
    );
}

/// DCR-11: what an administrator takes away while an update waits for somebody else stays away.
#[actix_web::test]
async fn dcr_11_what_is_taken_away_during_an_update_does_not_come_back() {
    let world = World::with(|inputs| {
        inputs
            .with("registration.mode", "open")
            .with("outgoing.allow_private", "true")
    })
    .await;
    let client = world.register(&web()).await.json();
    let id = id_of(&client);
    let administer = |options: &[&str]| {
        let command = [&["client", "update", id.as_str()], options].concat();
        let done = world.command(&command, "");
        assert!(done.status.success(), "{done:?}");
    };
    administer(&["--introspect", "--role", "recruiter"]);
    let sector = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("http://{}/uris", sector.local_addr().unwrap());
    let said = json!({"client_name": "New", "sector_identifier_uri": uri});
    let body = update(&client, said);
    let mut asked = 0;
    let site = async {
        loop {
            let (mut stream, _) = sector.accept().await.unwrap();
            assert_ne!(stream.read(&mut [0; 4096]).await.unwrap(), 0);
            asked += 1;
            if asked == 1 {
                administer(&["--introspect", "false", "--role", "off"]);
            }
            let list = json!(["https://app.example.com/cb"]).to_string();
            let length = list.len();
            let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{list}");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    };
    let answer = tokio::select! {
        answer = world.manage("PUT", &client, Some(&body)) => answer,
        () = site => unreachable!("it answers for ever"),
    };
    assert_eq!(answer.status, 200, "{}", answer.text);
    let stored = clients::find(world.state.store.read(), &id).await;
    let stored = stored.unwrap().unwrap();
    assert!(!stored.may_introspect && stored.roles.is_empty());
    assert_eq!((stored.name.as_str(), asked), ("New", 2));
}
