//! The key-encryption key at work: seals rows, and knows at the start whether it is the right key
//! (attack OP-09). `server_state` holds its version and a check value that reveals nothing.

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::derive::Purpose;
use super::encryption_key::EncryptionKey;
use super::seal::{Place, SealBroken, open, seal};
use crate::clock::Instant;
use crate::error::Fault;
use crate::random::Random;
use crate::secret::SecretKey;
use crate::store::{DatabaseTransaction, Store, server_state};

/// Name of the row in `server_state`: four bytes of version, then the check value.
pub const STATE: &str = "encryption_key";

const DOING: &str = "opening the key ring";

/// The version a new installation begins with.
pub(super) const FIRST_VERSION: u32 = 1;

/// Seals and opens what the database keeps of private keys.
#[derive(Debug, Clone)]
pub(super) struct Vault {
    key: EncryptionKey,
    sealing: SecretKey,
    version: u32,
}

/// The key given is not the one that sealed this database. The text says what to do.
#[derive(Debug, thiserror::Error)]
#[error(
    "the signing keys in this database were sealed with another key-encryption key than the one from \
     {source_name}. Put the right one back: the file key-encryption-key of the data directory that \
     belongs to this database, or the same keys.encryption_key as on the other instances"
)]
pub(super) struct WrongEncryptionKey {
    source_name: String,
}

impl Vault {
    /// Compares the key with the check value, or leaves one when this is the first start.
    ///
    /// # Errors
    /// [`WrongEncryptionKey`] inside a fault; a database that is away.
    pub(super) async fn open(
        store: &Store,
        key: EncryptionKey,
        now: Instant,
    ) -> Result<Self, Fault> {
        let stored = if let Some(stored) = server_state::find(store.read(), STATE).await? {
            stored
        } else {
            let ours = state_value(&key, FIRST_VERSION);
            // Of several that start at once one leaves its value, and all read that one.
            let insert = async move |txn: &DatabaseTransaction| {
                server_state::insert_if_absent(txn, STATE, &ours, now).await
            };
            store.write(insert).await?
        };
        Self::of_state(&stored, key)
    }

    /// The vault that left this value in `server_state`.
    fn of_state(stored: &[u8], key: EncryptionKey) -> Result<Self, Fault> {
        let wrong = || WrongEncryptionKey {
            source_name: key.source().to_owned(),
        };
        let version = version_of(stored)?;
        if !bool::from(state_value(&key, version).ct_eq(stored)) {
            return Err(Fault::broken(DOING, wrong()));
        }
        Ok(Self::at(key, version))
    }

    /// A vault of a version, unchecked.
    pub(super) fn at(key: EncryptionKey, version: u32) -> Self {
        let sealing = key.derive(Purpose::Sealing, version);
        Self {
            key,
            sealing,
            version,
        }
    }

    /// Version of the key-encryption key.
    pub(super) fn version(&self) -> u32 {
        self.version
    }

    /// The key of a purpose, in the present version.
    pub(super) fn derive(&self, purpose: Purpose) -> SecretKey {
        self.key.derive(purpose, self.version)
    }

    /// What `server_state` holds while this vault is the right one.
    pub(super) fn state_value(&self) -> Vec<u8> {
        state_value(&self.key, self.version)
    }

    /// Seals a value for a row.
    ///
    /// # Errors
    /// As [`seal`].
    pub(super) fn seal(
        &self,
        table: &str,
        row: &str,
        value: &[u8],
        random: &Random,
    ) -> Result<Vec<u8>, SealBroken> {
        seal(
            &self.sealing,
            Place {
                table,
                row,
                version: self.version,
            },
            value,
            random,
        )
    }

    /// Opens a value of a row that was sealed in a version.
    ///
    /// # Errors
    /// [`SealBroken`], also for a version that is not the present one.
    pub(super) fn open_row(
        &self,
        place: Place<'_>,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealBroken> {
        if place.version != self.version {
            return Err(SealBroken);
        }
        open(&self.sealing, place, sealed)
    }
}

impl EncryptionKey {
    /// Proves that this key sealed the database that holds this value ([`STATE`]).
    ///
    /// # Errors
    /// A fault whose text says what to do, when it is another key.
    pub fn require_left(&self, value: &[u8]) -> Result<(), Fault> {
        Vault::of_state(value, self.clone()).map(drop)
    }
}

fn state_value(key: &EncryptionKey, version: u32) -> Vec<u8> {
    let check = key.derive(Purpose::Check, version);
    [version.to_be_bytes().as_slice(), check.expose()].concat()
}

fn version_of(state: &[u8]) -> Result<u32, Fault> {
    let (version, check) = state
        .split_first_chunk::<4>()
        .ok_or_else(|| Fault::broken(DOING, "server_state.encryption_key is damaged"))?;
    if check.len() != 32 {
        return Err(Fault::broken(
            DOING,
            "server_state.encryption_key is damaged",
        ));
    }
    Ok(u32::from_be_bytes(*version))
}
