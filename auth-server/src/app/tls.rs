//! TLS in the server itself: TLS 1.2 and 1.3, HTTP/1.1, the certificate reloaded when its files
//! change (matrix GEN-02). A certificate that does not load keeps the previous one.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::error::Fault;
use crate::settings::TlsSettings;

const LOOK_EVERY: Duration = Duration::from_secs(10);

/// The server side of TLS, or `None` when the settings name no certificate.
///
/// # Errors
/// When the files cannot be read, hold no certificate or key, or do not belong together.
pub(super) fn config(settings: &TlsSettings) -> Result<Option<ServerConfig>, Fault> {
    let (Some(certificate), Some(key)) = (&settings.certificate, &settings.key) else {
        return Ok(None);
    };
    let files = Files {
        certificate: certificate.clone(),
        key: key.clone(),
    };
    let resolver = Arc::new(Resolver {
        current: ArcSwap::from(files.load()?),
    });
    follow(files, Arc::downgrade(&resolver));
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| Fault::broken("preparing TLS", error))?
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Some(config))
}

#[derive(Debug)]
struct Resolver {
    current: ArcSwap<CertifiedKey>,
}

impl ResolvesServerCert for Resolver {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.load_full())
    }
}

struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

impl Files {
    fn load(&self) -> Result<Arc<CertifiedKey>, Fault> {
        let chain: Vec<_> = CertificateDer::pem_file_iter(&self.certificate)
            .and_then(Iterator::collect)
            .map_err(|error| Fault::broken("reading tls.certificate", error))?;
        let key = PrivateKeyDer::from_pem_file(&self.key)
            .map_err(|error| Fault::broken("reading tls.key", error))?;
        let pair = CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider())
            .map_err(|error| Fault::broken("pairing tls.certificate with tls.key", error))?;
        Ok(Arc::new(pair))
    }

    /// When the files last changed; `None` while one is away, as in the middle of a replacement.
    fn stamp(&self) -> Option<[SystemTime; 2]> {
        let at = |path: &PathBuf| {
            std::fs::metadata(path)
                .and_then(|data| data.modified())
                .ok()
        };
        Some([at(&self.certificate)?, at(&self.key)?])
    }
}

/// Looks at the files as long as somebody serves with them.
fn follow(files: Files, resolver: std::sync::Weak<Resolver>) {
    let mut seen = files.stamp();
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        loop {
            ticks.tick().await;
            let Some(resolver) = resolver.upgrade() else {
                return;
            };
            let stamp = files.stamp();
            if stamp.is_none() || stamp == seen {
                continue;
            }
            match files.load() {
                Ok(pair) => {
                    resolver.current.store(pair);
                    seen = stamp;
                    tracing::info!("the TLS certificate was reloaded");
                }
                Err(fault) => tracing::error!(
                    cause = fault.chain(),
                    "the new TLS certificate does not load; the previous one stays in use"
                ),
            }
        }
    });
}
