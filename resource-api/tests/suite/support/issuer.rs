//! An issuer: a key made on the spot, a server for discovery and keys, and tokens signed with the key.

use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpResponse, HttpServer, web};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde_json::{Value, json};
use tokio::net::TcpSocket;

use super::NOW;

const STATUS_LIST: &str = "/oauth2/status/1";

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
    /// The entries of the one status list.
    revoked: AtomicU8,
}

impl Reserved {
    pub(crate) fn new() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let url = format!("http://{}", socket.local_addr().unwrap());
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        Self {
            signer: Arc::new(Signer {
                url,
                pair,
                revoked: AtomicU8::new(0),
            }),
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
            let for_list = issuer.clone();
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
            let list = move || {
                let token = for_list.status_list();
                async move {
                    HttpResponse::Ok()
                        .content_type("application/statuslist+jwt")
                        .body(token)
                }
            };
            App::new()
                .route("/.well-known/openid-configuration", web::get().to(metadata))
                .route("/keys", web::get().to(keys))
                .route(STATUS_LIST, web::get().to(list))
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

    /// Signs header and claims exactly as they are written.
    fn sign_text(&self, header: &str, claims: &str) -> String {
        let signed = format!("{}.{}", encode(header), encode(claims));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                signed.as_bytes(),
                &mut signature,
            )
            .unwrap();
        format!("{signed}.{}", encode(signature))
    }

    /// The list as it is now, good for a second.
    fn status_list(&self) -> String {
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
        zlib.write_all(&[self.revoked.load(Ordering::SeqCst)])
            .unwrap();
        let lst = encode(zlib.finish().unwrap());
        let header = json!({"typ": "statuslist+jwt", "alg": "RS256", "kid": KID});
        let claims = json!({
            "iss": self.url, "sub": format!("{}{STATUS_LIST}", self.url), "iat": NOW,
            "exp": NOW + 3_600, "ttl": 1, "status_list": {"bits": 1, "lst": lst},
        });
        self.sign_text(&header.to_string(), &claims.to_string())
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
        self.signer.sign_text(header, claims)
    }

    /// The claim `status` of a token that stands at this index of the list, 0 to 7.
    pub(crate) fn status(&self, idx: u8) -> Value {
        json!({"status_list": {"idx": idx, "uri": format!("{}{STATUS_LIST}", self.signer.url)}})
    }

    /// Sets the bit at this index.
    pub(crate) fn revoke(&self, idx: u8) {
        self.signer.revoked.fetch_or(1 << idx, Ordering::SeqCst);
    }

    /// The public key as the issuer publishes it.
    pub(crate) fn jwk(&self) -> Value {
        self.signer.jwk()
    }
}

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
