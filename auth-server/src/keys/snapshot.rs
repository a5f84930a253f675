//! What the ring knows at one moment: who signs, and the published set with its `ETag` (RFC 7517 §5;
//! matrix JWK-01, JWK-09). A damaged row is left out and named in the log; the others serve
//! (attack OP-09).

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::jwk::{JwkError, PublicJwk};
use super::seal::{Place, SealBroken};
use super::sign::Signer;
use super::signing_key::{SigningKey, SigningKeyError};
use super::vault::Vault;
use crate::clock::Instant;
use crate::model::{Algorithm, KeyState, SigningKeyRecord};

/// Table of the sealed private keys; part of what the seal authenticates.
pub(super) const TABLE: &str = "signing_keys";

/// The published set, ready to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jwks {
    /// JSON.
    pub body: String,
    /// Strong entity tag, with its quotes.
    pub etag: String,
}

/// The ring at one moment.
#[derive(Debug)]
pub(super) struct Snapshot {
    pub(super) signers: HashMap<Algorithm, Arc<Signer>>,
    pub(super) jwks: Arc<Jwks>,
}

/// Why a row is left out.
#[derive(Debug, thiserror::Error)]
pub(super) enum Isolated {
    #[error(transparent)]
    Jwk(#[from] JwkError),
    #[error(transparent)]
    Seal(#[from] SealBroken),
    #[error(transparent)]
    Key(#[from] SigningKeyError),
    #[error("the private key belongs to another public key")]
    Foreign,
}

impl Snapshot {
    /// Reads the rows. Keys that `previous` has parsed are kept.
    pub(super) fn read(
        records: &[SigningKeyRecord],
        vault: &Vault,
        previous: Option<&Self>,
        now: Instant,
    ) -> Self {
        let mut published: Vec<(&SigningKeyRecord, PublicJwk)> = Vec::new();
        let mut signers = HashMap::new();
        let is_live = |record: &&SigningKeyRecord| {
            record.state.is_published() && record.expires_at.is_none_or(|end| end > now)
        };
        for record in records.iter().filter(is_live) {
            match public(record) {
                Ok(jwk) => published.push((record, jwk)),
                Err(cause) => {
                    log(record, &cause);
                    continue;
                }
            }
            let known = previous.and_then(|previous| previous.find(record));
            match known.map_or_else(|| private(record, vault).map(Signer::shared), Ok) {
                Ok(signer) if record.state == KeyState::Active => {
                    signers.insert(record.algorithm, signer);
                }
                // Not needed yet, or no longer; but a damaged successor is worth a word in time.
                Ok(_) => {}
                Err(cause) if record.state == KeyState::Retiring => {
                    tracing::debug!(kid = %record.kid, %cause, "a retired private key does not open");
                }
                Err(cause) => log(record, &cause),
            }
        }
        // Whoever takes the first key that fits takes the one that signs.
        published.sort_by_key(|(record, _)| (rank(record.state), record.created_at));
        Self {
            signers,
            jwks: Arc::new(Jwks::of(published.into_iter().map(|(_, jwk)| jwk))),
        }
    }

    fn find(&self, record: &SigningKeyRecord) -> Option<Arc<Signer>> {
        self.signers
            .get(&record.algorithm)
            .filter(|known| known.kid() == &record.kid)
            .cloned()
    }
}

impl Jwks {
    fn of(keys: impl Iterator<Item = PublicJwk>) -> Self {
        #[derive(Serialize)]
        struct Set {
            keys: Vec<PublicJwk>,
        }
        // Strings only: it cannot fail; an empty set would be the honest answer if it did.
        let body = serde_json::to_string(&Set {
            keys: keys.collect(),
        })
        .unwrap_or_else(|_| r#"{"keys":[]}"#.to_owned());
        let digest: [u8; 32] = Sha256::digest(&body).into();
        let etag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(digest));
        Self { body, etag }
    }
}

fn rank(state: KeyState) -> u8 {
    match state {
        KeyState::Active => 0,
        KeyState::Next => 1,
        KeyState::Retiring => 2,
        KeyState::Revoked => 3,
    }
}

fn public(record: &SigningKeyRecord) -> Result<PublicJwk, Isolated> {
    let jwk = PublicJwk::parse(&record.public_jwk)?;
    if jwk.kid() != &record.kid || jwk.algorithm() != record.algorithm {
        return Err(Isolated::Foreign);
    }
    Ok(jwk)
}

/// Opens, parses and tries the private key of a row.
pub(super) fn private(record: &SigningKeyRecord, vault: &Vault) -> Result<SigningKey, Isolated> {
    let place = Place {
        table: TABLE,
        row: record.kid.as_str(),
        version: record.seal_version,
    };
    let pkcs8 = vault.open_row(place, &record.sealed_private)?;
    let key = SigningKey::parse(record.algorithm, &pkcs8)?;
    if key.kid() == &record.kid {
        Ok(key)
    } else {
        Err(Isolated::Foreign)
    }
}

fn log(record: &SigningKeyRecord, cause: &Isolated) {
    tracing::error!(
        kid = %record.kid,
        algorithm = record.algorithm.as_str(),
        state = record.state.as_str(),
        %cause,
        "a signing key is damaged and left out; the others serve"
    );
}
