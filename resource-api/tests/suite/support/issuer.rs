//! An issuer: a key made on the spot, a server for discovery and keys, and tokens signed with the key.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpResponse, HttpServer, web};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio::net::TcpSocket;

/// Key id of the issuer's only key.
pub(crate) const KID: &str = "test-key";

/// An issuer that serves its keys.
pub(crate) struct Issuer {
    signer: Arc<Signer>,
    fetches: Arc<AtomicUsize>,
    server: ServerHandle,
}

/// An issuer whose address is taken but where nobody listens yet: connections are refused.
pub(crate) struct Reserved {
    signer: Arc<Signer>,
    socket: TcpSocket,
}

struct Signer {
    url: String,
    pair: RsaKeyPair,
}

impl Reserved {
    pub(crate) fn new() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let url = format!("http://{}", socket.local_addr().unwrap());
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        Self {
            signer: Arc::new(Signer { url, pair }),
            socket,
        }
    }

    pub(crate) fn url(&self) -> &str {
        &self.signer.url
    }

    /// Begins to listen.
    pub(crate) fn open(self) -> Issuer {
        let listener = self.socket.listen(64).unwrap().into_std().unwrap();
        let (signer, fetches) = (self.signer, Arc::new(AtomicUsize::new(0)));
        let (issuer, counter) = (signer.clone(), fetches.clone());
        let server = HttpServer::new(move || {
            let (for_metadata, for_keys) = (issuer.clone(), issuer.clone());
            let counter = counter.clone();
            let metadata = move || {
                let url = &for_metadata.url;
                let body = json!({"issuer": url, "jwks_uri": format!("{url}/keys")});
                async move { HttpResponse::Ok().json(body) }
            };
            let keys = move || {
                counter.fetch_add(1, Ordering::SeqCst);
                let body = json!({"keys": [for_keys.jwk()]});
                async move {
                    HttpResponse::Ok()
                        .insert_header(("cache-control", "max-age=300"))
                        .json(body)
                }
            };
            App::new()
                .route("/.well-known/openid-configuration", web::get().to(metadata))
                .route("/keys", web::get().to(keys))
        })
        .workers(1)
        .disable_signals()
        .listen(listener)
        .unwrap()
        .run();
        let handle = server.handle();
        tokio::spawn(server);
        Issuer {
            signer,
            fetches,
            server: handle,
        }
    }
}

impl Signer {
    fn jwk(&self) -> Value {
        let public = self.pair.public_key();
        json!({
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": KID,
            "n": encode(public.modulus().big_endian_without_leading_zero()),
            "e": encode(public.exponent().big_endian_without_leading_zero()),
        })
    }
}

impl Issuer {
    pub(crate) fn url(&self) -> &str {
        &self.signer.url
    }

    /// How often the keys were fetched.
    pub(crate) fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }

    /// Stops listening; connections are refused from now on.
    pub(crate) async fn stop(&self) {
        self.server.stop(false).await;
    }

    /// Signs header and claims exactly as they are written.
    pub(crate) fn sign_text(&self, header: &str, claims: &str) -> String {
        let signed = format!("{}.{}", encode(header), encode(claims));
        let mut signature = vec![0; self.signer.pair.public_modulus_len()];
        self.signer
            .pair
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                signed.as_bytes(),
                &mut signature,
            )
            .unwrap();
        format!("{signed}.{}", encode(signature))
    }

    /// The public key as the issuer publishes it.
    pub(crate) fn jwk(&self) -> Value {
        self.signer.jwk()
    }
}

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
