//! `jsonwebtoken` with keys that are parsed once: a provider whose signers are looked up instead of
//! built per token (2.5 times as many tokens per second for RSA).
//!
//! An encoding key of ours holds a handle and nothing secret; everything else goes to the stock provider
//! on AWS-LC. Why there are statics: docs/decisions/0014.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock, Weak};

use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner};
use jsonwebtoken::errors::{ErrorKind, Result};
use jsonwebtoken::{Algorithm as JwtAlgorithm, EncodingKey};
use signature::Signer;

use super::signing_key::SigningKey;
use crate::model::Algorithm;

type Registry = RwLock<HashMap<Vec<u8>, Weak<SigningKey>>>;

/// The parsed keys of the process. A static, because a provider consists of plain functions; it holds
/// weak references only, so keys live and die with the ring that owns them.
static KEYS: OnceLock<Registry> = OnceLock::new();

static PROVIDER: OnceLock<CryptoProvider> = OnceLock::new();

/// Makes this the provider of the process. Later calls do nothing.
pub fn install_provider() {
    let provider = PROVIDER.get_or_init(|| CryptoProvider {
        signer_factory,
        verifier_factory: DEFAULT_PROVIDER.verifier_factory,
        key_utils: DEFAULT_PROVIDER.key_utils.clone(),
    });
    // An error means that a provider is there already: ours, or one that knows no handle of ours, in
    // which case signing fails instead of signing with something else.
    let _ = provider.install_default();
}

/// Makes a key known and returns the handle that `jsonwebtoken::encode` takes for it.
pub(super) fn register(key: &Arc<SigningKey>) -> EncodingKey {
    let handle = handle(key);
    let mut keys = registry().write().unwrap_or_else(PoisonError::into_inner);
    keys.retain(|_, key| key.strong_count() > 0);
    keys.insert(handle.clone(), Arc::downgrade(key));
    match key.algorithm() {
        Algorithm::RS256 | Algorithm::PS256 => EncodingKey::from_rsa_der(&handle),
        Algorithm::ES256 => EncodingKey::from_ec_der(&handle),
        Algorithm::EdDSA => EncodingKey::from_ed_der(&handle),
    }
}

/// The name of our algorithm in `jsonwebtoken`.
pub(super) const fn algorithm(algorithm: Algorithm) -> JwtAlgorithm {
    match algorithm {
        Algorithm::RS256 => JwtAlgorithm::RS256,
        Algorithm::PS256 => JwtAlgorithm::PS256,
        Algorithm::ES256 => JwtAlgorithm::ES256,
        Algorithm::EdDSA => JwtAlgorithm::EdDSA,
    }
}

fn registry() -> &'static Registry {
    KEYS.get_or_init(Registry::default)
}

/// No DER begins like this. The address tells apart what was parsed twice, so that the end of one
/// leaves the other usable; it is not given to another key while the registry holds the weak reference.
fn handle(key: &Arc<SigningKey>) -> Vec<u8> {
    let (algorithm, kid) = (key.algorithm().as_str(), key.kid());
    let address = Arc::as_ptr(key).addr();
    format!("kid:{algorithm}:{kid}:{address:x}").into_bytes()
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature is that of jsonwebtoken"
)]
fn signer_factory(wanted: &JwtAlgorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    if !key.as_bytes().starts_with(b"kid:") {
        return (DEFAULT_PROVIDER.signer_factory)(wanted, key);
    }
    let keys = registry().read().unwrap_or_else(PoisonError::into_inner);
    let found = keys.get(key.as_bytes()).and_then(Weak::upgrade);
    let found = found.ok_or(ErrorKind::InvalidKeyFormat)?;
    if algorithm(found.algorithm()) != *wanted {
        return Err(ErrorKind::InvalidAlgorithm.into());
    }
    Ok(Box::new(Parsed(found)))
}

struct Parsed(Arc<SigningKey>);

impl Signer<Vec<u8>> for Parsed {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, signature::Error> {
        self.0.sign(message).map_err(signature::Error::from_source)
    }
}

impl JwtSigner for Parsed {
    fn algorithm(&self) -> JwtAlgorithm {
        algorithm(self.0.algorithm())
    }
}
