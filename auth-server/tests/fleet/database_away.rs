//! The database server comes late, stops, is killed, stops answering, and comes back
//! (attack OP-01; issue items "Database down").

use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::client::{Client, SECRET};
use crate::database_server::DatabaseServer;
use crate::installation::Installation;
use crate::instance::Instance;
use crate::load::{Load, Session, Tally};
use crate::proxy::Proxy;
use crate::pulse::Pulse;
use crate::wait::until;

/// The setting `database.acquire_timeout` of these tests.
const PATIENCE: Duration = Duration::from_secs(1);
/// What a transaction gets on top that had begun when its database froze.
const HUNG: Duration = Duration::from_secs(2);
/// The promise for coming back.
const BACK: Duration = Duration::from_secs(5);
/// The same for connections of which nobody says that they are dead.
const REPLACED: Duration = Duration::from_secs(10);
/// How long the server keeps the locks of a connection that has gone without a word.
const FREE: Duration = Duration::from_secs(40);
const SESSIONS: usize = 8;

fn at(server: &DatabaseServer) -> Installation {
    Installation::at(&server.url()).with("database.acquire_timeout", "1s")
}

/// OP-01: no crash loop: alive, honest, and there by itself when the database is.
#[tokio::test(flavor = "multi_thread")]
async fn op_01_a_server_that_starts_before_its_database_waits_for_it() {
    let Some(mut server) = DatabaseServer::of_the_round() else {
        return;
    };
    let installation = at(&server);
    // The schema and the demo: what takes long is not what is measured.
    server.start().await;
    drop(installation.ready().await);
    server.stop();
    let instance = installation.start().await;
    let client = Client::new();
    assert_eq!(
        client.get(&instance.base, "/livez").await.answer().status,
        200
    );
    // Until it has tried, it says that it is starting.
    let failing = async || {
        let ready = client.get(&instance.base, "/readyz").await.answer();
        assert_eq!(ready.status, 503);
        assert!(ready.retry_after.is_some());
        (ready.body["failing"] == "connecting to the database").then_some(ready.body)
    };
    let (body, _) = until("it says what is missing", Duration::from_secs(10), failing).await;
    assert_eq!(body["database"], false);
    for path in ["/.well-known/jwks.json", "/openapi.json", "/nothing"] {
        client
            .get(&instance.base, path)
            .await
            .answer()
            .is_unavailable();
    }
    client
        .service_token(&instance.base, SECRET)
        .await
        .answer()
        .is_unavailable();
    let log = instance.log().text();
    assert!(log.contains("refused"), "the log says why: {log}");

    server.start().await;
    let ((), took) = until("it is ready by itself", BACK, async || {
        let ready = client.get(&instance.base, "/readyz").await.find()?;
        (ready.status == 200).then_some(())
    })
    .await;
    client.session(&instance.base).await;
    println!("OP-01: database came late: ready {took:?} after it");
}

/// OP-01: the waiting room answers where the server will: below the path of the issuer, and for
/// operators on their own port.
#[tokio::test(flavor = "multi_thread")]
async fn op_01_the_waiting_room_answers_below_the_path_of_the_issuer_and_for_operators() {
    let installation = Installation::at("postgres://nobody@127.0.0.1:1/nowhere")
        .with("issuer", "http://localhost:8080/auth")
        .with("management.listen", "127.0.0.1:0");
    let instance = installation.start().await;
    let listening = &instance.log().records("listening")[0];
    let operators = format!("http://{}", listening["management"].as_str().unwrap());
    let client = Client::new();
    for (base, path, status) in [
        (&instance.base, "/auth/livez", 200),
        (&instance.base, "/auth/readyz", 503),
        (&instance.base, "/auth/oauth2/token", 503),
        (&operators, "/livez", 200),
        (&operators, "/readyz", 503),
        (&operators, "/metrics", 503),
    ] {
        let answer = client.get(base, path).await.answer();
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.retry_after.is_some(), status == 503, "{path}");
    }
}

/// OP-01: stopped, killed and frozen under load: 503 in time, never 500, nothing acknowledged is
/// lost, keys and client credentials go on, back within five seconds without a restart.
#[tokio::test(flavor = "multi_thread")]
async fn op_01_a_database_that_stops_and_returns_costs_503s_and_nothing_else() {
    let Some(mut server) = DatabaseServer::of_the_round() else {
        return;
    };
    server.start().await;
    let installation = at(&server);
    let instance = installation.ready().await;
    let client = Client::new();
    client
        .service_token(&instance.base, SECRET)
        .await
        .answer()
        .member("access_token");
    let mut sessions = Vec::new();
    for _ in 0..SESSIONS {
        sessions.push(Session::begin(&client, &instance.base).await);
    }
    for fault in ["stopped", "killed", "frozen"] {
        let pulse = Pulse::of(&client, &instance);
        let load = Load::begin(&client, vec![instance.base.clone()], sessions);
        answers(&load, 100).await;
        match fault {
            "stopped" => server.stop(),
            "killed" => server.kill(),
            _ => server.freeze(),
        }
        is_honest(&client, &instance, &pulse).await;
        answers(&load, 100).await;
        match fault {
            "frozen" => server.thaw(),
            _ => server.start().await,
        }
        let limit = BACK + pulse.slack();
        let ((), back) = until("it is back by itself", limit, async || {
            let ready = client.get(&instance.base, "/readyz").await.find()?;
            (ready.status == 200).then_some(())
        })
        .await;
        answers(&load, 100).await;
        let (kept, tally) = load.end().await;
        sessions = kept;
        let limit = if fault == "frozen" {
            PATIENCE + HUNG
        } else {
            PATIENCE
        };
        check(&tally, limit + pulse.slack());
        for session in &mut sessions {
            session.go_on(&client, &instance.base).await;
        }
        println!(
            "OP-01 on {}: database {fault} under load: {} refreshes, {} times 503, longest answer \
             {:?}, back after {back:?}, {SESSIONS} of {SESSIONS} sessions go on",
            installation.engine(),
            tally.acknowledged,
            tally.unavailable,
            tally.longest
        );
    }
}

