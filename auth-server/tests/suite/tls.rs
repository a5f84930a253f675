//! TLS in the server itself (contract §2.2 `tls.*`; matrix GEN-02).

use std::path::Path;
use std::time::Duration;

use rcgen::{CertifiedKey, generate_simple_self_signed};

use crate::support::World;

/// A certificate for `localhost`, in files.
fn certificate(directory: &Path) -> reqwest::Certificate {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    // The key first: a pair that does not match yet is not taken.
    std::fs::write(directory.join("key.pem"), signing_key.serialize_pem()).unwrap();
    std::fs::write(directory.join("cert.pem"), cert.pem()).unwrap();
    reqwest::Certificate::from_pem(cert.pem().as_bytes()).unwrap()
}

fn trusting(certificate: &reqwest::Certificate) -> reqwest::Client {
    reqwest::Client::builder()
        .tls_certs_only([certificate.clone()])
        .build()
        .unwrap()
}

/// GEN-02: https answers, http does not, and a renewed certificate is taken up while serving.
#[actix_web::test]
async fn gen_02_the_server_speaks_tls_and_follows_its_certificate() {
    let files = tempfile::tempdir().unwrap();
    let first = certificate(files.path());
    let path = |name: &str| files.path().join(name).to_str().unwrap().to_owned();
    let world = World::with(|inputs| {
        inputs
            .with("tls.certificate", path("cert.pem"))
            .with("tls.key", path("key.pem"))
    })
    .await;
    let port = world.base.rsplit(':').next().unwrap();
    let url = format!("https://localhost:{port}/livez");
    let status = trusting(&first).get(&url).send().await.unwrap().status();
    assert_eq!(status, 200);
    assert!(
        world
            .http
            .get(format!("{}/livez", world.base))
            .send()
            .await
            .is_err()
    );

    let second = certificate(files.path());
    let renewed = async {
        // A new client each time: a connection that is kept has its certificate already.
        while trusting(&second).get(&url).send().await.is_err() {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), renewed)
        .await
        .unwrap();
    assert!(trusting(&first).get(&url).send().await.is_err());
}
