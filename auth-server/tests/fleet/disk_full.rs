//! The volume of the SQLite file is full, and then it is not (attack OP-02).

use std::time::Duration;

use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection};

use crate::client::{Client, SECRET};
use crate::installation::Installation;
use crate::load::{Load, Session};
use crate::mount::Mount;
use crate::wait::until;

const SESSIONS: usize = 4;
const BACK: Duration = Duration::from_secs(5);

/// OP-02: writes are 503, what needs no write works, no token is half spent, the file is sound, and
/// work goes on when there is space.
#[tokio::test(flavor = "multi_thread")]
async fn op_02_a_full_disk_costs_503s_and_nothing_else() {
    let Some(mount) = Mount::of_size("8m") else {
        return;
    };
    let url = format!("sqlite://{}/auth-server.db", mount.path().display());
    let installation = Installation::at(&url);
    let instance = installation.ready().await;
    let client = Client::new();
    // From now on the client is in memory, and room for what it may have revoked is reserved.
    client
        .service_token(&instance.base, SECRET)
        .await
        .answer()
        .member("access_token");
    let mut sessions = Vec::new();
    for _ in 0..SESSIONS {
        sessions.push(Session::begin(&client, &instance.base).await);
    }
    let load = Load::begin(&client, vec![instance.base.clone()], sessions);
    let busy = async || (load.acknowledged() >= 100).then_some(());
    until("there is load", Duration::from_secs(30), busy).await;
    // Somebody who reads keeps SQLite from using the space of its log again, where writes would go on.
    let reader = read_for_long(&url).await;
    let filler = mount.fill();
    let full = async || {
        let login = client
            .log_in(&instance.base, "demo-password-1")
            .await
            .answer();
        (login.status == 503).then_some(login)
    };
    let (login, _) = until("writes are refused", Duration::from_mins(1), full).await;
    login.is_unavailable();
    let not_ready = async || {
        let ready = client.get(&instance.base, "/readyz").await.answer();
        (ready.status == 503).then_some(ready)
    };
    let (ready, _) = until(
        "readiness tells the truth",
        Duration::from_secs(30),
        not_ready,
    )
    .await;
    assert_eq!(ready.body["failing"], "writing to the database");
    client.jwks(&instance.base).await;
    client
        .service_token(&instance.base, SECRET)
        .await
        .answer()
        .member("access_token");
    let (mut sessions, tally) = load.end().await;
    assert!(tally.wrong.is_empty(), "{:?}", tally.wrong);
    assert!(tally.unavailable > 0);

    reader.close().await.unwrap();
    std::fs::remove_file(filler).unwrap();
    let ((), took) = until("it is back by itself", BACK, async || {
        let ready = client.get(&instance.base, "/readyz").await.answer();
        (ready.status == 200).then_some(())
    })
    .await;
    for session in &mut sessions {
        session.go_on(&client, &instance.base).await;
    }
    assert_eq!(
        installation
            .number("SELECT COUNT(*) FROM pragma_integrity_check")
            .await,
        1
    );
    let sound = "SELECT integrity_check = 'ok' FROM pragma_integrity_check";
    assert_eq!(installation.number(sound).await, 1);
    println!(
        "OP-02: disk full under load: {} refreshes, {} times 503, back {took:?} after there was \
         space, {SESSIONS} of {SESSIONS} sessions go on, the file is sound",
        tally.acknowledged, tally.unavailable
    );
}

/// A transaction that has begun to read, and ends with the connection.
async fn read_for_long(url: &str) -> DatabaseConnection {
    let mut one = ConnectOptions::new(url);
    one.max_connections(1).min_connections(1);
    let db = Database::connect(one).await.unwrap();
    for statement in ["BEGIN", "SELECT COUNT(*) FROM families"] {
        db.execute_unprepared(statement).await.unwrap();
    }
    db
}