fn check(tally: &Tally, limit: Duration) {
    assert!(tally.wrong.is_empty(), "{:?}", tally.wrong);
    assert_eq!(tally.lost, 0, "no connection breaks");
    assert!(tally.unavailable > 0, "somebody must have met the fault");
    let longest = tally.longest;
    assert!(longest <= limit, "an answer took {longest:?} of {limit:?}");
}

/// OP-01: after a power cut at the other end nobody says that the connections are dead. They are
/// given up in time and replaced, however many there are.
#[tokio::test(flavor = "multi_thread")]
async fn op_01_connections_that_died_without_a_word_are_replaced() {
    let origin = Installation::fresh().await;
    if origin.is_sqlite() {
        return;
    }
    let proxy = Proxy::to(origin.url()).await;
    let installation = Installation::at(proxy.url())
        .with("database.acquire_timeout", "1s")
        .with("database.max_connections", "4");
    let instance = installation.ready().await;
    let client = Client::new();
    let mut sessions = Vec::new();
    for _ in 0..SESSIONS {
        sessions.push(Session::begin(&client, &instance.base).await);
    }
    let pulse = Pulse::of(&client, &instance);
    let load = Load::begin(&client, vec![instance.base.clone()], sessions);
    answers(&load, 50).await;
    proxy.swallow();
    let limit = REPLACED + pulse.slack();
    let ((), back) = until("every session goes on", limit, async || {
        let before = load.acknowledged();
        answers(&load, 2 * SESSIONS).await;
        (load.acknowledged() - before >= SESSIONS).then_some(())
    })
    .await;
    let (sessions, tally) = load.end().await;
    check(&tally, PATIENCE + HUNG + pulse.slack());
    // A row that a dead connection had locked is free when the server gives up waiting for it.
    for session in &sessions {
        until("the row is free", FREE, async || {
            let answer = client.refresh(&instance.base, &session.held).await.answer();
            (answer.status == 200).then_some(())
        })
        .await;
    }
    println!(
        "OP-01 on {}: every connection dead without a word: {} times 503, back after {back:?}",
        installation.engine(),
        tally.unavailable
    );
}

/// While the database is away: readiness says so, what needs no database works, what does is 503.
async fn is_honest(client: &Client, instance: &Instance, pulse: &Pulse) {
    let not_ready = async || {
        let ready = client.get(&instance.base, "/readyz").await.answer();
        (ready.status == 503).then_some(ready)
    };
    let limit = PATIENCE + pulse.slack();
    let (ready, _) = until("readiness tells the truth", limit, not_ready).await;
    assert_eq!(
        (&ready.body["database"], &ready.body["signing_key"]),
        (&false.into(), &true.into())
    );
    assert_eq!(
        client.get(&instance.base, "/livez").await.answer().status,
        200
    );
    for path in [
        "/.well-known/jwks.json",
        "/.well-known/openid-configuration",
    ] {
        let answer = client.get(&instance.base, path).await.answer();
        assert_eq!(answer.status, 200, "{path}");
        let limit = pulse.slack();
        assert!(answer.took < limit, "{path} waits for nothing: {answer:?}");
    }
    client
        .service_token(&instance.base, SECRET)
        .await
        .answer()
        .member("access_token");
    let login = client
        .log_in(&instance.base, "demo-password-1")
        .await
        .answer();
    login.is_unavailable();
    assert!(login.took <= PATIENCE + pulse.slack(), "{login:?}");
}

/// So many answers more.
async fn answers(load: &Load, count: usize) {
    let goal = load.answers.load(Ordering::Relaxed) + count;
    let enough = async || (load.answers.load(Ordering::Relaxed) >= goal).then_some(());
    until("there were enough answers", Duration::from_mins(1), enough).await;
}

/// What waiting does not mend, ends the start with a text (docs/decisions/0008).
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_does_not_exist_or_a_wrong_password_ends_the_start_in_words() {
    let Some(mut server) = DatabaseServer::of_the_round() else {
        return;
    };
    server.start().await;
    let no_database = server
        .url()
        .replace("/fleet", "/nowhere")
        .replace("/postgres", "/nowhere");
    let no_user = server.url().replacen("root@", "stranger:hunter2@", 1);
    let no_user = no_user.replacen("postgres@", "stranger:hunter2@", 1);
    for (url, named) in [(no_database, "nowhere"), (no_user, "stranger")] {
        let instance = Instance::start(Installation::at(&url).command(&["dev"])).await;
        let (code, log) = instance.ended(Duration::from_secs(20)).await;
        assert_eq!(code, 1, "{}", log.text());
        assert!(
            log.text().contains("connecting to the database"),
            "{}",
            log.text()
        );
        assert!(log.text().contains(named), "{}", log.text());
        assert!(!log.text().contains("hunter2"), "{}", log.text());
    }
}
