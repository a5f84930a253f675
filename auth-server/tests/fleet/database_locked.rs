//! The database is there and does not let us: locked by somebody else, read-only
//! (attack OP-03; issue items "database file read-only", "pool exhausted").

use std::time::Duration;

use futures_util::future::join_all;
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection};

use crate::client::{Client, Reply, SECRET};
use crate::database_server::DatabaseServer;
use crate::installation::Installation;
use crate::instance::Instance;
use crate::mount::Mount;
use crate::pulse::Pulse;
use crate::wait::until;

/// The setting `database.acquire_timeout` of these tests.
const PATIENCE: Duration = Duration::from_secs(1);
const BACK: Duration = Duration::from_secs(5);

/// OP-03: somebody locks the table (the whole file on SQLite) and goes on holidays. Whoever needs it
/// is refused in time, however many they are; afterwards nothing was half done.
#[tokio::test(flavor = "multi_thread")]
async fn op_03_a_locked_store_is_503_in_time_and_no_token_is_half_spent() {
    let installation = Installation::fresh()
        .await
        .with("database.acquire_timeout", "1s");
    let instance = installation.ready().await;
    let client = Client::new();
    let tokens = join_all((0..16).map(|_| client.session(&instance.base))).await;
    // From now on the client is in memory.
    client
        .service_token(&instance.base, SECRET)
        .await
        .answer()
        .member("access_token");
    let hog = lock(&installation).await;
    let pulse = Pulse::of(&client, &instance);
    // Four times as many as there are connections, of which each waits for the lock.
    let crowd = (0..4)
        .flat_map(|_| &tokens)
        .map(|token| client.refresh(&instance.base, token));
    let answers: Vec<_> = join_all(crowd)
        .await
        .into_iter()
        .map(Reply::answer)
        .collect();
    let longest = answers.iter().map(|answer| answer.took).max().unwrap();
    answers
        .iter()
        .for_each(crate::client::Answer::is_unavailable);
    let limit = PATIENCE + pulse.slack();
    assert!(longest <= limit, "an answer took {longest:?} of {limit:?}");
    client.jwks(&instance.base).await;
    client
        .service_token(&instance.base, SECRET)
        .await
        .answer()
        .member("access_token");
    hog.close().await.unwrap();
    let back = async || {
        let answer = client.refresh(&instance.base, &tokens[0]).await.answer();
        (answer.status == 200).then_some(())
    };
    let ((), took) = until("it goes on by itself", BACK + pulse.slack(), back).await;
    for token in &tokens[1..] {
        client
            .refresh(&instance.base, token)
            .await
            .answer()
            .refresh_token();
    }
    println!(
        "OP-03 on {}: {} refreshes met a lock: all 503, longest {longest:?}; back after {took:?}",
        installation.engine(),
        answers.len()
    );
}

/// Takes the lock; it ends with the connection.
async fn lock(installation: &Installation) -> DatabaseConnection {
    let mut one = sea_orm::ConnectOptions::new(installation.url());
    one.max_connections(1).min_connections(1);
    let db = Database::connect(one).await.unwrap();
    let statements: &[&str] = match installation.engine() {
        "PostgreSQL" => &["BEGIN", "LOCK TABLE families IN ACCESS EXCLUSIVE MODE"],
        "MariaDB" => &["LOCK TABLES families WRITE"],
        _ => &["BEGIN EXCLUSIVE"],
    };
    for statement in statements {
        db.execute_unprepared(statement).await.unwrap();
    }
    db
}

