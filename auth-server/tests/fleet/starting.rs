//! Many instances at once on an empty database, migrations killed in the middle, a schema from the
//! future (attack OP-05).

use std::collections::BTreeSet;
use std::time::Duration;

use auth_server::random::Random;

use crate::client::Client;
use crate::installation::Installation;
use crate::instance::Instance;
use crate::wait::count;

/// How often an empty database is raced for.
const ROUNDS: &str = "CHANCERY_TEST_START_ROUNDS";

/// OP-05: one schema, one signing key, the same demo, whoever was first.
#[tokio::test(flavor = "multi_thread")]
async fn op_05_instances_that_start_at_once_agree_on_one_schema_and_one_key() {
    let rounds = count(ROUNDS, 3);
    let client = Client::new();
    for round in 0..rounds {
        let size = if round % 2 == 0 { 4 } else { 2 };
        let installation = Installation::fresh().await;
        let size = installation.most_instances(size);
        let fleet = installation.fleet(size).await;
        let mut sets = BTreeSet::new();
        for instance in &fleet {
            sets.insert(client.jwks(&instance.base).await.to_string());
        }
        assert_eq!(sets.len(), 1, "every instance publishes the same: {sets:?}");
        let numbers = async |sql| installation.number(sql).await;
        assert_eq!(numbers("SELECT COUNT(*) FROM signing_keys").await, 1);
        assert_eq!(numbers("SELECT COUNT(*) FROM users").await, 3);
        assert_eq!(numbers("SELECT COUNT(*) FROM clients").await, 3);
        let applied = numbers("SELECT COUNT(*) FROM auth_server_migrations").await;
        let distinct = "SELECT COUNT(DISTINCT version) FROM auth_server_migrations";
        assert_eq!(numbers(distinct).await, applied);
    }
    println!("OP-05: {rounds} empty databases, each with one schema and one key");
}

/// OP-05: whatever a killed migration leaves behind, the next start finishes.
#[tokio::test(flavor = "multi_thread")]
async fn op_05_a_migration_killed_at_any_moment_is_finished_by_the_next_start() {
    let random = Random::seeded(5);
    let kills = count("CHANCERY_TEST_MIGRATION_KILLS", 20);
    let installation = Installation::fresh().await;
    for _ in 0..kills {
        let mut child = installation.command(&["migrate", "up"]).spawn().unwrap();
        let [byte] = random.bytes::<1>();
        // Random by design: the moment of the kill.
        tokio::time::sleep(Duration::from_micros(u64::from(byte) * 1_000)).await;
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let instance = installation.ready().await;
    let client = Client::new();
    client.session(&instance.base).await;
    let status = installation
        .done(&["migrate", "status", "--format", "json"])
        .await;
    assert!(!status.contains("false"), "{status}");
    println!("OP-05: {kills} migrations killed, then one that was finished");
}

/// OP-05: an old program does not touch a new schema, and says what to do; who runs already is not
/// disturbed.
#[tokio::test(flavor = "multi_thread")]
async fn op_05_a_schema_from_the_future_is_refused_with_a_clear_text() {
    let installation = Installation::fresh().await;
    let running = installation.ready().await;
    installation
        .execute(
            "INSERT INTO auth_server_migrations (version, applied_at) \
             VALUES ('m20991231_235959_from_the_future', 0)",
        )
        .await;
    let refused = Instance::start(installation.command(&["dev"])).await;
    let (code, log) = refused.ended(Duration::from_secs(20)).await;
    assert_eq!(code, 1);
    let text = log.text();
    assert!(text.contains("newer than this program"), "{text}");
    assert!(text.contains("m20991231_235959_from_the_future"), "{text}");
    assert!(text.contains("migrate down"), "{text}");
    Client::new().session(&running.base).await;
}
