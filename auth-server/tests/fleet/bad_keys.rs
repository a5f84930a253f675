//! Wrong, missing and damaged keys (attack OP-09; issue items "key row flipped by one byte",
//! "encryption key missing").

use std::time::Duration;

use sea_orm::{ConnectionTrait as _, Database, DatabaseBackend, Statement};

use crate::client::{Client, SECRET, verify};
use crate::installation::{Installation, KEY, OTHER_KEY, write_privately};
use crate::instance::Instance;
use crate::wait::until;

const END: Duration = Duration::from_secs(20);

/// OP-09: who comes with another key-encryption key is told what to do; who runs, goes on.
#[tokio::test(flavor = "multi_thread")]
async fn op_09_an_instance_with_another_encryption_key_is_refused_in_words() {
    let installation = Installation::fresh().await;
    let first = installation.ready().await;
    let mut command = installation.command(&["dev"]);
    command.env("AUTH_SERVER_KEYS__ENCRYPTION_KEY", OTHER_KEY);
    let (code, log) = Instance::start(command).await.ended(END).await;
    let text = log.text();
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("another key-encryption key"), "{text}");
    assert!(
        text.contains("the same keys.encryption_key as on the other instances"),
        "{text}"
    );
    assert!(!text.contains(OTHER_KEY) && !text.contains(KEY), "{text}");
    Client::new().session(&first.base).await;
}

/// OP-09: a file that is gone is not quietly replaced by a new key, under which nothing would open.
#[tokio::test(flavor = "multi_thread")]
async fn op_09_a_missing_encryption_key_is_named_and_never_made_anew() {
    let installation = Installation::fresh().await;
    // The generated file of `dev`.
    let command = || {
        let mut command = installation.command(&["dev"]);
        command.env_remove("AUTH_SERVER_KEYS__ENCRYPTION_KEY");
        command
    };
    let first = Instance::start(command()).await;
    first.ready().await;
    drop(first);
    let file = installation.data().join("key-encryption-key");
    let kept = std::fs::read(&file).unwrap();
    std::fs::remove_file(&file).unwrap();

    let (code, log) = Instance::start(command()).await.ended(END).await;
    let text = log.text();
    assert_eq!(code, 1, "{text}");
    assert!(text.contains(file.to_str().unwrap()), "{text}");
    assert!(
        text.contains("put the file") && text.contains("keys.encryption_key"),
        "{text}"
    );
    assert!(!file.exists(), "no new key was made");

    write_privately(&file, &kept);
    let again = Instance::start(command()).await;
    again.ready().await;
    Client::new().session(&again.base).await;
}

/// OP-09: outside `dev`, a database that several instances may share needs the key in the settings.
#[tokio::test(flavor = "multi_thread")]
async fn op_09_without_an_encryption_key_a_shared_database_is_refused() {
    let installation = Installation::at("postgres://app@127.0.0.1:1/auth");
    let mut command = installation.command(&["serve"]);
    command.env_remove("AUTH_SERVER_KEYS__ENCRYPTION_KEY");
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(78), "{text}");
    assert!(text.contains("keys.encryption_key"), "{text}");
}

/// OP-09: one flipped byte in one key row: the others sign and verify as before.
#[tokio::test(flavor = "multi_thread")]
async fn op_09_a_key_row_flipped_by_one_byte_does_not_stop_the_others() {
    let installation = Installation::fresh().await;
    let client = Client::new();
    let instance = installation.ready().await;
    let before = client.service_token(&instance.base, SECRET).await.answer();
    let before = before.member("access_token");
    installation
        .done(&["keys", "rotate", "--algorithm", "RS256", "--now"])
        .await;
    flip(&installation, "RS256").await;
    drop(instance);

    let instance = installation.ready().await;
    let after = client.service_token(&instance.base, SECRET).await.answer();
    let after = after.member("access_token");
    for token in [&before, &after] {
        verify(&client, &instance, token).await.unwrap();
    }
    let log = instance.log().text();
    assert!(
        log.contains("damaged") || log.contains("does not open"),
        "the log names it: {log}"
    );
}

/// OP-09: when it is the row of the key that signs, nothing is signed with another: not ready, until
/// an operator brings a new key; tokens of the old one stay good.
#[tokio::test(flavor = "multi_thread")]
async fn op_09_a_damaged_signing_key_is_not_ready_until_there_is_a_new_one() {
    let installation = Installation::fresh().await;
    let client = Client::new();
    let instance = installation.ready().await;
    let session = client.session(&instance.base).await;
    let before = client.service_token(&instance.base, SECRET).await.answer();
    let before = before.member("access_token");
    flip(&installation, "ES256").await;
    drop(instance);

    let instance = installation.start().await;
    let not_ready = async || {
        let ready = client.get(&instance.base, "/readyz").await.answer();
        (ready.body["failing"] == "choosing a signing key").then_some(ready)
    };
    let (ready, _) = until("readiness tells the truth", END, not_ready).await;
    assert_eq!((ready.status, &ready.body["database"]), (503, &true.into()));
    assert_eq!(
        client.get(&instance.base, "/livez").await.answer().status,
        200
    );
    client
        .service_token(&instance.base, SECRET)
        .await
        .answer()
        .is_unavailable();
    client
        .refresh(&instance.base, &session)
        .await
        .answer()
        .is_unavailable();
    verify(&client, &instance, &before).await.unwrap();

    installation.done(&["keys", "rotate", "--now"]).await;
    let took = instance.ready().await;
    client
        .refresh(&instance.base, &session)
        .await
        .answer()
        .refresh_token();
    verify(&client, &instance, &before).await.unwrap();
    println!("OP-09: damaged signing key: ready {took:?} after `keys rotate --now`");
}

/// Changes one byte in the middle of the sealed private key.
async fn flip(installation: &Installation, algorithm: &str) {
    let db = Database::connect(installation.url()).await.unwrap();
    let backend = db.get_database_backend();
    let find = format!("SELECT sealed_private FROM signing_keys WHERE algorithm = '{algorithm}'");
    let row = db
        .query_one_raw(Statement::from_string(backend, find))
        .await
        .unwrap()
        .unwrap();
    let mut sealed: Vec<u8> = row.try_get_by_index(0).unwrap();
    let middle = sealed.len() / 2;
    sealed[middle] ^= 1;
    let hex = sealed
        .iter()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    let literal = match backend {
        DatabaseBackend::Postgres => format!("decode('{hex}', 'hex')"),
        _ => format!("X'{hex}'"),
    };
    let update = format!(
        "UPDATE signing_keys SET sealed_private = {literal} WHERE algorithm = '{algorithm}'"
    );
    db.execute_unprepared(&update).await.unwrap();
    db.close().await.unwrap();
}