/// OP-03: a server that may not write for a while says so, and goes on when it may.
#[tokio::test(flavor = "multi_thread")]
async fn op_03_a_database_server_that_turns_read_only_is_not_ready_and_comes_back() {
    let Some(mut server) = DatabaseServer::of_the_round() else {
        return;
    };
    server.start().await;
    let installation = Installation::at(&server.humble_url().await);
    let instance = installation.ready().await;
    let client = Client::new();
    let token = client.session(&instance.base).await;
    server.set_read_only(true).await;
    let refused = async || {
        let answer = client
            .log_in(&instance.base, "demo-password-1")
            .await
            .answer();
        (answer.status == 503).then_some(answer)
    };
    let (answer, _) = until("writes are refused", BACK, refused).await;
    answer.is_unavailable();
    let ready = client.get(&instance.base, "/readyz").await.answer();
    assert_eq!(
        (ready.status, &ready.body["failing"]),
        (503, &"writing to the database".into())
    );
    client
        .refresh(&instance.base, &token)
        .await
        .answer()
        .is_unavailable();
    client.jwks(&instance.base).await;
    server.set_read_only(false).await;
    let took = back(&client, &instance).await;
    client
        .refresh(&instance.base, &token)
        .await
        .answer()
        .refresh_token();
    println!(
        "OP-03 on {}: read-only for a while; back after {took:?}",
        installation.engine()
    );
}

/// OP-03: a database user without the right to write is not ready, in words, until he has it.
#[tokio::test(flavor = "multi_thread")]
async fn op_03_a_user_without_the_right_to_write_is_not_ready_until_he_has_it() {
    let Some(mut server) = DatabaseServer::of_the_round() else {
        return;
    };
    server.start().await;
    let client = Client::new();
    let first = Installation::at(&server.url()).ready().await;
    let token = client.session(&first.base).await;
    drop(first);

    let installation = Installation::at(&server.reader_url().await);
    let instance = installation.start().await;
    let failing = async || {
        let ready = client.get(&instance.base, "/readyz").await.answer();
        assert_eq!(ready.status, 503);
        (ready.body["failing"] == "writing to the database").then_some(())
    };
    until("it says what is wrong", BACK, failing).await;
    client
        .refresh(&instance.base, &token)
        .await
        .answer()
        .is_unavailable();
    client.jwks(&instance.base).await;
    server.let_reader_write().await;
    let took = back(&client, &instance).await;
    client
        .refresh(&instance.base, &token)
        .await
        .answer()
        .refresh_token();
    println!(
        "OP-03 on {}: may write at last; ready after {took:?}",
        installation.engine()
    );
}

/// OP-03: a file that may only be read is no reason to crash: not ready, in words, until it may be
/// written.
#[tokio::test(flavor = "multi_thread")]
async fn op_03_a_read_only_file_is_not_ready_until_it_may_be_written() {
    let Some(mut mount) = Mount::of_size("16m") else {
        return;
    };
    let url = format!("sqlite://{}/auth-server.db", mount.path().display());
    let installation = Installation::at(&url);
    let client = Client::new();
    let instance = installation.ready().await;
    let token = client.session(&instance.base).await;
    instance.signal("TERM");
    assert_eq!(instance.ended(Duration::from_secs(10)).await.0, 0);

    mount.set_read_only(true);
    let instance = installation.start().await;
    let failing = async || {
        let ready = client.get(&instance.base, "/readyz").await.answer();
        assert_eq!(ready.status, 503);
        (ready.body["failing"] != "starting").then_some(ready.body)
    };
    let (body, _) = until("it says what is wrong", BACK, failing).await;
    assert_eq!(body["database"], false);
    assert_eq!(
        client.get(&instance.base, "/livez").await.answer().status,
        200
    );
    client
        .refresh(&instance.base, &token)
        .await
        .answer()
        .is_unavailable();
    let log = instance.log().text();
    assert!(
        log.to_lowercase().contains("read") && log.contains("only"),
        "{log}"
    );
    mount.set_read_only(false);
    let took = back(&client, &instance).await;
    client
        .refresh(&instance.base, &token)
        .await
        .answer()
        .refresh_token();
    println!(
        "OP-03 on SQLite: started on a read-only file ({body}); ready {took:?} after it was not"
    );
}

/// Who asks while the waiting room gives its sockets to the server may have to ask again.
async fn back(client: &Client, instance: &Instance) -> Duration {
    let ready = async || {
        let ready = client.get(&instance.base, "/readyz").await.find()?;
        (ready.status == 200).then_some(())
    };
    until("it is back by itself", BACK, ready).await.1
}
