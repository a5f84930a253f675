//! Sectors of pairwise subjects (OpenID Connect Core 1.0 §8.1, Registration 1.0 §5; matrix DCR-08).

use std::path::PathBuf;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::json;

use super::{is_unfit, with};
use crate::foreign::Foreign;
use crate::support::World;

const URIS: [&str; 2] = ["https://a.example.com/cb", "https://b.example.com/cb"];

/// A foreign server with a certificate of an authority that only the file names.
fn https(directory: &tempfile::TempDir) -> (Foreign, PathBuf) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let file = directory.path().join("authority.pem");
    std::fs::write(&file, cert.pem()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(signing_key.serialize_pem().as_bytes()).unwrap();
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let config = rustls::ServerConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    (Foreign::with_tls(config), file)
}

/// DCR-08, GEN-28: over https, by the authority of `outgoing.extra_ca`, with `outgoing.allow_private`.
#[actix_web::test]
async fn dcr_08_a_sector_lists_every_redirect_uri() {
    let directory = tempfile::tempdir().unwrap();
    let (foreign, authority) = https(&directory);
    let world = World::with(|inputs| {
        inputs
            .with("registration.mode", "open")
            .with("outgoing.allow_private", "true")
            .with("outgoing.extra_ca", authority.to_str().unwrap())
    })
    .await;
    let all = foreign.put(
        "/all.json",
        json!([URIS[0], "https://c.example.com/cb", URIS[1]]),
    );
    let some = foreign.put("/some.json", json!([URIS[0]]));
    let object = foreign.put("/object.json", json!({"uris": URIS}));
    let gone = format!("{}/gone.json", foreign.base);
    let body = json!({"redirect_uris": URIS, "subject_type": "pairwise"});
    let client = world
        .register(&with(body.clone(), json!({"sector_identifier_uri": all})))
        .await;
    assert_eq!(client.status, 201, "{}", client.text);
    assert_eq!(client.json()["sector_identifier_uri"], json!(all));
    let id = auth_server::model::ClientId::new(client.member("client_id"));
    let stored = world
        .state
        .directory
        .find_client(&id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(stored.metadata.sector.as_deref(), Some("localhost"));
    for uri in [some, object, gone] {
        let answer = world
            .register(&with(body.clone(), json!({"sector_identifier_uri": uri})))
            .await;
        is_unfit(&answer, "invalid_client_metadata", "sector_identifier_uri");
    }
    assert_eq!(foreign.requests(), 4);
}

/// GEN-28: a certificate that nobody vouches for is no answer.
#[actix_web::test]
async fn gen_28_a_server_without_a_known_authority_is_not_believed() {
    let directory = tempfile::tempdir().unwrap();
    let (foreign, _) = https(&directory);
    let uri = foreign.put("/all.json", json!(URIS));
    let world = World::with(|inputs| {
        inputs
            .with("registration.mode", "open")
            .with("outgoing.allow_private", "true")
    })
    .await;
    let body = json!({"redirect_uris": URIS, "sector_identifier_uri": uri});
    let answer = world.register(&body).await;
    is_unfit(&answer, "invalid_client_metadata", "sector_identifier_uri");
    assert_eq!(foreign.requests(), 0);
}
